"""The same noise and labels through several models, side by side (the paper's
Figures 2, 3, 4 and 6).
"""

import html

import numpy as np

from prune_dm_jax.report import grid
from prune_dm_jax.report import sweep

STYLE = """
.models { display: grid; gap: .4rem .9rem; align-items: center;
  justify-content: start; grid-template-columns: max-content max-content; }
.models img { max-width: none; width: auto; }
.models span { font-size: .875rem; }
.models .not { opacity: .7; font-style: italic; }
"""


def pictures(cell, number):
  """The first pictures of a cell as an image, or None where they are not."""
  path = cell.folder / cell.samples / 'images.npy'
  if not path.exists():
    return None
  try:
    images = np.load(path, mmap_mode='r')[:number]
  except (ValueError, EOFError) as error:
    raise ValueError(
      f'{path} is torn, or no array; restore it, or move {path.parent} aside'
    ) from error
  tiles = grid.tile(images, columns=len(images))
  scale = max(1, 32 // images.shape[1])
  return grid.data_uri(tiles, scale=scale)


def rows(named, *, number=16):
  """A row of pictures for each (name, cell or None), as HTML."""
  parts = []
  for name, cell in named:
    uri = pictures(cell, number) if cell else None
    text = html.escape(name)
    shown = f'<img src="{uri}" alt="Samples of {text}">' if uri else (
      f'<span class="not">{"pictures not here" if cell else "not run"}</span>'
    )  # fmt: skip
    parts.append(f'<span>{text}</span>{shown}')
  return f'<div class="scroll"><div class="models">{"".join(parts)}</div></div>'


def first_of(cells):
  """(variant, prune_ratio) -> its cell of the lowest seed."""
  return {place: own[0] for place, own in sweep.by_place(cells).items()}


def unpruned(first):
  return [('unpruned', first.get(('unpruned', 0.0)))]


def by_ratio(cells, variant):
  """Figures 2 and 3: a row for each ratio of one variant."""
  first = first_of(cells)
  return rows(
    unpruned(first)
    + [
      (f'{ratio:g}', first.get((variant, ratio)))
      for ratio in sweep.ratios(cells)
    ]
  )
