"""Metrics against the packages that others compute them with, on this machine.

prdc_over_ours        precision and recall, S against S x D, and density and
                      coverage with them, as prdc has it
prdc_peak_over_ours   memory added to the inputs at its peak
sqrtm_over_ours       the Fréchet distance of two Gaussians by scipy's sqrtm
vendi_over_ours       the Vendi score, by vendi-score's dual form
faiss_over_ours       the two nearest neighbours, by faiss's flat index

Medians of pairs that take turns, of standard normal float32 features. --alone:
ours once, of any size, with the memory that it adds to its inputs.
"""

import concurrent.futures
import multiprocessing
import os
import pathlib
import time

import jax
import numpy as np

from prune_dm_jax import benchmarks
from prune_dm_jax.benchmarks.kmeans import IMAGENET
from prune_dm_jax.benchmarks.kmeans import PAUSE
from prune_dm_jax.benchmarks.kmeans import memory
from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import nearest
from prune_dm_jax.metrics import precision_recall
from prune_dm_jax.metrics import vendi


def options(argv):
  parser = benchmarks.parser(
    'metrics', __doc__, samples=10_000, width=2048, vendi_width=768,
    queries=5_000, points=100_000, points_width=512, pairs=5,
  )  # fmt: skip
  parser.add_argument('--alone', action='store_true')
  return parser.parse_args(argv)


def main(argv):
  given = options(argv)
  if given.alone:
    benchmarks.show(alone(given))
    return
  with benchmarks.peers():
    import faiss
    import prdc  # noqa: F401
    import vendi_score  # noqa: F401
  threads = len(os.sched_getaffinity(0))
  faiss.omp_set_num_threads(threads)
  found = dict(**vars(given), threads=threads, device=str(jax.devices()[0]))
  for name, (make, ours, theirs) in CONTESTS.items():
    found |= paired(name, ours, theirs, make(given), given.pairs)
  found |= peaks(given)
  found['imagenet_seconds'] = (
    found['faiss_ours_seconds'] * IMAGENET / given.points
  )
  benchmarks.show(found)


def alone(given):
  """Seconds of ours and the bytes it adds, compiling included."""
  found = vars(given) | {'device': str(jax.devices()[0])}
  for name in ('prdc', 'faiss'):
    make, ours, _ = CONTESTS[name]
    added_, seconds = in_own_process(ours, make, given)
    found |= {f'{name}_seconds': seconds, f'{name}_added_bytes': added_}
  return found


def paired(name, ours, theirs, inputs, pairs):
  """Medians of seconds, and of their ratio, after a round that is not counted."""
  seconds = []
  for _ in range(pairs + 1):
    seconds.append([])
    for function in (ours, theirs):
      time.sleep(PAUSE)
      began = time.perf_counter()
      function(*inputs)
      seconds[-1].append(time.perf_counter() - began)
  our, their = np.array(seconds[1:]).T
  return {
    f'{name}_ours_seconds': float(np.median(our)),
    f'{name}_seconds': float(np.median(their)),
    f'{name}_over_ours': float(np.median(their / our)),
  }


def drawn(number, width, seed):
  rng = np.random.default_rng(seed)
  return rng.standard_normal((number, width), np.float32)


def two_sets(given):
  sets = [drawn(given.samples, given.width, seed) for seed in (0, 1)]
  return sets[0], sets[1] + np.float32(0.02)


def our_counts(reference, features):
  given = dict(features=features, reference_features=reference)
  return precision_recall.metric(given, k=3, k_density=3)


def their_counts(reference, features):
  from prdc import compute_prdc

  return compute_prdc(reference, features, nearest_k=3)


def two_gaussians(given):
  """Moments of twice as many examples as features, so that the rank is full."""
  sets = [drawn(2 * given.width, given.width, seed) for seed in (0, 1)]
  return [*frechet.moments(sets[0]), *frechet.moments(sets[1])]


def by_sqrtm(mean1, cov1, mean2, cov2):
  import scipy.linalg

  root = scipy.linalg.sqrtm(cov1 @ cov2).real
  apart = np.square(mean1 - mean2).sum()
  return apart + np.trace(cov1) + np.trace(cov2) - 2 * np.trace(root)


def one_set(given):
  return [drawn(given.samples, given.vendi_width, 0)]


def by_dual(features):
  """Rows in float64 and of length 1, as ours are."""
  from vendi_score import vendi as theirs

  x = features.astype(np.float64)
  return theirs.score_dual(x / np.linalg.norm(x, axis=1, keepdims=True))


def neighbours(given):
  return [
    drawn(given.queries, given.points_width, 0),
    drawn(given.points, given.points_width, 1),
  ]


def our_two(queries, points):
  return nearest.nearest(queries, points, k=2)


def by_flat_index(queries, points):
  import faiss

  index = faiss.IndexFlatL2(points.shape[1])
  index.add(points)
  return index.search(queries, 2)


CONTESTS = {
  'prdc': (two_sets, our_counts, their_counts),
  'sqrtm': (two_gaussians, frechet.distance, by_sqrtm),
  'vendi': (one_set, vendi.scores, by_dual),
  'faiss': (neighbours, our_two, by_flat_index),
}
"""name -> (inputs of the options, ours, theirs)."""


def peaks(given):
  """Memory that either way adds to the two sets, each in a process of its own."""
  ours, theirs = (
    in_own_process(f, two_sets, given)[0] for f in (our_counts, their_counts)
  )
  return dict(
    ours_peak_bytes=ours,
    prdc_peak_bytes=theirs,
    prdc_peak_over_ours=theirs / ours,
  )


def in_own_process(function, make, given):
  spawn = multiprocessing.get_context('spawn')
  with concurrent.futures.ProcessPoolExecutor(1, spawn) as pool:
    return pool.submit(added, function, make, given).result()


def added(function, make, given):
  """Bytes at the peak of function beyond those before it, libraries loaded;
  and its seconds.
  """
  inputs = make(given)
  function(*(x[:200, :64] for x in inputs))
  before = memory('VmRSS')
  pathlib.Path('/proc/self/clear_refs').write_text('5')  # The peak so far.
  began = time.perf_counter()
  function(*inputs)
  return memory('VmHWM') - before, time.perf_counter() - began
