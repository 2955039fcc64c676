"""What is large at ImageNet's size: k-means, neighbours, a checkpoint's digest."""

import os
import time

import jax
import numpy as np

from prune_dm_jax.benchmarks.gpu import clock
from prune_dm_jax.benchmarks.gpu import facts
from prune_dm_jax.metrics import nearest
from prune_dm_jax.pruning import blocks
from prune_dm_jax.pruning import lloyd
from prune_dm_jax.training import checkpoint

STATE_BYTES = 10.8e9
"""Of DiT-XL/2: parameters, their average, and the two moments of Adam."""


def kmeans(part):
  """An iteration, and a search for the nearest."""
  wide = 1_281_167, 768, 1000, 12_800
  rows, width, clusters, queries = (3000, 16, 10, 100) if part.tiny else wide
  x = features(rows, width)
  iteration(part, x, clusters)
  began = time.perf_counter()
  nearest.nearest(x[:queries] + np.float32(0.1), x, k=2)
  spent = time.perf_counter() - began
  what = f'two nearest of {queries} among all, and compilation'
  facts.say(part, what, seconds=spent)


def iteration(part, x, clusters):
  """Says what the way to the devices takes, and an iteration."""
  began = time.perf_counter()
  placed = blocks.place(x)
  jax.block_until_ready(placed.x)
  spent = time.perf_counter() - began
  facts.say(part, f'{len(x)} x {x.shape[1]} placed', seconds=spent)
  step = lambda: lloyd.step(placed, x[:clusters] - placed.shift)
  seconds, _ = clock.steadily(step, at_least=0, warm=1)
  tflop_s = 4 * x.size * clusters / seconds / 1e12
  what = f'iteration, {clusters} clusters'
  facts.say(part, what, ms=1e3 * seconds, tflop_s=tflop_s)


def features(rows, width):
  """[rows, width], drawn by the device in eight draws."""
  draw = jax.jit(lambda k: jax.random.normal(k, (rows // 8 + 1, width)))
  return np.concatenate([draw(jax.random.key(i)) for i in range(8)])[:rows]


def digest(part):
  """The way of a state to the host, and its digest."""
  number, shape = (2, (256, 1024)) if part.tiny else (24, (28, 1024, 1024))
  leaves = [jax.random.normal(jax.random.key(i), shape) for i in range(number)]
  jax.block_until_ready(leaves)
  size = sum(leaf.nbytes for leaf in leaves)
  began = time.perf_counter()
  for leaf in leaves:
    np.asarray(leaf)
  fetched = time.perf_counter() - began
  checkpoint.digest(leaves)  # The host's copies are there by now.
  hashed = time.perf_counter() - began - fetched
  facts.say(
    part,
    'digest of a state',
    gb=size / 1e9,
    to_host_s=fetched,
    sha256_s=hashed,
    of_XL_s=(fetched + hashed) * STATE_BYTES / size,
    cores=os.cpu_count(),
  )
