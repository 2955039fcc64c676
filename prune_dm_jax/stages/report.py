"""What a cell's report shows: its pictures, curves, numbers, settings, times."""

import functools

import numpy as np

from prune_dm_jax.data import images
from prune_dm_jax.metrics import rows as rows_lib
from prune_dm_jax.report import grid
from prune_dm_jax.report import leaks
from prune_dm_jax.report import page
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import defaults
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import dit
from prune_dm_jax.stages import made

SHOWN = 40
"""Pictures on each side of kept against pruned."""

NOTE = (
  'Reconstructions are what the autoencoder makes of training pictures: no '
  'model of its latents can be expected to do better. Intervals are at 95 %, '
  'but for inception_score: one standard deviation over ten splits. asked_class '
  'is the share that the judge assigns to the class asked for. Precision to '
  'coverage are taken of as many samples as there are reference pictures.'
)

OUTCOME = ('FID', 'frechet_distance', 'precision', 'recall', 'copies')
"""Metrics that the last line of a run says, where they were taken."""

GALLERY = 'The gallery: kept, borderline and pruned, by class and by cluster'


def build(run):
  """report.html: one static file a person can read."""
  cell = cells.known_folder(run)
  text = functools.partial(report, run, cell)
  return artifacts.build_text(cell / 'report.html', text)


def report(run, cell):
  """The text of report.html."""
  facts = damage.read_json(cell / 'selection.json')
  lead = (
    f'{facts["kept"]:,} examples kept, {facts["pruned"]:,} pruned, '
    f'{facts["held_out"]:,} held out. Data: {facts["data"]}, fingerprint '
    f'{facts["fingerprint"]}.'
  )
  sections = [
    ('Samples', sampled(run, cell)),
    ('Kept and pruned', kept_and_pruned(run, cell)),
    ('Numbers', [*leaked(run), *numbers(cell)]),
    ('Nearest training pictures', [*leaked(run), *nearest(run, cell)]),
    ('Training', made.training(run, cell)),
    ('Time', made.times(run, cell)),
    ('Settings', settings(run)),
  ]
  return page.page(f'{cell.name}, {facts["data"]}', lead, sections)


def outcome(cell):
  """What became of a cell, in a line: kept, and how its samples were judged."""
  facts = damage.read_json(cell / 'selection.json')
  rows = {
    rows_lib.called(row): row
    for row in damage.read_json(cell / 'metrics.json')
    if row['of'] == 'samples'
  }
  said = [
    f'{name} {row["value"]:.3g} ({row["low"]:.3g} to {row["high"]:.3g})'
    for name, row in rows.items()
    if name in OUTCOME and None not in (row['value'], row['low'], row['high'])
  ]
  kept, pruned = facts['kept'], facts['pruned']
  return '; '.join([f'{kept} kept, {pruned} pruned', *said])


def scale_for(pictures):
  """How many screen pixels a pixel takes, so that small pictures are seen."""
  return max(1, 32 // pictures.shape[1])


def tiled(pictures, columns):
  tiles = grid.tile(pictures, columns=columns)
  return grid.data_uri(tiles, scale=scale_for(pictures))


def sampled(run, cell, *, each=16, most_rows=20):
  """Samples, a class a row where the model is told classes."""
  pictures = damage.map_array(cell / 'samples' / 'images.npy')
  labels = damage.read_array(cell / 'samples' / 'labels.npy')
  classes = min(dit.number_of_classes(run), most_rows)
  if classes:
    shown = grid.by_class(pictures, labels, num_classes=classes, each=each)
    which = f'a class a row, the first {each} of each'
  else:
    shown = np.asarray(pictures[: each * each // 2])
    which = f'the first {len(shown)}'
  caption = f'Generated, {which}; not selected. The same noise and labels in every cell.'
  return [page.picture(tiled(shown, each), caption)]


def leaked(run):
  """A paragraph, if held-out pictures have copies among those trained on."""
  split = damage.read_json(run.paths.split / 'split.json')
  said = leaks.sentence(split.get('leaks', {}), split['held_out'])
  return [page.paragraph(said)] if said else []


def numbers(cell):
  """A row a metric: of the samples, and of what bounds them."""
  rows = damage.read_json(cell / 'metrics.json')
  beside = list(dict.fromkeys(r['of'] for r in rows if r['of'] != 'samples'))
  value = {(row['of'], row['metric']): row['value'] for row in rows}
  header = (
    'metric', 'samples', 'low', 'high', *beside, 'n', 'of n', 'with care',
  )  # fmt: skip
  table = [
    (
      rows_lib.called(row), row['value'], row['low'], row['high'],
      *(value.get((of, row['metric'])) for of in beside),
      row['n'], row['n_reference'], row['warning'],
    )
    for row in rows
    if row['of'] == 'samples'
  ]  # fmt: skip
  against = f'Against {rows[0]["reference"]}, by {judges(rows)}. '
  drawn = how_drawn(damage.read_json(cell / 'samples' / 'settings.json'))
  paragraphs = map(page.paragraph, (against + drawn, NOTE))
  return [page.table(header, table), *paragraphs]


def judges(rows):
  """The first backbone, and of each other one what it judged."""
  first, *others = dict.fromkeys(row['backbone'] for row in rows)
  judged = lambda by: dict.fromkeys(
    rows_lib.called(row) for row in rows if row['backbone'] == by
  )
  return first + ''.join(f'; {", ".join(judged(b))} by {b}' for b in others)


def nearest(run, cell):
  """The samples nearest to training pictures, these below them."""
  pairs = damage.read_json(cell / 'nearest.json')
  samples = damage.map_array(cell / 'samples' / 'images.npy')
  training = as_trained_on(run, pairs['training'])
  by = paths_lib.judges(run.config)['memorization']
  both = np.concatenate([samples[pairs['generated']], training])
  caption = (
    f'Above, the {len(training)} samples nearest to a training picture, which '
    f'is below, by {by}. The least ratio to the distance of the next one is '
    f'{min(pairs["ratio"]):.2f}; a copy is below 0.33.'
  )
  return [page.picture(tiled(both, len(training)), caption)]


def as_trained_on(run, index):
  """uint8 [n, H, W, C] pictures of the data set, cropped as the run has it."""
  data = run.config.data
  return images.batch(run.source, index, size=data.image_size, crop=data.crop)


def how_drawn(settings):
  return (
    f'Samples: {ways(settings)}, seed {settings["seed"]}, the averaged '
    f'parameters of step {settings["checkpoint_step"]}.'
  )


def ways(settings):
  """How the steps of samples were taken, as settings.json has it."""
  if 'step' not in settings:
    return 'in one pass'
  steps = [settings['step']]
  if 'num_steps' in settings:
    steps.append(f'{settings["num_steps"]} steps')
  own = [key for key in defaults.STEPS if key in settings]
  steps += [f'{key} {settings[key]}' for key in own]
  weight, on = settings['guidance_weight'], settings['guidance']
  return ', '.join([*steps, f'guidance {weight:g} on {on}'])


def kept_and_pruned(run, cell):
  rows = damage.read_table(cell / 'manifest.parquet')
  reason = np.array(rows['reason'].to_pylist())
  rank = rows['rank'].to_numpy(zero_copy_only=False)
  sides = []
  for name in ('kept', 'pruned'):
    index = np.flatnonzero(reason == name)
    if np.isfinite(rank[index].astype(float)).all():
      index = index[np.argsort(rank[index])]
    spread = np.linspace(0, len(index) - 1, min(SHOWN, len(index)))
    index = index[np.round(spread).astype(int)]
    if not len(index):
      sides.append(page.paragraph(f'None is {name}.'))
      continue
    pictures = as_trained_on(run, index)
    caption = f'{name}: {len(index)} of them, evenly spaced by rank of score'
    sides.append(page.picture(tiled(pictures, 8), caption))
  return [page.pair(*sides), page.link('gallery.html', GALLERY)]


def settings(run):
  flat = sorted(artifacts.flat(run.config.to_dict()))
  rows = [(key, str(value)) for key, value in flat]
  return [page.folded('All of them', page.table(('key', 'value'), rows))]
