"""What a sweep's report shows of features: the paper's Figures 6, 7 and 8.

Needs the runs themselves, as their judge looks at the samples again.
"""

import numpy as np

from prune_dm_jax.data import pictures
from prune_dm_jax.metrics import balance
from prune_dm_jax.metrics import same_noise
from prune_dm_jax.report import page
from prune_dm_jax.report import planes
from prune_dm_jax.report import same
from prune_dm_jax.report import sweep
from prune_dm_jax.run import damage
from prune_dm_jax.run import opening
from prune_dm_jax.stages import judge

CONSISTENCY = (
  "Cosine of the judge's features of two models' samples, centred: of the same "
  'noise, and of other noise (by chance 0). 95 % intervals '
  'over samples. What the two kept have no picture in common at ratios of a half '
  'or more, but for the two seeds of random, which share some.'
)


def sections(cells):
  """(heading, [HTML, ...]) of one setting."""
  return [
    ('Figure 6: disjoint halves, the same noise', halves(cells)),
    ('Figures 7 and 8: balance, seen in features', spread(cells)),
  ]


def has_pictures(cell):
  return (cell.folder / cell.samples / 'images.npy').exists()


def features(cell):
  """[S, D] what the judge of its run sees of a cell's samples."""
  by, path = judge.of_cell(cell.folder), cell.folder / cell.samples
  shared, view = cell.folder.parent / 'shared', judge.View(by.shape, by.crop)
  drawn = pictures.open_pictures(path, check=None)
  return judge.arrays(judge.features_of(by, shared, path, drawn, view))[
    'features'
  ]


def opposites(cells):
  """(name, cell, cell): each variant and its inverse, at the ratio next to 1/2,
  and random with two seeds.
  """
  ratios = [r for r in sweep.ratios(cells) if r >= 0.5]
  if not ratios:
    return []
  ratio = min(ratios)
  places = sweep.by_place(cells)
  own = lambda name: places.get((name, ratio), [])
  found = [
    (f'{name}, {name}_inv, {ratio:g}', own(name)[0], own(f'{name}_inv')[0])
    for name in sweep.variants(cells)
    if own(name) and own(f'{name}_inv')
  ]
  random = own('random')
  if len(random) > 1:
    found.append((f'random, two seeds, {ratio:g}', random[0], random[1]))
  return [f for f in found if has_pictures(f[1]) and has_pictures(f[2])]


def halves(cells):
  """Samples of opposites below each other, and how alike they are."""
  pairs = opposites(cells)
  if not pairs:
    return []
  grids = [
    page.smaller(name)
    + same.rows([(f'{c.variant}, seed {c.seed}', c) for c in both])
    for name, *both in pairs
  ]
  header = ('the two', 'same noise', 'other noise')
  numbers = [(name, *alike(*both)) for name, *both in pairs]
  return [page.table(header, numbers), page.paragraph(CONSISTENCY), *grids]


def alike(one, other):
  """Cosines with their intervals, as text."""
  found = same_noise.metric(
    dict(features=features(one), same_noise_features=features(other))
  )
  written = '{:.3f} ({:.3f} to {:.3f})'.format
  names = ('same_noise_cosine', 'other_noise_cosine')
  return [written(*found[name]) for name in names]


def spread(cells):
  """Original and generated features in a plane, coloured by cluster."""
  first = same.first_of(cells)
  shown = {place: c for place, c in first.items() if has_pictures(c)}
  follows = {p[0]: c for p, c in shown.items() if sweep.follows(p[0])}
  if not follows:
    return []
  any_cell = next(iter(follows.values()))
  training, group = original(any_cell)
  plane = planes.plane(training)
  middles = balance.centers(training, group)
  names = [('training pictures', training, group)]
  whole = shown.get(('unpruned', 0.0))
  for cell in filter(None, [whole, *follows.values()]):
    seen = np.asarray(features(cell), float)
    names.append((cell.variant, seen, balance.nearest(seen, middles)))
  drawn = [page.drawing(planes.scatter(plane(x), g), n) for n, x, g in names]
  rows = [(c.variant, c) for c in follows.values()]
  return [page.pair(*drawn), page.paragraph(planes.NOTE), same.rows(rows)]


def original(cell):
  """The judge's features [N, D] of training, float64, and clusters [N]."""
  run = opening.of_cell(cell.folder)
  path = run.paths.features_judge / 'features.npy'
  training = damage.map_array(path)[run.train]
  group = damage.read_array(run.paths.clusters_judge / 'group.npy')
  return np.asarray(training, float), group
