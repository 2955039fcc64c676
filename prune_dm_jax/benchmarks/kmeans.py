"""k-means: our fit against faiss and scikit-learn, on the same threads.

faiss_over_ours             an iteration of Lloyd from the same centres, median
                            over pairs that take turns
inertia_over_sklearn        after seeding and as many iterations
time_over_sklearn           of that
faiss_to_inertia_over_ours  until the inertia that faiss ends with
peak_rss_over_data          one iteration on a memory map

Data: a mixture of half as many Gaussians as clusters, float32; their means are
standard normal, their deviation is 1.5, their sizes are log-normal.
"""

import concurrent.futures
import multiprocessing
import os
import pathlib
import tempfile
import time

import jax
import numpy as np

from prune_dm_jax import benchmarks
from prune_dm_jax.pruning import assign
from prune_dm_jax.pruning import blocks as blocks_lib
from prune_dm_jax.pruning import kmeans_start
from prune_dm_jax.pruning import lloyd

IMAGENET = 1_281_167
PART = 50_000

PAUSE = 0.3
"""Seconds in which the threads of the other one come to rest."""


def options(argv):
  parser = benchmarks.parser(
    'kmeans', __doc__, examples=50_000, width=768, clusters=1000, iterations=20,
    pairs=7, large=400_000,
  )  # fmt: skip
  return parser.parse_args(argv)


def main(argv):
  given = options(argv)
  with benchmarks.peers():
    import faiss
  threads = len(os.sched_getaffinity(0))
  faiss.omp_set_num_threads(threads)
  x = np.concatenate(list(mixture(given.examples, given)))
  blocks = blocks_lib.place(x)
  found = dict(**vars(given), threads=threads, device=str(jax.devices()[0]))
  found |= pairs(blocks, given)
  found |= whole_fits(blocks, given)
  found |= large(given)
  benchmarks.show(found)


def mixture(examples, given):
  """Rows [<= PART, D] float32 of the mixture, seeded by their place."""
  rng = np.random.default_rng(0)
  components = max(given.clusters // 2, 1)
  means = rng.standard_normal((components, given.width), np.float32)
  share = rng.lognormal(size=components)
  for first in range(0, examples, PART):
    rng = np.random.default_rng([1, first])
    size = min(PART, examples - first)
    rows = rng.standard_normal((size, given.width), np.float32)
    rows *= np.float32(1.5)
    rows += means[rng.choice(components, size, p=share / share.sum())]
    yield rows


def timed(function, *arguments):
  began = time.perf_counter()
  result = function(*arguments)
  return time.perf_counter() - began, result


def inertia(blocks, centers):
  return float(assign.nearest(blocks, centers)[1].sum(dtype=np.float64))


def pairs(blocks, given):
  """The second iteration from the same rows, ours and faiss's in turns."""
  rows = np.random.default_rng(2).choice(
    given.examples, given.clusters, replace=False
  )
  start = blocks_lib.rows_at(blocks, rows)
  second = lloyd.step(blocks, start)
  ours, theirs = [], []
  for _ in range(given.pairs):
    time.sleep(PAUSE)
    ours.append(timed(lloyd.step, blocks, second)[0])
    time.sleep(PAUSE)
    times = faiss_fit(blocks, given, 2, start + blocks.shift)[0]
    theirs.append(times[1] - times[0])
  ours, theirs = np.array(ours), np.array(theirs)
  return dict(
    ours_seconds=float(np.median(ours)),
    faiss_seconds=float(np.median(theirs)),
    faiss_over_ours=float(np.median(theirs / ours)),
  )


def faiss_fit(blocks, given, iterations, start=None):
  """[iterations] seconds since its beginning, centres [K, D]."""
  import faiss

  clustering = faiss.Clustering(given.width, given.clusters)
  clustering.niter = iterations
  clustering.max_points_per_centroid = given.examples
  if start is not None:
    faiss.copy_array_to_vector(start.ravel(), clustering.centroids)
  clustering.train(blocks.features, faiss.IndexFlatL2(given.width))
  stats = clustering.iteration_stats
  times = [stats.at(i).time for i in range(stats.size())]
  centers = faiss.vector_to_array(clustering.centroids)
  return times, centers.reshape(given.clusters, given.width)


def whole_fits(blocks, given):
  """Seeding and iterations: ours, scikit-learn's, faiss's."""
  from sklearn.cluster import KMeans

  lloyd.settle(
    blocks, kmeans_start.centers(blocks, given.clusters, jax.random.key(1))
  )
  times, inertias = our_fit(blocks, given)
  model = KMeans(
    given.clusters, n_init=1, max_iter=given.iterations, tol=0, random_state=0
  )
  sklearn_seconds, _ = timed(model.fit, blocks.features)
  theirs = inertia(blocks, model.cluster_centers_ - blocks.shift)
  (*_, faiss_seconds), centers = faiss_fit(blocks, given, given.iterations)
  goal = inertia(blocks, centers - blocks.shift)
  reached = [t for t, i in zip(times, inertias, strict=True) if i <= goal]
  return dict(
    seeding_seconds=times[0],
    fit_seconds=times[-1],
    sklearn_fit_seconds=sklearn_seconds,
    faiss_fit_seconds=faiss_seconds,
    inertia=inertias[-1],
    sklearn_inertia=theirs,
    faiss_inertia=goal,
    inertia_over_sklearn=inertias[-1] / theirs,
    time_over_sklearn=times[-1] / sklearn_seconds,
    faiss_to_inertia_over_ours=faiss_seconds / reached[0] if reached else 0.0,
  )


def our_fit(blocks, given):
  """Seconds and inertias after seeding and after each iteration."""
  placing, _ = timed(blocks_lib.place, blocks.features)
  seconds, centers = timed(
    kmeans_start.centers, blocks, given.clusters, jax.random.key(0)
  )
  times, inertias = [placing + seconds], [inertia(blocks, centers)]
  for _ in range(given.iterations):
    seconds, centers = timed(lloyd.step, blocks, centers)
    times.append(times[-1] + seconds)
    inertias.append(inertia(blocks, centers))
  return times, inertias


def large(given):
  """One iteration on a memory map, in a process of its own."""
  if not given.large:
    return {}
  with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / 'features.npy'
    file = np.lib.format.open_memmap(
      path, 'w+', np.float32, (given.large, given.width)
    )
    first = 0
    for rows in mixture(given.large, given):
      file[first : first + len(rows)] = rows
      first += len(rows)
    file.flush()
    del file
    spawn = multiprocessing.get_context('spawn')
    with concurrent.futures.ProcessPoolExecutor(1, spawn) as pool:
      return pool.submit(iterate_on_map, path, given.clusters).result()


def iterate_on_map(path, num_clusters):
  features = np.load(path, mmap_mode='r')
  before = memory('RssAnon')
  placing, blocks = timed(blocks_lib.place, features)
  rows = np.random.default_rng(3).choice(
    len(features), num_clusters, replace=False
  )
  centers = lloyd.step(blocks, blocks_lib.rows_at(blocks, np.sort(rows)))
  seconds, _ = timed(lloyd.step, blocks, centers)
  bytes_ = features.nbytes
  return dict(
    large_placing_seconds=placing,
    large_seconds=seconds,
    imagenet_seconds=seconds * IMAGENET / len(features),
    imagenet_gigabytes=features.shape[1] * 4 * IMAGENET / 1e9,
    peak_rss_over_data=memory('VmHWM') / bytes_,
    anonymous_over_data=(memory('RssAnon') - before) / bytes_,
  )


def memory(name):
  """Bytes of this process, by a line of /proc."""
  for line in pathlib.Path('/proc/self/status').read_text().splitlines():
    if line.startswith(f'{name}:'):
      return int(line.split()[1]) * 1024
  return 0
