"""Judges pictures by comparison with others, ours or anyone's.

  prune-dm evaluate GENERATED REFERENCE [--training=PICTURES]
    [--kept=LIST] [--clusters=K] [--same_noise=PICTURES] [--judge=CELL]
    [--backbone=NAME --weights=FOLDER] [--write_statistics=FILE.npz]
    [--out=FILE.json]

Pictures are a folder of them, an .npz (arr_0, as ADM writes), an .npy, or the
cell of a run; REFERENCE may be an .npz of mu and sigma, as pytorch-fid and ADM
write them. Features are by the published network --backbone, by the judge of
--judge, or of the run that GENERATED is of, or plain pixels; they are kept in
--workdir and found there again.
"""

import functools
import pathlib

import jax
import numpy as np

from prune_dm_jax.data import lists
from prune_dm_jax.data import pictures
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.metrics import rows as rows_lib
from prune_dm_jax.metrics import statistics
from prune_dm_jax.pruning import cluster
from prune_dm_jax.report import table
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import command_line
from prune_dm_jax.stages import judge as judge_lib

RESTARTS = 10
PUBLISHED = [name for name, row in BACKBONES.items() if row.file]


def options(argv):
  parser = command_line.parser('evaluate', __doc__)
  path = pathlib.Path
  parser.add_argument('generated', type=path)
  parser.add_argument('reference', type=path)
  parser.add_argument('--training', type=path, help='what it was trained on')
  parser.add_argument('--kept', type=path, help='which of them were kept')
  parser.add_argument('--clusters', type=int, default=0, help='of training')
  parser.add_argument('--same_noise', type=path, help='from the same noise')
  parser.add_argument('--judge', type=path, help='the cell whose judge sees')
  parser.add_argument('--backbone', choices=PUBLISHED, help='which sees')
  parser.add_argument('--weights', type=path, default=path('weights'))
  parser.add_argument('--workdir', type=path, default=path('runs/evaluate'))
  parser.add_argument('--write_statistics', type=path, help='of the reference')
  parser.add_argument('--out', type=path, help='the rows as JSON')
  return parser.parse_args(argv)


def main(argv):
  command_line.carry_out('evaluate', evaluate, options(argv))


def evaluate(asked):
  """Prints a row for each number, and writes them if asked to."""
  check(asked)
  judge = judge_of(asked)
  given = sets(
    asked, functools.partial(judge_lib.features_of, judge, asked.workdir)
  )
  rows = rows_lib.rows(
    given, of=str(asked.generated), backbone=judge.name,
    reference=str(asked.reference), seed=None,
  )  # fmt: skip
  if asked.write_statistics:
    statistics.write(asked.write_statistics, *given['reference_moments'])
  if asked.out:
    artifacts.write_json(asked.out, rows)
  print(table.markdown([shown(row) for row in rows]), end='')


def check(asked):
  """Raises ValueError if one asks for what another one is needed for."""
  needed = {'kept': asked.kept, 'clusters': asked.clusters}
  for name, value in needed.items():
    if value and not asked.training:
      raise ValueError(f'--{name}={value} is about --training, not given')
  for path in (asked.write_statistics, asked.out):
    if path and path.exists():
      raise ValueError(f'{path} is there already; name another file')


def judge_of(asked):
  """What was asked for; else the judge of a run, if there is one; else pixels."""
  if asked.backbone:
    file = BACKBONES[asked.backbone].file
    return judge_lib.published(asked.backbone, asked.weights / file)
  if asked.judge:
    return judge_lib.of_cell(asked.judge)
  if (asked.generated / 'config.json').exists():
    return judge_lib.of_cell(asked.generated)
  return judge_lib.pixels()


def sets(asked, features_of):
  """What METRICS may ask for, from the paths that were given."""
  given = judge_lib.arrays(features_of(asked.generated))
  given |= reference(asked.reference, features_of)
  if asked.same_noise:
    other = judge_lib.arrays(features_of(asked.same_noise))
    given['same_noise_features'] = other['features']
  if asked.training:
    given |= prefixed(
      'training_', judge_lib.arrays(features_of(asked.training))
    )
    size = len(given['training_features'])
    given['training_kept'] = kept(asked, size)
  if asked.clusters:
    given['training_group'] = clustered(given['training_features'], asked)
  return given


def prefixed(prefix, arrays):
  return {prefix + name: array for name, array in arrays.items()}


def reference(path, features_of):
  """The reference's features and moments, or only these, from a file."""
  if statistics.are_in(path):
    return {'reference_moments': statistics.read(path)}
  folder = features_of(path)
  found = prefixed('reference_', judge_lib.arrays(folder))
  return {**found, 'reference_moments': judge_lib.moments(folder)}


def clustered(features, asked):
  """[N] the cluster of each training picture."""
  given = {'features': features}
  options = dict(restarts=RESTARTS, normalize=False, kmeans='scikit-learn')
  _, _, group = cluster.scores(
    given, key=jax.random.key(0), num_clusters=asked.clusters, **options
  )
  return group


def kept(asked, size):
  """[N] bool: what was kept of the training pictures; all, if not said."""
  if not asked.kept:
    return np.ones(size, bool)
  source = pictures.open_pictures(asked.training)
  listed = lists.read_list(asked.kept, source, root=asked.training)
  return np.isin(np.arange(size), listed)


def shown(row):
  """A row of the table that is printed."""
  value = (row['value'], row['low'], row['high'])
  about = {'n': row['n'], 'of n': row['n_reference'], 'care': row['warning']}
  dashed = {name: str(v) if v else '–' for name, v in about.items()}
  return dict(metric=rows_lib.called(row), value=value, **dashed)
