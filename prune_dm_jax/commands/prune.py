"""What of a folder of pictures is worth keeping: no configuration, no training.

  prune-dm prune FOLDER [--keep=0.5] [--method=cluster_lite0] [--out=runs/FOLDER]

In order: what is there; twins, by bytes, by pixels and near; leaks; junk; features;
the method. In <out>/<method>-<share pruned>-seed0/:

  kept.txt  pruned.txt (a reason each)  manifest.parquet  groups.parquet (of twins)
  gallery.html

and in <out> twins.html, the part of the gallery that is had before features are.
Pictures are never moved, and never deleted. The same command again makes nothing
twice; another method, or pictures that are added, cost what is new, in a cell beside.
"""

import contextlib
import decimal
import os
import pathlib

from absl import logging

from prune_dm_jax import stages
from prune_dm_jax.data import recognised
from prune_dm_jax.data import unreadable
from prune_dm_jax.features import at_hand
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import select
from prune_dm_jax.run import command_line
from prune_dm_jax.run import damage
from prune_dm_jax.run import defaults
from prune_dm_jax.run import live
from prune_dm_jax.run import mistakes
from prune_dm_jax.run import opening
from prune_dm_jax.run import variants
from prune_dm_jax.run.checks import CHOICES
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import features
from prune_dm_jax.stages import looks
from prune_dm_jax.stages import twins
from prune_dm_jax.stages import twins_page

COMPONENTS = 256
"""To which raw pixels are reduced, before they are clustered."""

MANY = 200_000
"""Pictures from which on k-means is that of any size."""


def options(argv):
  parser = command_line.parser('prune', __doc__)
  add = parser.add_argument
  add('path', help='a folder, .zip, .tar, or tables of pictures')
  add('--keep', type=float, default=0.5, help='the share that is kept; 0.5')
  add('--threshold', type=float,
      help='of the score: all from there on are kept')  # fmt: skip
  add(
    '--method',
    type=variants.untrained,
    metavar='METHOD',
    help='a variant that docs/use.md lists, as random, dedup or cluster_pixels; '
    'by default clusters, of lite0 if it is there',
  )
  add('--out', type=pathlib.Path, help='by default runs/<name of the folder>')
  add_scoring(add)
  add_twins(add)
  add('--at_least', type=int, default=0, help='of each class and cluster')
  add('--begin_with', default='', help='a list that is kept before any other')
  add('--store', default='', help='a folder of features that others use too')
  add('--weights', default='weights', help='folder of published networks')
  add('--workers', type=int, default=0,
      help='processes that read; 0: as many as help')  # fmt: skip
  add('--max_bad', type=float, default=0.01, help='share of the set; 0.01')
  add('--seed', type=int, default=0, help='of what is drawn; 0')
  for name, off in defaults.JUNK.items():
    add(f'--{name}', type=type(off), default=off,
        help='else it is junk; 0: off')  # fmt: skip
  return parser.parse_args(argv)


def add_scoring(add):
  """Options of what is scored, by what, and of which scores stay."""
  add('--scores', default='', help='a file of your own, key and score')
  add('--embeddings', default='', help='a file of your own features')
  add('--direction', choices=select.KEEPS, help='of scores that stay')
  add('--clusters', type=int, default=20, help='of k-means; 20')
  add('--within', choices=CHOICES['select.within'],
      help='what has shares; by default clusters, of a threshold all')  # fmt: skip
  add('--size', type=int, default=64, help='of a side of raw pixels; 64')


def add_twins(add):
  """Options of what is there twice, and in what is held out."""
  ways = ('drop', 'keep')
  add('--twins', choices=ways, default='drop', help='by default drop')
  add('--twins_by', choices=CHOICES['twins.by'], default='thumbnails',
      help='by default thumbnails')  # fmt: skip
  add('--twins_threshold', type=float, default=0.0,
      help='0: found from the set')  # fmt: skip
  add('--keep_of_group', choices=CHOICES['twins.keep_of_group'],
      default='largest', help='of twins; largest')  # fmt: skip
  add('--leaks', choices=ways, default='drop', help='by default drop')


def main(argv):
  command_line.carry_out('prune', prune, options(argv))


def prune(given):
  """Builds all of it, and says where it is."""
  config, out = configured(given), given.out or default_out(given.path)
  mistakes.check_folder('--out', out)
  try:
    with live.page(out):
      run = built(config, out, given)
  except ValueError as error:  # What --workdir is of run, --out is here.
    error.args = (str(error).replace('--workdir', '--out'),)
    raise
  print(*outcome(run, cells.known_folder(run)), sep='\n')


def built(config, out, given):
  """The run, whose gallery and all before it is there."""
  run = opened(config, out)
  if not given.workers and len(run.source) >= unreadable.WORTHWHILE:
    config.runtime.workers = os.cpu_count()
  opening.announce(run, None, {})
  if METHODS[config.score.method].of_clusters:
    logging.info(
      'method: clusters of %s, by k-means of %s',
      config.score.backbone, config.score.kmeans,
    )  # fmt: skip
  stages.build(run, 'twins')
  twins_page.write(run)
  stages.build(run, 'gallery')
  return run


def opened(config, out):
  """The run; of many pictures with the k-means that is for any number."""
  with contextlib.ExitStack() as kept:
    also = [kept.enter_context(take(config, out)) for take in taken(config)]
    run = opening.open_checked(config, out, judged=False, also=also)
  if METHODS[config.score.method].of_clusters and len(run.train) > MANY:
    config.score.kmeans = 'jax'  # By which scores are named, so once more:
    run = opening.open_checked(config, out, judged=False)
  return run._replace(by_data=True)


def taken(config):
  """What later stages need of a picture, and is had while it is first decoded."""
  seen = METHODS[config.score.method].of_features
  by_features = seen or config.twins.by == 'features'
  by_pixels = by_features and config.score.backbone == 'pixels'
  return [looks.also, *([features.also] if by_pixels else [])]


def default_out(path):
  path = pathlib.Path(path).resolve()
  name = path.stem if path.is_file() else path.name
  return pathlib.Path('runs') / (name.strip('.') or 'pictures')


def method_of(given):
  """The variant: as named, or what fits what is given."""
  if given.method:
    return given.method
  if given.scores:
    return 'given'
  if given.embeddings:
    return 'cluster_given'
  there = at_hand.here(pathlib.Path(given.weights))
  return 'cluster_lite0' if 'lite0' in there else 'cluster_pixels'


def check(given):
  """Raises ValueError of a share, or a path, that is none."""
  if not 0 < given.keep <= 1:
    raise ValueError(
      f'--keep={given.keep:g}: it is the share that is kept, over 0 and at most 1'
    )
  if not pathlib.Path(given.path).exists():
    raise ValueError(f'{given.path}: there is no such file or folder')


def configured(given):
  """The configuration that the options come to."""
  check(given)
  config = defaults.get_config(method_of(given))
  if config.select.ratio_from == 'config':
    config.prune_ratio = float(1 - decimal.Decimal(str(given.keep)))
  config.seed = config.shared_seed = given.seed
  config.update(weights=given.weights, store=given.store)
  config.data.update(
    name=recognised(given.path), path=given.path, held_out=0.0,
    image_size=given.size, max_bad=given.max_bad, leaks=given.leaks,
  )  # fmt: skip
  by_pixels = config.score.backbone == 'pixels'
  config.score.update(
    num_clusters=given.clusters, scores=given.scores,
    embeddings=given.embeddings, components=COMPONENTS if by_pixels else 0,
  )  # fmt: skip
  of_selection(config, given)
  config.twins.update(
    by=given.twins_by, threshold=given.twins_threshold,
    keep_of_group=given.keep_of_group,
  )  # fmt: skip
  config.junk.update({name: getattr(given, name) for name in defaults.JUNK})
  config.runtime.update(workers=given.workers, batch_size=64)
  return config


def of_selection(config, given):
  """Sets what the options say of the selection, in a configuration."""
  own = config.select
  own.update(
    twins=given.twins, at_least=given.at_least, begin_with=given.begin_with,
    keep=given.direction or own.keep, within=given.within or own.within,
  )  # fmt: skip
  if given.threshold is not None:
    config.prune_ratio = variants.FOLLOWS
    own.update(ratio_from='threshold', threshold=given.threshold)
    own.within = given.within or 'all'


def outcome(run, cell):
  """The last lines: what is kept, what it saves, and where it is."""
  facts = damage.read_json(cell / 'selection.json')
  kept = damage.read_array(cell / 'kept_idx.npy')
  found = twins.facts(run)
  yield (
    f'twins        {found["members"]:,} of {found["pictures"]:,} in '
    f'{found["groups"]:,} groups, {found["of_several_labels"]:,} of several labels'
  )
  total, own = run.facts.sizes.sum(), run.facts.sizes[kept].sum()
  yield (
    f'kept         {facts["kept"]:,} of {facts["kept"] + facts["pruned"]:,} keys, '
    f'{own / 1e6:,.1f} of {total / 1e6:,.1f} MB'
  )
  for name in ('kept.txt', 'pruned.txt', 'manifest.parquet', 'groups.parquet'):
    yield f'{name:12} {cell / name}'
  yield f'gallery      {cell / "gallery.html"}'
