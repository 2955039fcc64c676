"""Many pictures in sheets, which can be filtered, sorted and searched.

A sheet is one image of a hundred pictures and more, and a list below it says
what they are. Where scripts run, the lists become a grid whose pictures are cut
out of the sheets, and which grows as it is scrolled: so thousands are no slower
than a few.
"""

import html

from prune_dm_jax.report import page

COLUMNS, ROWS = 20, 10
"""Pictures of a sheet."""

HEADER = (
  'no', 'key', 'reason', 'class', 'cluster', 'score', 'threshold', 'twins',
  'nearest kept', 'nearest not kept', 'file',
)  # fmt: skip
"""Columns of a list. Twins have the same number; neighbours are by their no."""

STYLE = """
.tools { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center;
  position: sticky; top: 0; z-index: 1; background: var(--ground);
  padding: .5rem 0; }
.tools label { font-size: .875rem; }
.tools select, .tools input { font: inherit; max-width: 11rem; }
.grid, .near { display: flex; flex-wrap: wrap; gap: 3px; }
.tile { width: var(--tile); height: var(--tile); padding: 0;
  box-sizing: content-box; border: 0; border-bottom: 3px dotted var(--ink);
  border-radius: 2px 2px 0 0; image-rendering: pixelated; cursor: zoom-in;
  background-repeat: no-repeat; background-color: var(--line); }
.tile.kept { border-bottom: 3px solid var(--kept); }
.tile.pruned { border-bottom: 3px solid var(--pruned); }
.sheet { content-visibility: auto; contain-intrinsic-size: auto 22rem;
  margin-bottom: 1rem; }
.sheet img { display: block; max-width: 100%; }
.sheet pre { overflow-x: auto; font-size: .75rem; max-height: 24rem;
  tab-size: 12; }
@media print {
  .tools { position: static; }
  .sheet pre { max-height: none; white-space: pre-wrap; }
}
"""

TOOLS = (
  '<div id="browse" hidden><form class="tools">'
  '<label>Search <input type="search" name="text" placeholder="key ( / )">'
  '</label>'
  + ''.join(
    f'<label>{name.capitalize()} <select name="{name}">'
    '<option value="">all</option></select></label>'
    for name in ('reason', 'class', 'cluster')
  )
  + '<label>Sort by <select name="by"><option value="">order of the page</option>'
  + ''.join(
    f'<option>{name}</option>'
    for name in ('score', 'class', 'cluster', 'reason', 'key')
  )
  + '</select></label><label><input type="checkbox" name="down"> highest first'
  '</label><output></output></form><div class="grid"></div></div>'
)

SCRIPT = """
const root = document.getElementById('sheets');
const browse = document.getElementById('browse');
const items = [];
const of = (name) => document.getElementById(name);
if (root) {
  const {tile, columns} = root.dataset;
  document.documentElement.style.setProperty('--tile', `${tile}px`);
  const rules = document.head.appendChild(document.createElement('style')).sheet;
  root.querySelectorAll('.sheet').forEach((sheet, s) => {
    const picture = sheet.querySelector('img');
    const [head, ...rows] = sheet.querySelector('pre').textContent
      .split('\\n').map((line) => line.split('\\t'));
    rules.insertRule(`.s${s} { background-image: url(${picture.src});
      background-size: ${tile * columns}px auto; }`);
    rows.forEach((row, i) => {
      const item = Object.fromEntries(head.map((name, c) => [name, row[c]]));
      item.x = i % columns, item.y = Math.floor(i / columns);
      item.kind = item.reason.split(/[ :]/)[0];
      items.push(Object.assign(item, {sheet: s, picture: picture.src}));
    });
  });
  root.hidden = true, browse.hidden = false;
  const form = browse.querySelector('form');
  const grid = browse.querySelector('.grid');
  const fields = {reason: 'kind', class: 'class', cluster: 'cluster'};
  for (const [name, field] of Object.entries(fields)) {
    const values = [...new Set(items.map((one) => one[field]))].sort(compare);
    form.elements[name].append(...values.map((value) => new Option(value, value)));
    form.elements[name].parentElement.hidden = values.length < 2;
  }
  let found = [], drawn = 0;
  const more = () => {
    const some = found.slice(drawn, drawn += 300);
    grid.append(...some.map((one) => tileOf(one, () => found)));
    if (drawn < found.length) watch.observe(grid.lastElementChild);
  };
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    more();
  }, {rootMargin: '600px'});
  const choose = () => {
    const {text, by, down} = form.elements, sought = text.value.toLowerCase();
    found = items.filter((one) => one.key.toLowerCase().includes(sought) &&
      Object.entries(fields).every(([name, field]) =>
        !form.elements[name].value || form.elements[name].value === one[field]));
    if (by.value) found.sort((a, b) => compare(a[by.value], b[by.value]));
    if (down.checked) found.reverse();
    form.querySelector('output').textContent =
      `${found.length.toLocaleString()} of ${items.length.toLocaleString()}`;
    watch.disconnect();
    grid.replaceChildren();
    drawn = 0;
    more();
  };
  addEventListener('beforeprint', () => {
    while (drawn < found.length) more();
  });
  form.addEventListener('input', choose);
  form.addEventListener('submit', (event) => event.preventDefault());
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || /INPUT|SELECT/.test(event.target.tagName)) return;
    event.preventDefault();
    form.elements.text.focus();
  });
  choose();
}
function compare(a, b) {
  if (a === '' || b === '') return (a === '') - (b === '');
  const apart = a - b;
  return Number.isNaN(apart) ? a.localeCompare(b) : apart;
}
function tileOf(item, list) {
  const {tile} = root.dataset, button = document.createElement('button');
  button.className = `tile s${item.sheet} ${item.kind}`;
  button.style.backgroundPosition = `${-tile * item.x}px ${-tile * item.y}px`;
  button.title = `${item.key}, ${item.reason}`;
  button.setAttribute('aria-label', button.title);
  button.addEventListener('click', () => open(item, list(), button));
  return button;
}
"""
"""Its `open(item, list, button)` is of the gallery's script."""


def sheet(uri, rows, *, first, side):
  """Pictures in one image, and a list of what they are.

  Args:
    uri: Of the image.
    rows: [n] lists of str, as HEADER.
    first: The no of the first.
    side: Pixels of a picture on the screen.
  """
  last = first + len(rows) - 1
  text = '\n'.join('\t'.join(map(in_a_line, row)) for row in (HEADER, *rows))
  name = f'Pictures {first} to {last}, {COLUMNS} a row'
  width = side * min(COLUMNS, len(rows))
  return (
    f'<figure class="sheet"><img src="{uri}" alt="{name}" width="{width}" '
    f'loading="lazy" decoding="async"><figcaption>{name}</figcaption><details>'
    f'<summary>What they are</summary><pre tabindex="0">{html.escape(text)}'
    '</pre></details></figure>'
  )


def in_a_line(value):
  """A value as a field of a list."""
  return ' '.join(str(value).split())


def section(drawn, said, *, side, tile, folder):
  """[HTML, ...] of all sheets.

  Args:
    drawn: Of `sheet` each.
    said: What they are, in a paragraph.
    side: Pixels of a picture in its image.
    tile: On the screen.
    folder: Where files are, as seen from the page; '' where they are none.
  """
  data = f'data-side="{side}" data-tile="{tile}" data-columns="{COLUMNS}"'
  return [
    page.paragraph(said),
    TOOLS,
    f'<div id="sheets" {data} data-folder="{html.escape(folder)}">'
    f'{"".join(drawn)}</div>',
  ]
