"""The DiT of a cell under the names of the published DiT and SiT.

Whoever has their code samples with it: a DiT of ours is theirs, its time runs
as SiT's, noise at 0 and data at 1.
"""

import numpy as np

from prune_dm_jax import diffusion
from prune_dm_jax import generating
from prune_dm_jax import opening
from prune_dm_jax.models import official_dit


def official(cell):
  """Official name -> array: the moving average that the cell samples with."""
  for name in ('config.json', 'dit'):
    if not (cell / name).exists():
      raise ValueError(
        f'{cell}: not a cell with a trained DiT, as it has no {name}'
      )
  run = opening.of_cell(cell)
  kept = np.load(cell / 'kept_idx.npy')
  state = generating.fit_dit(run, cell / 'dit', kept)
  patch = run.config.dit.patch
  rows = diffusion.latent_shape(run)[0] // patch
  return official_dit.to_official(state.ema, rows=rows, patch=patch)
