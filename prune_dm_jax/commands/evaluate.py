"""Judges pictures by comparison with others, ours or anyone's.

  prune-dm evaluate GENERATED REFERENCE [--training=PICTURES]
    [--kept=LIST] [--clusters=K] [--same_noise=PICTURES] [--judge=CELL]
    [--backbone=NAME --weights=FOLDER] [--resize=center --size=PIXELS]
    [--backbone=inception --resize=torch]
    [--write_statistics=FILE.npz] [--out=FILE.json]

Pictures are a folder or .zip of them, read as a data set is; an .npz (arr_0, as
ADM writes), an .npy, or the cell of a run. REFERENCE may be an .npz of mu and
sigma, as pytorch-fid and ADM write them, or of these and of pictures. Features
are by the published network --backbone, by the judge of --judge, or of the run
that GENERATED is of, or plain pixels, up to 32 x 32; they are kept in --workdir
and found there again. With weights/inception.safetensors, --backbone=inception is
FID. Those of --same_noise are paired by their names, or the numbers in them.
Inception is shown pictures as TensorFlow 1 and ADM do, or as pytorch-fid
(--resize=torch) and clean-fid (--resize=clean) do; statistics of one way are not
compared with pictures shown in another.

Copies of pictures of one set in another, and within each, are counted in rows of
their own, and said beside the numbers that they flatter.
All must be of one size and number of channels, unless --resize brings them to
one, or the judge is of a run, which brings them to its own.
"""

import functools
import pathlib

import jax
import numpy as np

from prune_dm_jax.data import images
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import inception
from prune_dm_jax.features import path_of
from prune_dm_jax.metrics import rows as rows_lib
from prune_dm_jax.pruning import cluster
from prune_dm_jax.report import table
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import command_line
from prune_dm_jax.stages import judge as judge_lib
from prune_dm_jax.stages import kept as kept_lib
from prune_dm_jax.stages import labels as labels_lib
from prune_dm_jax.stages import leaks
from prune_dm_jax.stages import moments
from prune_dm_jax.stages import pairs
from prune_dm_jax.stages import sets as sets_lib

RESTARTS = 10
PUBLISHED = [name for name, row in BACKBONES.items() if row.file]
ROLES = ('generated', 'reference', 'training', 'same_noise')
"""Options that name a set."""

LABELLED = ('generated', 'training')
"""Those whose labels a metric asks for."""


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
  names = [*PUBLISHED, 'pixels']
  parser.add_argument('--backbone', choices=names, help='which sees')
  parser.add_argument('--weights', type=path, default=path('weights'))
  parser.add_argument('--resize', help='to one size, or '
                      'how Inception is shown pictures',
                      choices=[*images.CROPS, *inception.INPUTS])  # fmt: skip
  parser.add_argument('--size', type=int, default=0, help='by default the '
                      'least side of GENERATED')  # fmt: skip
  parser.add_argument('--max_bad', type=float, default=0.01, help='the share '
                      'of a set that may be unreadable')  # fmt: skip
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
  sets = opened(asked)
  shape = sets_lib.check(
    sets, judge, side=side_of(asked, sets, judge),
    unasked=not asked.backbone, weights=asked.weights,
  )  # fmt: skip
  view = judge_lib.View(shape, judge.crop or crop_of(asked) or 'center')
  copies = leaks.across(sets)
  leaks.tell(copies)
  given = arrays(asked, sets, judge, view) | {'leaks': leaks.doubts(copies)}
  rows = rows_lib.rows(
    given, of=str(asked.generated), backbone=judge.name,
    reference=str(asked.reference), seed=None, inputs=judge_lib.inputs(judge),
  )  # fmt: skip
  copied = leaks.rows(copies + leaks.inside(sets))
  if asked.write_statistics:
    moments.write(asked.write_statistics, given['reference_moments'], judge)
  if asked.out:
    artifacts.write_json(asked.out, rows + copied)
  rows += [row for row in copied if row['value']]
  print(table.markdown([shown(row) for row in rows]), end='')


def check(asked):
  """Raises ValueError if one asks for what another one is needed for."""
  needed = {'kept': asked.kept, 'clusters': asked.clusters}
  for name, value in needed.items():
    if value and not asked.training:
      raise ValueError(f'--{name}={value} is about --training, not given')
  if asked.resize in inception.INPUTS and asked.backbone != 'inception':
    raise ValueError(
      f'--resize={asked.resize} is how Inception is shown pictures; name '
      '--backbone=inception'
    )
  if asked.size and not crop_of(asked):
    raise ValueError(f'--size={asked.size} is what --resize brings pictures to')
  if not 0 <= asked.max_bad <= 1:
    raise ValueError(f'--max_bad={asked.max_bad:g} is no share, from 0 to 1')
  if asked.size < 0 or asked.clusters < 0:
    raise ValueError('--size and --clusters are numbers above 0')
  if asked.backbone and asked.judge:
    raise ValueError(
      f'--backbone={asked.backbone} and --judge={asked.judge} are two that '
      'see; name one'
    )
  for path in (asked.write_statistics, asked.out):
    if path and path.exists():
      raise ValueError(f'{path} is there already; name another file')
    if path:
      path.parent.mkdir(parents=True, exist_ok=True)


def crop_of(asked):
  """How all pictures are brought to one size, if that was asked for."""
  return asked.resize if asked.resize in images.CROPS else ''


def judge_of(asked):
  """What was asked for; else the judge of a run, if there is one; else pixels."""
  if asked.backbone == 'pixels':
    return judge_lib.pixels()
  if asked.backbone:
    path = path_of(asked.backbone, asked.weights)
    way = asked.resize if asked.resize in inception.INPUTS else inception.INPUT
    return judge_lib.published(asked.backbone, path, way)
  if asked.judge:
    return judge_lib.of_cell(asked.judge)
  if (asked.generated / 'config.json').exists():
    return judge_lib.of_cell(asked.generated)
  return judge_lib.pixels()


def opened(asked):
  """role -> Set of what is named; what is named twice is read once."""
  paths = {role: getattr(asked, role) for role in ROLES}
  read = functools.cache(
    functools.partial(
      sets_lib.opened, workdir=asked.workdir, most=asked.max_bad
    )
  )
  found = {role: read(path) for role, path in paths.items() if path}
  if asked.resize in inception.INPUTS and not found['reference'].input:
    found['reference'] = found['reference']._replace(input=asked.resize)
  for role, given in found.items():
    if role != 'reference' and not given.pictures:
      raise ValueError(
        f'{given.path}: statistics, and no pictures; only REFERENCE may be so'
      )
  if asked.clusters > len(found['training'].pictures if asked.clusters else ()):
    raise ValueError(
      f'--clusters={asked.clusters}, but {asked.training} has '
      f'{len(found["training"].pictures)} pictures'
    )
  return found


def side_of(asked, sets, judge):
  """What --resize brings all pictures to; 0, if it is not asked for."""
  if judge.shape and (asked.size or crop_of(asked)):
    raise ValueError(
      f'the judge of a run sees pictures of {sets_lib.by(*judge.shape[:2])}, '
      f'by config.data.crop = {judge.crop}; --resize and --size are for others'
    )
  least = min(map(min, sets['generated'].pictures.sizes))
  return (asked.size or least) if crop_of(asked) else 0


def arrays(asked, sets, judge, view):
  """What METRICS may ask for, from the sets that were given."""
  chosen = kept(asked, sets)
  shown = {role: given for role, given in sets.items() if given.pictures}
  labels = {
    r: labels_lib.of_set(shown[r], judge) for r in LABELLED if r in shown
  }
  given, folders = {}, {}
  for role, one in shown.items():
    folders[role] = judge_lib.features_of(judge, asked.workdir, *one[:2], view)
    found = judge_lib.arrays(folders[role])
    if labels.get(role) is not None:
      found['labels'] = labels[role]
    if role == 'same_noise':
      order = pairs.order(sets['generated'], one)
      found['features'] = found['features'][order]
    prefix = '' if role == 'generated' else f'{role}_'
    given |= {prefix + name: array for name, array in found.items()}
  given |= moments.of(sets['reference'], folders, judge, view.shape)
  if asked.training:
    given['training_kept'] = chosen
  if asked.clusters:
    given['training_group'] = clustered(given['training_features'], asked)
  return given


def clustered(features, asked):
  """[N] the cluster of each training picture."""
  given = {'features': features}
  options = dict(restarts=RESTARTS, normalize=False, kmeans='scikit-learn')
  _, _, group = cluster.scores(
    given, key=jax.random.key(0), num_clusters=asked.clusters, **options
  )
  return group


def kept(asked, sets):
  """[N] bool: what was kept of the training pictures; all, if not said."""
  if not asked.training:
    return None
  pictures = sets['training'].pictures
  if not asked.kept:
    return np.ones(len(pictures), bool)
  chosen = kept_lib.read(asked.kept, pictures, asked.training)
  return np.isin(np.arange(len(pictures)), chosen)


def shown(row):
  """A row of the table that is printed."""
  value = (row['value'], row['low'], row['high'])
  about = {'n': row['n'], 'of n': row['n_reference'], 'care': row['warning']}
  dashed = {name: str(v) if v else '–' for name, v in about.items()}
  return dict(metric=rows_lib.called(row), value=value, **dashed)
