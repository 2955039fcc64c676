"""Every speed that the README claims, as a ratio to something else's.

  prune-dm benchmark kmeans [--examples=50000 ...]
  prune-dm benchmark scores [--size=S --patches=4,2 ...]
  prune-dm benchmark train [--networks=S/4,digits ...]
  prune-dm benchmark metrics [--samples=10000 ...]
  prune-dm benchmark loader [--examples=200000 ...]
  prune-dm benchmark data [--pictures=200000 ...]
  prune-dm benchmark twins [--number=100000 ...]
  prune-dm benchmark gpu [--seconds=900 --parts=train_xl,... --tiny]
  prune-dm benchmark sampling [--size=S --batch=16 ...]
  prune-dm benchmark intervals [--samples=200 ...]: how often they hold

Prints a table, and then one line of JSON. What it is measured against comes
with pip install -e '.[benchmark]'.
"""

import sys


def kmeans(argv):
  from prune_dm_jax.benchmarks import kmeans

  return kmeans.main(argv)


def scores(argv):
  from prune_dm_jax.benchmarks import scores

  return scores.main(argv)


def train(argv):
  from prune_dm_jax.benchmarks import train

  return train.main(argv)


def metrics(argv):
  from prune_dm_jax.benchmarks import metrics

  return metrics.main(argv)


def loader(argv):
  from prune_dm_jax.benchmarks import loader

  return loader.main(argv)


def data(argv):
  from prune_dm_jax.benchmarks import data

  return data.main(argv)


def twins(argv):
  from prune_dm_jax.benchmarks import twins

  return twins.main(argv)


def gpu(argv):
  from prune_dm_jax.benchmarks.gpu import runner

  return runner.main(argv)


def sampling(argv):
  from prune_dm_jax.benchmarks import samples

  return samples.main(argv)


def intervals(argv):
  from prune_dm_jax.benchmarks import intervals

  return intervals.main(argv)


BENCHMARKS = {
  'kmeans': kmeans,
  'scores': scores,
  'train': train,
  'metrics': metrics,
  'loader': loader,
  'data': data,
  'twins': twins,
  'gpu': gpu,
  'sampling': sampling,
  'intervals': intervals,
}


def main(argv):
  name = argv[0] if argv else ''
  if name in ('--help', '-h'):
    print(f'prune-dm benchmark NAME\n\n{__doc__}')
    return
  if name not in BENCHMARKS:
    sys.exit(
      f'prune_dm_jax: {name!r} is no benchmark; choose from '
      f'{", ".join(BENCHMARKS)}'
    )
  BENCHMARKS[name](argv[1:])
