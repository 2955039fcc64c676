"""Features of anyone's pictures: by the judge of a run, by a published network,
or plain pixels.
"""

import functools
import shutil
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

import jax
import numpy as np

from prune_dm_jax.data import images
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import NETWORKS
from prune_dm_jax.features import check_file
from prune_dm_jax.features import inception
from prune_dm_jax.features import weights
from prune_dm_jax.metrics import finite
from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import statistics
from prune_dm_jax.pruning import CLUSTERS
from prune_dm_jax.pruning import cluster
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests
from prune_dm_jax.run import opening
from prune_dm_jax.run import parts
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import progress
from prune_dm_jax.run import room
from prune_dm_jax.stages import classifiers
from prune_dm_jax.stages import features
from prune_dm_jax.stages import fitting
from prune_dm_jax.training import apply
from prune_dm_jax.training import step

BATCH, PART = 256, 4096


def backbones(run):
  """Those that judge, each once."""
  return tuple(dict.fromkeys(paths_lib.judges(run.config).values()))


def build(run):
  """Where the judge's clusters of training pictures are.

  After the features of every judge.
  """
  for name in backbones(run):
    features.build(run, name)
  make = functools.partial(write_clusters, run)
  return artifacts.build(run.paths.clusters_judge, make)


def write_clusters(run, folder):
  """group.npy [n] of the training split, in the features of judge.network."""
  options = {name: run.config.score[name] for name in CLUSTERS}
  features = arrays(run.paths.features_judge)['features'][run.train]
  key = fitting.key_for(run.config.shared_seed, cluster.KEY)
  _, _, group = cluster.scores({'features': features}, key=key, **options)
  artifacts.write_array(folder / 'group.npy', group)


class Judge(NamedTuple):
  name: str
  version: str
  """Another one sees otherwise."""
  see: Callable
  """(params, uint8 [B, H, W, C]) -> features [B, D], logits [B, C] or None."""
  params: Any
  shape: tuple[int, ...]
  """[H, W, C] of what it sees; empty is any."""
  class_names: tuple[str, ...] = ()
  """[C] of the logits; empty, if it knows no classes of ours."""
  crop: str = ''
  """How pictures are brought to its shape, if it has one: of images.CROPS."""
  input: str = ''
  """Of inception.INPUTS, if it is that network."""


class View(NamedTuple):
  """How pictures are shown to a judge."""

  shape: tuple[int, ...]
  """[H, W, C]"""
  crop: str = 'center'


def pixels():
  return Judge('pixels', '', *BACKBONES['pixels'].load(None), ())


def published(backbone, path, resize=inception.INPUT):
  """A published network, whose weights are at a path.

  `resize` is of inception.INPUTS, and for it alone.
  """
  check_file(backbone, path)
  if backbone == 'inception':
    return of_inception(path, resize)
  loaded = BACKBONES[backbone].load(weights.read(path))
  return Judge(backbone, digests.of_file(path)[:8], *loaded, ())


def of_inception(path, resize):
  """FID's Inception, shown pictures in one of its ways."""
  other = '' if resize == inception.INPUT else f'-{resize}'
  _, params = inception.load(weights.read(path))
  version = digests.of_file(path)[:8] + other
  see = inception.INPUTS[resize].see
  return Judge('inception', version, see, params, (), input=resize)


def inputs(judge):
  """name -> how pictures are shown to it, in words, where that is told."""
  told = inception.INPUTS.get(judge.input)
  return {judge.name: told.words} if told else {}


def prepared(judge, pictures):
  """[B, H, W, C] as a judge is shown them."""
  if not judge.input:
    return features.prepared(judge.name, pictures)
  return np.stack(list(map(inception.INPUTS[judge.input].prepare, pictures)))


@functools.cache
def run_of(cell):
  """The run that a cell is of, opened once."""
  return opening.of_cell(cell)


def of_cell(cell):
  """The judge of the run that a cell is of."""
  if not (cell / 'config.json').exists():
    raise ValueError(f'{cell}: not the cell of a run, as it has no config.json')
  run = run_of(cell)
  name, view = run.config.judge.network, view_of(run)
  if name not in NETWORKS:
    path = paths_lib.weights_path(run.config, name)
    judge = published(name, path) if path else pixels()
    return judge._replace(**view._asdict())
  path = run.paths.judge
  if not path.exists():
    raise ValueError(
      f'{path}: the judge of this run is not there; main with '
      '--until=evaluate makes it'
    )
  loaded = BACKBONES[name].load(classifiers.fit(run, name, path))
  judge = Judge(name, path.name, *loaded, (), run.source.class_names)
  return judge._replace(**view._asdict())


def view_of(run):
  """How a run shows its pictures to every network."""
  return View(fitting.picture_shape(run), run.config.data.crop)


def width(judge, shape):
  """D, of pictures [H, W, C], without computing anything."""
  picture = prepared(judge, np.zeros((1, *shape), np.uint8))
  asked = jax.ShapeDtypeStruct(picture.shape, picture.dtype)
  return jax.eval_shape(judge.see, judge.params, asked)[0].shape[-1]


def features_of(judge, workdir, path, pictures, view):
  """The folder of workdir with what a judge sees of pictures, by a View."""
  own = [(*size, pictures.channels) for size in pictures.sizes]
  brought = () if own == [view.shape] else view
  digest = artifacts.hash8(pictures.contents, judge.version, *brought)
  folder = workdir / f'features_{judge.name}-{digest}'
  make = functools.partial(write, judge, path, pictures, view)
  return artifacts.build(folder, make)


def arrays(folder):
  """features [N, D], and perhaps logits [N, C]."""
  files = {n: folder / f'{n}.npy' for n in ('features', 'logits')}
  return {
    name: damage.map_array(file)
    for name, file in files.items()
    if file.exists()
  }


def moments(folder):
  """Mean [D] and covariance [D, D] of the features, computed once."""
  path = folder / 'statistics.npz'
  of_features = lambda: frechet.moments(arrays(folder)['features'])
  artifacts.build_file(
    path, lambda: statistics.write(path, *of_features()),
    settle=damage.set_aside,
  )  # fmt: skip
  return statistics.read(path)


def write(judge, path, pictures, view, folder):
  """features.npy [N, D] and perhaps logits.npy, part by part, as store.rows."""
  size, words = len(pictures), f'by {judge.name} of picture'
  name, mesh = f'features of {path}', step.data_mesh()
  call = fitting.compiled(
    features.named(judge.see), judge.params, name=name, mesh=mesh
  )
  read = functools.partial(seen, judge, pictures, view)
  say = progress.counter(name, size)

  def some(first, number):
    found = apply.mapped(
      call, read, number, mesh=mesh, batch_size=min(BATCH, size), first=first,
      say=say,
    )  # fmt: skip
    return finite.each(found, words, range(first, size))

  where, on_disk = folder / 'parts', room.on_disk(folder)
  found = parts.filled(where, 'rows', size, PART, some, room=on_disk)
  for rows in found.values():
    rows.flush()
  shutil.rmtree(where, ignore_errors=True)


def seen(judge, pictures, view, indices):
  """{'image': uint8 [b, H, W, C]} of the View's shape, as the judge has it."""
  found = [brought_to(view, picture) for picture in pictures.read(indices)]
  return {'image': prepared(judge, np.stack(found))}


def brought_to(view, picture):
  """A picture as [H, W, C]; grey as three equal channels, where C is 3."""
  if picture.shape[:2] != view.shape[:2]:
    picture = images.CROPS[view.crop](picture, view.shape[0])
  return np.broadcast_to(picture, view.shape)
