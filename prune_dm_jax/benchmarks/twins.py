"""What it takes to find near twins among features, and how many are found.

  prune-dm benchmark twins [--number=100000 --width=768 --neighbours=8]

neighbours, random, groups   seconds of each: nearest neighbours of all, random
                             pairs, and groups in which all are twins of one
added                        bytes beyond the features at the peak
imagenet_seconds             neighbours of 1.28 million, as the square
threshold                    from random pairs
precision                    of pairs that stand in one group, those planted
recall_D                     of the planted at a cosine distance of D, those
                             that stand in the group of their own

A fifth of the features are planted: another one, turned a little. All are of
--inner numbers of no order in --width, in --clusters.
"""

import resource
import time

import numpy as np

from prune_dm_jax import benchmarks
from prune_dm_jax.benchmarks.kmeans import IMAGENET
from prune_dm_jax.metrics import within
from prune_dm_jax.pruning import twin_groups
from prune_dm_jax.pruning import twins

DISTANCES = (0.0, 1e-5, 1e-4, 1e-3, 1e-2)
"""Cosine distances of planted twins."""

AT_ONCE = 8192


def options(argv):
  parser = benchmarks.parser(
    'twins', __doc__, number=100_000, width=768, neighbours=8, inner=32,
    clusters=200,
  )  # fmt: skip
  return parser.parse_args(argv)


def main(argv):
  given = options(argv)
  x, own, apart = planted(given)
  before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
  found, first = searched(x, given.neighbours)
  after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
  found |= dict(added=(after - before) * 1024, peak=after * 1024)
  found['imagenet_seconds'] = (
    found['neighbours_seconds'] * (IMAGENET / given.number) ** 2
  )
  found |= rates(own, apart, first)
  found = dict(**vars(given), **found)
  benchmarks.show(found, (int, float))


def planted(given):
  """Unit features [N, D] float32, whose each is, and how far from it, or -1."""
  rng = np.random.default_rng(0)
  new = given.number * 4 // 5
  draw = lambda *shape: rng.standard_normal(shape, np.float32)
  inner = draw(new, given.inner)
  inner += draw(given.clusters, given.inner)[
    rng.integers(0, given.clusters, new)
  ]
  x = np.empty((given.number, given.width), np.float32)
  x[:new] = twins.unit(inner @ draw(given.inner, given.width))[0]
  number = given.number - new
  own = np.concatenate([np.arange(new), rng.integers(0, new, number)])
  apart = np.resize(DISTANCES, number)
  for at in range(0, number, AT_ONCE):
    part = slice(at, at + AT_ONCE)
    base = x[own[new:][part]]
    x[new:][part] = turned(base, draw(*base.shape), apart[part])
  order = rng.permutation(given.number)
  place = np.argsort(order)
  far = np.concatenate([np.full(new, -1), apart])
  return x[order], place[own[order]], far[order]


def turned(x, noise, apart):
  """Unit rows [n, D] at cosine distances [n] of x, in directions of noise."""
  noise = noise - np.einsum('nd,nd->n', noise, x)[:, None] * x
  noise /= np.linalg.norm(noise, axis=1, keepdims=True)
  cosine = 1 - apart[:, None]
  return cosine * x + np.sqrt(1 - cosine**2) * noise


def searched(x, k):
  """Seconds and the threshold, by name; and the first of each one's group."""
  spent, began = {}, time.perf_counter()

  def passed(name):
    nonlocal began
    spent[f'{name}_seconds'] = time.perf_counter() - began
    began = time.perf_counter()

  parts = [
    within.others(x, k=k, rows=np.arange(at, min(at + AT_ONCE, len(x))))
    for at in range(0, len(x), AT_ONCE)
  ]
  distance, index = (np.concatenate(p) for p in zip(*parts, strict=True))
  passed('neighbours')
  limit, power = twins.threshold(twins.random_distances(x), len(x))
  passed('random')
  same = np.ones(len(x))
  views = twins.Views(x, same, same, same)
  near = twin_groups.near(views, distance**2 / 2, index, limit)
  first = twin_groups.groups(near, np.arange(len(x)), most=64)
  passed('groups')
  return spent | dict(threshold=limit, power=power), first


def pairs(group):
  """How many pairs stand in one group."""
  count = np.unique(group, return_counts=True, axis=0)[1]
  return int((count * (count - 1) // 2).sum())


def rates(own, apart, first):
  """precision, and recall at each distance that was planted."""
  both = pairs(np.stack([own, first], axis=1))
  found = dict(precision=both / max(pairs(first), 1))
  together = first == first[own]
  for distance in DISTANCES:
    found[f'recall_{distance:g}'] = float(together[apart == distance].mean())
  return found
