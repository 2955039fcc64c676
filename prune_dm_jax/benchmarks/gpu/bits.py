"""What products round to by default, and whether the same gives the same bits."""

import hashlib

import jax
import jax.numpy as jnp
import numpy as np

from prune_dm_jax.benchmarks.gpu import facts
from prune_dm_jax.benchmarks.gpu import train
from prune_dm_jax.models import vqvae
from prune_dm_jax.pruning import assign
from prune_dm_jax.training import step as step_lib

TIMES = 5


def precision(part):
  rng = np.random.default_rng(0)
  facts.say(part, 'relative error of a float32 product', **errors(rng))
  facts.say(part, 'nearest codes by default', **nearest(rng, part.tiny))
  index = rng.integers(0, 64, 100_000)
  rows = rng.normal(size=(len(index), 256)).astype(np.float32)
  add = jax.jit(lambda i, v: jnp.zeros((64, 256)).at[i].add(v))
  different(part, 'scatter-adds', lambda: add(index, rows))
  sums = jax.jit(lambda v, i: assign.cluster_sums(v, i, num_clusters=64))
  different(part, 'cluster sums', lambda: sums(rows[:8192], index[:8192]))
  different(part, 'three steps of training', lambda: three_steps(part.tiny), 2)


def errors(rng):
  """Largest error over the largest element, of each precision."""
  draw = lambda: rng.normal(size=(512, 512)).astype(np.float32)
  a, b = draw(), draw()
  exact = a.astype(float) @ b.astype(float)
  off = lambda p: np.abs(np.asarray(jnp.dot(a, b, precision=p)) - exact).max()
  names = dict(default=None, high='high', highest='highest')
  return {n: off(p) / np.abs(exact).max() for n, p in names.items()}


def nearest(rng, tiny):
  """The share that is not the nearest, and how much farther they are."""
  z = rng.normal(size=(20, 25 if tiny else 1000, 8)).astype(np.float32)
  codes = rng.normal(size=(256 if tiny else 16_384, 8)).astype(np.float32)
  plain = np.asarray(jax.jit(vqvae.nearest)(z, codes))
  with jax.default_matmul_precision('highest'):
    exact = np.asarray(jax.jit(lambda z, c: vqvae.nearest(z, c))(z, codes))
  wrong = plain != exact
  far = lambda index: np.square(z - codes[index]).sum(axis=-1)[wrong]
  more = (far(plain) / far(exact) - 1).mean() if wrong.any() else 0.0
  return dict(wrong_share=wrong.mean(), farther_by=more)


def different(part, what, call, times=TIMES):
  """Says how many different bits come of as many equal calls."""
  seen = {digest(call()) for _ in range(times)}
  facts.say(part, f'{times} equal {what}', different_bits=len(seen))


def digest(tree):
  sha = hashlib.sha256()
  for leaf in jax.tree.leaves(tree):
    sha.update(np.asarray(leaf).tobytes())
  return sha.hexdigest()


def three_steps(tiny):
  """Parameters after three steps of training."""
  size, side, batch = ('mini', 8, 8) if tiny else ('S', 32, 64)
  made = train.program(size, 'float32', 4, batch, side)
  step, state, rows, given, mesh = made
  for _ in range(3):
    placed = step_lib.place(rows, mesh)
    state, _ = step(state, placed, jax.random.key(1), given)
  return state.params
