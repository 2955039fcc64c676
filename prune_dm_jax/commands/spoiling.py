"""How each metric moves when pictures are spoiled: whether it does its job.

  prune-dm spoiling --config=configs/digits.py

Half of the held-out pictures stand for a perfect model, the other half is the
reference. They are then blurred, reduced to one class or to half of them, given
other labels, or replaced by training pictures. Prints a Markdown table.
"""

import numpy as np

from prune_dm_jax import stages
from prune_dm_jax.data import planted_kinds
from prune_dm_jax.metrics import rows as rows_lib
from prune_dm_jax.report import table
from prune_dm_jax.run import command_line
from prune_dm_jax.run import damage
from prune_dm_jax.run import opening
from prune_dm_jax.stages import crops
from prune_dm_jax.stages import evaluate
from prune_dm_jax.stages import features
from prune_dm_jax.stages import judge


def repeated(wanted, size):
  """[size] the indices wanted, again and again."""
  return np.resize(np.flatnonzero(wanted), size)


def spoiled(pictures, labels, others, other_labels):
  """name -> (pictures, labels), as many each.

  Args:
    pictures: uint8 [S, H, W, C].
    labels: [S].
    others: [S, H, W, C] of the training set, with their labels.
    other_labels: [S].
  """
  size, classes = len(labels), np.unique(labels)
  take = lambda index: (pictures[index], labels[index])
  return {
    'as they are': (pictures, labels),
    'blurred': (planted_kinds.blurred(pictures), labels),
    'one class': take(repeated(labels == classes[0], size)),
    'half the classes': take(repeated(labels % 2 == 0, size)),
    'other labels': (pictures, np.roll(labels, 1)),
    'copied from training': (others, other_labels),
  }


def rows(run):
  """One {spoiled, metric: (value, low, high), ...} each."""
  seen = judge.arrays(run.paths.features_judge)
  groups = damage.read_array(run.paths.clusters_judge / 'group.npy')
  backbone = run.config.judge.network
  pick = np.random.default_rng(0).permutation
  ours, theirs = np.array_split(pick(run.held_out), 2)
  beside = known(run, seen, theirs, groups)
  read = crops.reader(run)
  copied, labels = pick(run.train)[: len(ours)], run.source.labels
  sets = spoiled(read(ours), labels[ours], read(copied), labels[copied])
  for name, (pictures, asked) in sets.items():
    look = lambda i, pictures=pictures: {'image': pictures[i]}
    given = features.extract(run, look, len(asked), backbone)
    found = rows_lib.rows(
      {**given, **beside, **evaluate.labels_for(run, labels=asked)}, of=name,
      backbone=backbone, reference='held-out pictures', seed=0,
    )  # fmt: skip
    values = {r['metric']: (r['value'], r['low'], r['high']) for r in found}
    yield dict(spoiled=name) | values


def known(run, seen, reference, groups):
  """What metrics know of the reference and of the training set."""
  labelled = lambda i: (
    {name: array[i] for name, array in seen.items()}
    | {'labels': run.source.labels[i]}
  )
  training = labelled(run.train)
  return evaluate.compared_with(labelled(reference)) | dict(
    training_features=training['features'],
    training_kept=np.ones(len(run.train), bool),
    training_group=groups,
    **evaluate.labels_for(run, training_labels=training['labels']),
  )


def turned(rows):
  """A row a metric, a column a way of spoiling."""
  names = [name for name in rows[0] if name != 'spoiled']
  return [
    dict(metric=name) | {row['spoiled']: short(row[name]) for row in rows}
    for name in names
  ]


def short(value):
  return '–' if value[0] is None else f'{value[0]:.3g}'


def spoil(config, workdir):
  run = opening.open_checked(config, workdir, judged=True)
  stages.build(run, 'judge')
  print(table.markdown(turned(list(rows(run)))), end='')


def main(argv):
  command_line.run(spoil, argv, __doc__)
