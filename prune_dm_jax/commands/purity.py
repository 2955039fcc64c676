"""Whether the clusters of k-means are classes, which it was never told.

  prune-dm purity --config=configs/digits.py
    [--backbones=pixels,random] [--ks=10,100] [--kmeans_seeds=0,1,2]

Each backbone's features of the training pictures are clustered once for each of
--kmeans_seeds, as --config.score says. `random` has the clusters of the first other
backbone, of the same sizes, filled by chance. The first row is one cluster of
all: on a long tail its purity is high.

Prints a table, mean and standard deviation over seeds, and a line of JSON.
"""

import json

import numpy as np
from absl import flags
from absl import logging

from prune_dm_jax import stages
from prune_dm_jax.features import SELECTING
from prune_dm_jax.metrics import partitions
from prune_dm_jax.pruning import cluster
from prune_dm_jax.report import table
from prune_dm_jax.run import command_line
from prune_dm_jax.run import damage
from prune_dm_jax.run import opening
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import progress
from prune_dm_jax.stages import fitting

RANDOM = 'random'
NAMED = flags.DEFINE_list('backbones', ['pixels', RANDOM], 'Whose features.')
KS = flags.DEFINE_list('ks', [], "Numbers of clusters; else the config's.")
SEEDS = flags.DEFINE_list(
  'kmeans_seeds', ['0', '1', '2'], 'Of the seeding of k-means.'
)


def positive(name, texts, least):
  """The numbers of a flag, each `least` or more and there once."""
  good = texts and all(t.isdigit() and int(t) >= least for t in texts)
  if not good or len(set(texts)) < len(texts):
    raise ValueError(
      f'--{name}={",".join(texts)}: take whole numbers from {least} on, each '
      'once, as 2,4,8'
    )
  return [int(text) for text in texts]


def check_backbones(names):
  for name in names:
    if name not in (*SELECTING, RANDOM):
      raise ValueError(
        f'--backbones: {name!r} is none; choose from '
        f'{", ".join((*SELECTING, RANDOM))}'
      )
  if set(names) <= {RANDOM}:
    raise ValueError(
      f'--backbones={",".join(names)}: {RANDOM} takes the sizes of another '
      "backbone's clusters; name one"
    )


def opened(config, workdir, backbone):
  """The run that clusters by this backbone."""
  config = config.copy_and_resolve_references()
  config.score.update(method='cluster', backbone=backbone)
  run = opening.open_checked(config, workdir, judged=False)
  if (run.source.labels[run.train] < 0).any():
    raise ValueError(
      f'config.data.path is {config.data.path!r}, whose pictures have no '
      'classes; purity compares clusters with classes'
    )
  return run


def clusters(run, num_clusters, seed):
  """[n] the cluster of each training picture."""
  folder = stages.build(run, 'features')
  features = damage.map_array(folder / 'features.npy')[run.train]
  options = {name: run.config.score[name] for name in paths_lib.CLUSTERS}
  options['num_clusters'] = num_clusters
  key = fitting.key_for(seed, cluster.KEY)
  return cluster.scores({'features': features}, key=key, **options)[2]


def measured(groups, labels):
  """measure -> [seeds], of groups [seeds, n] against labels [n]."""
  return {
    name: [float(measure(group, labels)) for group in groups]
    for name, measure in partitions.MEASURES.items()
  }


def compare(config, workdir, names, ks, seeds):
  """(backbone, k) -> measure -> [seeds]; and one cluster of all."""
  chance = RANDOM in names
  names = [name for name in dict.fromkeys(names) if name != RANDOM]
  runs = {name: opened(config, workdir, name) for name in names}
  run = runs[names[0]]
  labels = run.source.labels[run.train]
  if max(ks) > len(labels):
    raise ValueError(
      f'--ks: {max(ks)} clusters of {len(labels)} training pictures; name '
      'fewer clusters'
    )
  found = {('one cluster', 1): measured([np.zeros_like(labels)], labels)}
  for name in names:
    for k in ks:
      with progress.doing(f'{k} clusters of {name}'):
        groups = [clusters(runs[name], k, seed) for seed in seeds]
      found[name, k] = measured(groups, labels)
      logging.info('%s, %d clusters: %s', name, k, found[name, k])
      if chance and name == names[0]:
        mixed = map(partitions.shuffled, groups, seeds)
        found[RANDOM, k] = measured(list(mixed), labels)
  return found


def rows(found):
  """One {clusters of, number, measure, ...} each, for the table."""
  return [
    {'clusters of': name, 'number': str(k)}
    | {measure: spread(values) for measure, values in measures.items()}
    for (name, k), measures in found.items()
  ]


def spread(values):
  """The mean, and the deviation where there are several."""
  mean = f'{np.mean(values):z.3f}'
  several = f' ± {np.std(values, ddof=1):.3f}' if len(values) > 1 else ''
  return mean + several


def compared(config, workdir):
  check_backbones(NAMED.value)
  ks = KS.value or [str(config.score.num_clusters)]
  ks = positive('ks', ks, least=1)
  seeds = positive('kmeans_seeds', SEEDS.value, least=0)
  found = compare(config, workdir, NAMED.value, ks, seeds)
  print(table.markdown(rows(found)), end='')
  print(json.dumps({f'{name}, {k}': v for (name, k), v in found.items()}))


def main(argv):
  command_line.run(compared, argv, __doc__)
