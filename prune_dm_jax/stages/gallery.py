"""What a cell's gallery shows, in which order, and what stands below it."""

import collections
import functools
import inspect

import numpy as np

from prune_dm_jax.data import images
from prune_dm_jax.data import source as source_lib
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.report import counts as counts_lib
from prune_dm_jax.report import figures
from prune_dm_jax.report import gallery as drawing
from prune_dm_jax.report import outcome
from prune_dm_jax.report import page
from prune_dm_jax.report import twin_pages
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import live
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import junk_strips
from prune_dm_jax.stages import sheets
from prune_dm_jax.stages import strips
from prune_dm_jax.stages import twin_strips

MOST = 24
"""Classes and clusters that are shown, the largest first."""

WHOLE = dict(number=28, size=96)
ROW = dict(number=8, size=64)
"""Pictures on each side, and how large photographs are at most."""

FAR_KEPT = {
  'low': 'The lowest scores.',
  'high': 'The highest scores.',
  'middle': 'The middle of the scores, far from either cut.',
}
FAR_PRUNED = {
  'low': 'The highest scores, the farthest last.',
  'high': 'The lowest scores, the farthest last.',
  'middle': 'The lowest scores first, and after the dashed line the highest '
  'last.',
}
BORDER = (
  'The nearest to the cut: just kept before the dashed line, just pruned after '
  'it.'
)
BORDERS = {'middle': ' The lower cut above, the upper cut below.'}
OF_GROUPS = (
  ' Each group has its own cut: steps are counted within it, and the groups take '
  'turns, the largest first.'
)
COLOURS = (
  'Underlined in blue is kept, in grey is pruned. Pointing at a picture tells '
  'which it is; a click shows it larger.'
)
LEFT_OUT = {
  'twin': 'as twins of another',
  'junk': 'as junk',
  'leak': 'as copies of what is held out',
  'thinned': 'for a long tail of classes',
}
"""How a reason of the manifest begins -> why a picture is no candidate."""

ROWS = (
  'Each row from the far end of what is kept, over the cut (dashed), to the far '
  'end of what is pruned.'
)


def build(run):
  """gallery.html: what is kept, what is pruned, and what lies between."""
  cell = cells.known_folder(run)
  live.of_cell(cell)
  live.show('Kept', lambda: some_kept(run, cell))
  text = functools.partial(gallery, run, cell)
  return artifacts.build_text(cell / 'gallery.html', text)


def some_kept(run, cell):
  """uint8 [n, H, W, C] of some that are kept, spread over all of them."""
  kept, data = damage.read_array(cell / 'kept_idx.npy'), run.config.data
  some = kept[:: max(1, len(kept) // live.NUMBER)]
  size = min(data.image_size, live.LARGE)
  return images.batch(
    run.source, some[: live.NUMBER], size=size, crop=data.crop
  )


def gallery(run, cell):
  """The text of gallery.html."""
  facts = damage.read_json(cell / 'selection.json')
  direction = facts['direction']
  shown = strips.read(cell / 'manifest.parquet', facts)
  manifest = damage.read_table(cell / 'manifest.parquet')
  of_class = source_lib.class_name(run.source)
  sections = [
    ('Scores', scores(shown, facts['method'])),
    ('Before and after', before_and_after(shown, of_class)),
    ('Pictures', whole(run, shown, direction)),
    ('Browse', sheets.section(run, cell, manifest, shown)),
    ('By class', row_by_row(run, shown, shown.label, of_class)),
    ('By cluster', row_by_row(run, shown, shown.cluster, str)),
    ('Twins', twin_strips.section(run, twin_strips.by_side(manifest))),
    ('Junk', junk_strips.section(run)),
  ]
  return drawing.page(
    f'Gallery of {cell.name}, {facts["data"]}',
    lead(facts, manifest),
    [(heading, parts) for heading, parts in sections if parts],
    style=twin_pages.STYLE,
  )


def lead(facts, manifest):
  high_noise = facts.get('high_noise', 0)
  total = facts['kept'] + high_noise + facts['pruned']
  text = (
    f'{chosen(facts)}: {facts["kept"]:,} of {total:,} are kept '
    f'({100 * facts["kept"] / total:.3g} %) and {total - facts["kept"]:,} pruned'
    f'{outcome.balanced(facts)}.'
  )
  if high_noise:
    text += (
      f' Of those pruned {high_noise:,} are trained on at high noise alone '
      f'({outcome.noise(facts)}).'
    )
  if facts['held_out']:
    text += (
      f' {facts["held_out"]:,} more are held out for judging and not shown.'
    )
  return text + never_asked(manifest['reason'].to_pylist())


def never_asked(reasons):
  """How many pictures were no candidates, and why."""
  begin = collections.Counter(r.replace(':', ' ').split()[0] for r in reasons)
  named = [f'{begin[r]:,} {why}' for r, why in LEFT_OUT.items() if begin[r]]
  if not named:
    return ''
  return (
    f' Left out before the choice, and not counted below: {", ".join(named)}.'
  )


def chosen(facts):
  """What decided."""
  if facts['file']:
    return f'The list {facts["file"]}'
  if not facts['pruned'] + facts.get('high_noise', 0):
    return 'Nothing is pruned'
  clusters = f'{facts["k"]} clusters of {facts["backbone"]}'
  within = facts.get('within', 'clusters')
  shares = '' if within == 'all' else f', {facts["allocation"]},'
  where = f' on {clusters}{shares}' if facts['k'] else ''
  if within == 'classes':
    where = f' within classes{shares}'
  drawn = {
    'strata': 'strata of',
    'gaussian': 'a Gaussian of',
    'interval': 'every k-th of',
  }
  of = drawn.get(facts['direction'], facts['direction'])
  return f'Method {facts["method"]}{where} keeps {of} scores'


def scores(shown, method):
  """The histogram, where there are scores and something is pruned."""
  if shown.rank is None:
    return []
  found = shown.thresholds
  svg = figures.histogram(
    shown.score, shown.kept, np.concatenate([[], *found.values()])
  )
  meaning = (inspect.getdoc(METHODS[method].scores) or '').split('\n')[0]
  own = ' The ticks are the thresholds, of every group its own.'
  caption = f'{meaning}{own if len(found) > 1 else ""}'
  return [page.drawing(svg, caption)]


def before_and_after(shown, of_class):
  """Bars of counts, by class and by cluster."""
  named = (('class', shown.label, of_class), ('cluster', shown.cluster, str))
  parts, notes = [], []
  for heading, values, name in named:
    if several(values):
      counts = counts_lib.by(values, shown.kept, name)
      parts.append(
        drawing.bars(f'By {heading}', [c[1:] for c in counts[:MOST]])
      )
      notes += left_out(counts)
      gone = counts_lib.empty(values, shown.kept, name)
      if gone:
        notes.append(page.paragraph(counts_lib.nothing_kept(heading, gone)))
  return [page.pair(*parts), *notes] if parts else []


def several(values):
  return values is not None and len(np.unique(values)) > 1


def left_out(counts):
  if len(counts) <= MOST:
    return []
  return [page.paragraph(f'The {MOST} largest of {len(counts)} are shown.')]


def whole(run, shown, direction):
  """The ends and the border of all that was kept and pruned."""
  ranked, everyone = bool(shown.thresholds), np.ones(len(shown.kept), bool)
  turns = OF_GROUPS if several(shown.groups) else ''
  draw = 'Drawn at random.'
  captions = (
    FAR_KEPT[direction] + turns if ranked else draw,
    BORDER + BORDERS.get(direction, ''),
    FAR_PRUNED[direction] if ranked else draw,
  )
  found = strips.strips(run, shown, everyone, **WHOLE)
  side = strips.side_of(run, WHOLE['size'])
  parts = [
    drawing.part(head, found[head], caption, side=side)
    for head, caption in zip(found, captions, strict=True)
    if found[head]
  ]
  return [page.paragraph(COLOURS), *parts]


def row_by_row(run, shown, values, name):
  """A row of pictures for each class or cluster."""
  if not several(values):
    return []
  counts = counts_lib.by(values, shown.kept, name)
  lines = [
    (
      count.name,
      f'{count.kept:,} of {count.before:,}',
      strips.strips(run, shown, values == count.value, **ROW),
    )
    for count in counts[:MOST]
  ]
  heads = [h for h in lines[0][2] if any(s[h] for *_, s in lines)]
  lines = [(*line, [s[h] for h in heads]) for *line, s in lines]
  drawn = drawing.rows(heads, lines, side=strips.side_of(run, ROW['size']))
  explained = [page.paragraph(ROWS)] if 'Borderline' in heads else []
  return [*explained, *left_out(counts), drawn]
