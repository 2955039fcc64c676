"""Pictures that a report shows: samples, kept and pruned, and near pairs."""

import numpy as np

from prune_dm_jax.data import images
from prune_dm_jax.report import grid
from prune_dm_jax.report import page
from prune_dm_jax.run import damage
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.stages import dit
from prune_dm_jax.stages import drawn
from prune_dm_jax.stages import strips

ROW = 20
"""Pictures of each side; on a narrow screen they take two lines."""

LARGE = 96
"""Pixels of a picture in a grid, at most."""

STYLE = """
.line { display: grid; gap: 3px; grid-template-columns: repeat(20, 1fr); }
@media (max-width: 44rem) { .line { grid-template-columns: repeat(10, 1fr); } }
.line img { width: 100%; max-width: none; aspect-ratio: 1; min-width: 0;
  box-sizing: border-box; border-radius: 2px 2px 0 0;
  border-bottom: 4px solid var(--kept); }
.line img.pruned { border-color: var(--pruned); border-bottom-style: dashed; }
.large img { width: 100%; max-width: 40rem; }
"""


def tiled(pictures, columns):
  """Pictures uint8 [n, H, W, C] in rows, as a URI; large ones are made small."""
  side = pictures.shape[1]
  if side > drawn.SMALL:
    small = min(side, LARGE)
    pictures = [images.letterbox(picture, small) for picture in pictures]
    return grid.photo_uri(grid.tile(np.stack(pictures), columns=columns))
  tiles = grid.tile(pictures, columns=columns)
  return grid.data_uri(tiles, scale=drawn.side(side) // side)


def sampled(run, cell, *, each, most_rows):
  """Samples, a class a row where the model is told classes."""
  pictures = damage.map_array(cell / 'samples' / 'images.npy')
  labels = damage.read_array(cell / 'samples' / 'labels.npy')
  classes = min(dit.number_of_classes(run), most_rows)
  if classes:
    shown = grid.by_class(pictures, labels, num_classes=classes, each=each)
    which = f'a class a row, the first {each} of each'
  else:
    shown = np.asarray(pictures[: each * min(each, most_rows)])
    which = f'the first {len(shown)}'
  caption = f'Generated, {which}; not selected. The same noise and labels in every cell.'
  return f'<div class="large">{page.picture(tiled(shown, each), caption)}</div>'


def kept_and_pruned(run, cell, facts):
  """A line of what is kept and one of what is pruned, spread over the scores."""
  shown = strips.read(cell / 'manifest.parquet', facts)
  parts = []
  for name, side in (('Kept', shown.kept), ('Pruned', ~shown.kept)):
    index = np.flatnonzero(side)
    if not len(index):
      parts.append(page.paragraph(f'{name}: none.'))
      continue
    if shown.rank is not None:
      index = index[np.argsort(shown.rank[index])]
    spread = np.linspace(0, len(index) - 1, min(ROW, len(index)))
    few = strips.pictures(
      run, shown, index[np.round(spread).astype(int)], LARGE
    )
    how = ', from the lowest score to the highest'
    how = '' if shown.rank is None else how
    parts.append(
      page.smaller(f'{name}: {len(index):,}{how}')
      + f'<div class="line">{"".join(few)}</div>'
    )
  return ''.join(parts)


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
  return page.picture(tiled(both, len(training)), caption)


def as_trained_on(run, index):
  """uint8 [n, H, W, C] pictures of the data set, cropped as the run has it."""
  data = run.config.data
  return images.batch(run.source, index, size=data.image_size, crop=data.crop)
