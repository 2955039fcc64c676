"""The DiT of a cell under the names of the published DiT and SiT.

Whoever has their code samples with it: a DiT of ours is theirs, its time runs
as SiT's, noise at 0 and data at 1.
"""

import numpy as np

from prune_dm_jax.models import official_dit
from prune_dm_jax.run import opening
from prune_dm_jax.stages import dit
from prune_dm_jax.stages import train


def official(cell):
  """Official name -> array: the moving average that the cell samples with."""
  for name in ('config.json', 'dit'):
    if not (cell / name).exists():
      raise ValueError(
        f'{cell}: not a cell with a trained DiT, as it has no {name}'
      )
  run = opening.of_cell(cell)
  kept = np.load(cell / 'kept_idx.npy')
  state = train.fit_dit(run, cell / 'dit', kept)
  patch = run.config.dit.patch
  rows = dit.latent_shape(run)[0] // patch
  return official_dit.to_official(state.ema, rows=rows, patch=patch)
