"""A gallery's bars and rows of pictures, as HTML.

Blue is kept, grey is pruned, everywhere on the page. Pictures are one after the
other, not tiled, so that they wrap on a narrow screen and say what they are when
pointed at. Where scripts run, one is shown large with all that it says, and
arrow keys go on to the next.
"""

import html

from prune_dm_jax.report import page as page_lib
from prune_dm_jax.report import sheets

STYLE = """
h3 { font-size: 1rem; margin: 0 0 .6rem; }
.part + .part, .pair + .pair { margin-top: 1.4rem; }
.bars { display: grid; gap: .3rem .8rem; align-items: center;
  grid-template-columns: fit-content(9rem) minmax(4rem, 1fr) max-content;
  font-size: .875rem; font-variant-numeric: tabular-nums; }
.bars .number { opacity: .85; }
.before, .before i { display: block; height: .85rem; border-radius: 3px; }
.before { background: var(--pruned); overflow: hidden; min-width: 2px; }
.before i { background: var(--kept); border-radius: 0; }
figure > svg { max-width: 42rem; }
.strip, .side { display: flex; align-items: start; }
.side { flex-wrap: wrap; gap: 2px; }
.strip img { width: var(--side); height: var(--side); max-width: none;
  box-sizing: content-box; border-radius: 2px 2px 0 0;
  border-bottom: 3px solid var(--kept); }
.strip img.pruned { border-color: var(--pruned); }
.strip:has(.cut) { display: grid; justify-content: start;
  grid-template-columns: fit-content(calc(50% - .4rem)) auto
    fit-content(calc(50% - .4rem)); }
.cut { align-self: stretch; min-height: var(--side); margin: 0 .3rem;
  border-left: 2px dashed; opacity: .6; }
.rows { display: grid; gap: .9rem 1.2rem; align-items: start;
  grid-template-columns: fit-content(8rem) repeat(var(--columns), 1fr); }
.rows > * { min-width: 0; }
.head { font-weight: 600; font-size: .875rem; }
.name { font-size: .875rem; line-height: 1.3; overflow-wrap: anywhere; }
.name b { display: block; }
.name span { opacity: .75; white-space: nowrap; }
.strip + .strip { margin-top: .5rem; }
.part, .rows { content-visibility: auto; contain-intrinsic-size: auto 12rem; }
dialog { color: var(--ink); background: var(--ground); max-width: 30rem;
  border: 1px solid var(--line); border-radius: 8px;
  width: min(30rem, 100vw - 4rem); }
dialog::backdrop { background: #000a; }
dialog img { display: block; width: min(24rem, 100%, 60vh); max-width: none;
  margin: 0 auto; box-sizing: border-box; border-bottom: 6px solid transparent; }
dialog .kept { border-color: var(--kept); }
dialog .pruned { border-color: var(--pruned); }
dialog p { white-space: pre-line; overflow-wrap: anywhere; }
dialog h3 { margin: .6rem 0 .2rem; }
dialog a, dialog form { display: block; margin-top: .8rem; }
@media print { .strip, .cut { --side: 42px; } }
@media (max-width: 44rem) {
  .rows { grid-template-columns: 1fr; gap: .4rem; }
  .rows .name { margin-top: .9rem; }
  .rows b { display: inline; margin-right: .5rem; }
  .rows .head { display: none; }
}
"""


LARGER = (
  '<dialog aria-label="A picture, larger"><img alt=""><p></p>'
  '<div class="more"></div><form method="dialog"><button autofocus>Close</button>'
  '</form></dialog>'
)
"""Where a picture is shown larger, which is closed until it is asked for."""

SCRIPT = """
const all = [...document.querySelectorAll('.strip img, .few img')];
const box = document.querySelector('dialog');
const [large, said, more] = box.querySelectorAll('img, p, .more');
let list = all, at = 0, from;
const keyed = new Map(items.map((one) => [one.key, one]));
const wrapped = (i) => (i + list.length) % list.length;
const show = (i) => {
  at = wrapped(i);
  const one = list[at];
  large.alt = '';
  more.replaceChildren();
  if (one instanceof Element) {
    large.src = one.src;
    large.className = one.className;
    said.textContent = one.title;
    const known = keyed.get(one.alt.split(', ')[0]);
    if (known) tell(known);
  } else {
    cut(one);
    large.className = one.kind;
    said.textContent = [`${one.key}, ${one.reason}`, ...['class', 'cluster',
      'score', 'threshold'].map((name) => one[name] && `${name} ${one[name]}`)]
      .filter(Boolean).join('\\n');
    tell(one);
  }
  if (!box.open) box.showModal();
};
const cut = async (one) => {
  const whole = new Image(), side = root.dataset.side;
  whole.src = one.picture;
  await whole.decode();
  if (list[at] !== one) return;
  const part = document.createElement('canvas');
  part.width = part.height = side;
  part.getContext('2d').drawImage(
    whole, side * one.x, side * one.y, side, side, 0, 0, side, side);
  large.src = part.toDataURL();
};
const tell = (one) => {
  const numbers = (text) => text.split(' ').filter(Boolean).map((i) => items[i]);
  row('Nearest kept', numbers(one['nearest kept']));
  row('Nearest not kept', numbers(one['nearest not kept']));
  row('Twins', one.twins ? items.filter(
    (other) => other !== one && other.twins === one.twins) : []);
  if (!one.file) return;
  const link = document.createElement('a');
  link.href = `${root.dataset.folder}/${one.file}`;
  link.textContent = 'Open the file';
  more.append(link);
};
const row = (name, some) => {
  if (!some.length) return;
  const heading = document.createElement('h3'), near = document.createElement('div');
  heading.textContent = name;
  near.className = 'near';
  near.append(...some.map((one) => tileOf(one, () => some)));
  more.append(heading, near);
};
function open(item, some, button) {
  if (!box.open) from = button;
  list = some;
  show(some.indexOf(item));
}
all.forEach((one, i) => {
  one.tabIndex = 0;
  one.setAttribute('role', 'button');
  one.style.cursor = 'zoom-in';
  one.addEventListener('click', () => open(one, all, one));
  one.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') open(one, all, one);
  });
});
box.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowRight') show(at + 1);
  if (event.key === 'ArrowLeft') show(at - 1);
});
box.addEventListener('click', (event) => {
  if (event.target === box) box.close();
});
box.addEventListener('close', () => from.focus());
"""
"""It follows that of `sheets`, whose items it tells of."""


def page(title, lead, sections, *, style=''):
  """A page of pictures that can be shown larger; arguments as of `page.page`."""
  return page_lib.page(
    title,
    lead,
    sections,
    style=STYLE + sheets.STYLE + style,
    end=LARGER,
    script=sheets.SCRIPT + SCRIPT,
  )


def bars(heading, counts):
  """Counts before, as long as they are, and the share of each that is kept.

  Args:
    heading: What is counted.
    counts: (name, before, kept) each; before is at least 1.
  """
  longest = max(before for _, before, _ in counts)
  lines = ''.join(
    f'<span class="name">{breaking(name)}</span>'
    f'<span><span class="before" style="width:{100 * before / longest:.2f}%">'
    f'<i style="width:{100 * kept / before:.2f}%"></i></span></span>'
    f'<span class="number">{kept:,} of {before:,}, {share(kept, before)}</span>'
    for name, before, kept in counts
  )
  return (
    f'<div><h3>{html.escape(heading)}</h3><div class="bars">{lines}</div></div>'
  )


def breaking(name):
  """A name that a narrow column breaks after an underscore, not in a word."""
  return html.escape(name).replace('_', '_<wbr>')


def share(kept, before):
  return f'{100 * kept / before:.0f} %'


def image(uri, text, kind, more=()):
  """A picture that is 'kept' or 'pruned' and says `text` when pointed at.

  Args:
    uri: Of the picture.
    text: What it is, in a line.
    kind: 'kept', 'pruned' or '', for neither.
    more: Lines that are said below it.
  """
  said = html.escape('\n'.join((text, *more)))
  return (
    f'<img class="{kind}" src="{uri}" alt="{html.escape(text)}" title="{said}" '
    'loading="lazy" decoding="async">'
  )


def strip(*sides):
  """Pictures [[HTML, ...], ...]; where one side ends and another begins, a cut."""
  parts = [f'<div class="side">{"".join(side)}</div>' for side in sides if side]
  return f'<div class="strip">{"<i class=cut></i>".join(parts)}</div>'


def part(heading, strips, caption, *, side):
  """Strips of pictures `side` pixels wide, under a heading."""
  return (
    f'<div class="part" style="--side:{side}px"><h3>{html.escape(heading)}</h3>'
    f'<figure>{"".join(strips)}<figcaption>{html.escape(caption)}</figcaption>'
    '</figure></div>'
  )


def rows(heads, lines, *, side):
  """A row of strips for each class or cluster.

  Args:
    heads: [c] names of the columns.
    lines: (name, note, [c] lists of strips) each.
    side: Width of a picture, in pixels.
  """
  body = ''.join(
    f'<div class="name"><b>{breaking(name)}</b>'
    f'<span>{html.escape(note)}</span></div>'
    + ''.join(f'<div>{"".join(strips) or "–"}</div>' for strips in columns)
    for name, note, columns in lines
  )
  top = ''.join(
    f'<div class="head">{html.escape(head)}</div>' for head in heads
  )
  return (
    f'<div class="rows" style="--side:{side}px;--columns:{len(heads)}">'
    f'<div class="name head"></div>{top}{body}</div>'
  )
