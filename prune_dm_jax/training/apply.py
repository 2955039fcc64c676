"""A function over many rows, in batches of one size, split over all devices."""

import jax
import numpy as np

from prune_dm_jax.training import log
from prune_dm_jax.training import step as step_lib


def in_batches(function, read, size, *, mesh, batch_size, name):
  """Maps a function over `size` rows.

  Args:
    function: dict of [B, ...] -> pytree of [B, ...]; jitted here, once.
    read: indices [b] -> dict of [b, ...].
    size: Number of rows.
    mesh: From `step.data_mesh`.
    batch_size: B; the last batch is filled up and cut, so that it compiles
      once.
    name: For the progress lines.

  Returns:
    The pytree, of [size, ...] numpy arrays.
  """
  devices = mesh.size
  batch_size = -(-min(batch_size, size) // devices) * devices
  jitted = jax.jit(function)
  results, say = [], log.counter(name, size)
  for first in range(0, size, batch_size):
    indices = np.minimum(np.arange(first, first + batch_size), size - 1)
    out = jitted(step_lib.place(read(indices), mesh))
    here = min(batch_size, size - first)
    results.append(jax.tree.map(lambda a, n=here: np.asarray(a)[:n], out))
    say(first + here)
  return jax.tree.map(lambda *parts: np.concatenate(parts), *results)
