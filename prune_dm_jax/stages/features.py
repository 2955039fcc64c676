"""Features of pictures: by a backbone that is given, or was trained here.

Those of files are kept in the store, so that each picture is seen once by a
network. Pictures in memory cost less to look at than to look up.
"""

import contextlib
import functools
import hashlib
import inspect
import sys

import numpy as np

from prune_dm_jax.data import contents
from prune_dm_jax.data import facts
from prune_dm_jax.data import images
from prune_dm_jax.data import loader
from prune_dm_jax.data import source as source_lib
from prune_dm_jax.data.lists import embeddings
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import GIVEN
from prune_dm_jax.features import NETWORKS
from prune_dm_jax.features import weights as weights_lib
from prune_dm_jax.metrics import finite
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import progress
from prune_dm_jax.run import room
from prune_dm_jax.run import store
from prune_dm_jax.stages import classifiers
from prune_dm_jax.stages import crops
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import pixels
from prune_dm_jax.training import apply

ROOM = 'prune_dm_jax.features.'


def build(run, backbone=''):
  """Where features [N, D] of every picture are, and logits [N, C] if any.

  Of the backbone that selects, or of another one.
  """
  backbone = backbone or run.config.score.backbone
  path = paths_lib.features_of(run.config, run.paths)[backbone]
  if backbone in NETWORKS:
    classifiers.build(run, backbone)
  return artifacts.build_together(path, functools.partial(write, run, backbone))


def write(run, backbone, folder):
  """features.npy [N, D] of every picture, and perhaps logits.npy [N, C]."""
  if backbone == GIVEN:
    write_given(run, folder)
    return
  if backbone == 'pixels' and crops.of_files(run):
    pixels.write(run, reader(run), folder)
    return
  if isinstance(run.source, source_lib.Source):
    write_from_store(run, backbone, folder)
    return
  found = extract(
    run, reader(run), len(run.source), backbone,
    workers=run.config.runtime.workers,
  )  # fmt: skip
  for name, rows in found.items():
    artifacts.write_array(folder / f'{name}.npy', rows)


def write_given(run, folder):
  """features.npy, of what the user has computed elsewhere."""
  path = run.config.score.embeddings
  save = functools.partial(
    embeddings.write, path, run.source, root=run.config.data.path
  )
  with progress.doing(f'reading {path}'):
    artifacts.write(folder / 'features.npy', save)


def reader(run):
  """indices [b] -> {'image': uint8 [b, H, W, C]}; it pickles."""
  return functools.partial(pictures, crops.reader(run))


def write_from_store(run, backbone, folder):
  """As `write`; what the store does not have is computed, and added to it."""
  found = store.rows(
    stored_in(run, backbone),
    run.facts.bytes,
    functools.partial(batches, run, backbone),
    name=f'features of {backbone}',
    together=run.config.runtime.part_size,
    room=room.on_disk(folder),
    then=pixels.of_shown() if backbone == 'pixels' else dict,
  )
  for rows in found.values():
    rows.flush()


@contextlib.contextmanager
def also(config, workdir):
  """A context of the contents.Also that has pixels at hand before `build`."""
  data = config.data
  folder = store_of(config, workdir, 'pixels', '')
  with store.adding(folder, together=config.runtime.part_size) as (known, add):

    def put(those, found):
      hashes = facts.rows([one.bytes for one in those])
      add(hashes, pixels.shown({'image': np.stack(found)}))

    crop = functools.partial(images.CROPS[data.crop], size=data.image_size)
    lacks = lambda contents: ~known(contents.bytes)
    yield contents.Also(crop, lacks, put)


def stored_in(run, backbone):
  """The folder of the store: by all that features depend on, but the picture."""
  network = (
    getattr(run.paths, backbone).name
    if backbone in NETWORKS
    else paths_lib.weights_digest(run.config, backbone)
  )
  return store_of(run.config, run.workdir, backbone, network)


def store_of(config, workdir, backbone, network):
  """`stored_in`, of a network by its name or digest."""
  return store.folder(
    config, workdir, f'features_{backbone}', network,
    config.data.crop, config.data.image_size, code_digest(backbone),
  )  # fmt: skip


def code_digest(backbone):
  """Over what decodes, crops, and sees: of other code, no row holds."""
  seen_by = sys.modules[BACKBONES[backbone].load.__module__]
  code = contents.code(seen_by, ROOM)
  text = [contents.READER, inspect.getsource(images), *code]
  return hashlib.sha256('\n'.join(text).encode()).hexdigest()


def batches(run, backbone, indices):
  """Yields {'features': [b, D], perhaps 'logits': [b, C]} of some pictures.

  All batches have the shape that they have where all of the set are computed,
  as XLA may add up in another order for another shape.
  """
  function, params = loaded(run, backbone)
  if backbone == 'pixels':  # As they were shown is a quarter of the bytes.
    function = lambda params, batch: pixels.shown(batch)
  call = fitting.compiled(
    function, params, name=f'features of {backbone}', mesh=run.mesh
  )
  filled = apply.padded(
    functools.partial(seen_at, backbone, reader(run), indices),
    len(indices),
    mesh=run.mesh,
    batch_size=min(run.config.runtime.batch_size, len(run.source)),
    ahead=functools.partial(loader.ahead, workers=run.config.runtime.workers),
  )
  done = 0
  for batch, here in filled:
    found = apply.whole(call(batch))
    rows = {name: rows[:here] for name, rows in found.items()}
    keys = [run.source.keys[i] for i in indices[done : done + here]]
    yield finite.each(rows, f'by {backbone} of', keys)
    done += here


def seen_at(backbone, read, indices, places):
  """`seen` of indices[places], of which those that fill up are read once."""
  some, back = np.unique(places, return_inverse=True)
  return {'image': seen(backbone, read, indices[some])['image'][back]}


def pictures(read, indices):
  return {'image': read(indices)}


def extract(run, read, size, backbone, *, workers=0):
  """features [size, D] and perhaps logits [size, C] of pictures, by name.

  A network of ours has been trained before: its folder is whole.
  """
  see = functools.partial(seen, backbone, read)
  found = fitting.in_batches(
    run, *loaded(run, backbone), see, size, name=f'features of {backbone}',
    workers=workers,
  )  # fmt: skip
  return finite.each(found, f'by {backbone} of picture', range(size))


def extractor(run, backbone, size):
  """(pictures uint8 [n, H, W, C], first) -> what `extract` gives of them.

  They are the pictures from `first` of `size`. It is compiled once.
  """
  name = f'features of {backbone}'
  call = fitting.compiled(*loaded(run, backbone), name=name, mesh=run.mesh)
  say, words = progress.counter(name, size), f'by {backbone} of picture'

  def extract(pictures, first):
    read = lambda i: {'image': pictures[i]}
    found = apply.mapped(
      call, functools.partial(seen, backbone, read), len(pictures),
      mesh=run.mesh, batch_size=min(run.config.runtime.batch_size, size),
      say=lambda done: say(first + done),
    )  # fmt: skip
    return finite.each(found, words, range(first, size))

  return extract


def seen(backbone, read, indices):
  return {'image': prepared(backbone, read(indices)['image'])}


def weights_of(run, backbone):
  """What a backbone loads; None, if it has no weights."""
  if backbone in NETWORKS:
    return classifiers.fit(run, backbone, getattr(run.paths, backbone))
  path = paths_lib.weights_path(run.config, backbone)
  return weights_lib.read(path) if path else None


def prepared(backbone, pictures):
  """[B, H, W, C] as a published network was shown them; else as they are."""
  if not BACKBONES[backbone].file:
    return pictures
  return np.stack(list(map(BACKBONES[backbone].prepare, pictures)))


def loaded(run, backbone):
  """`named` of a backbone, and its parameters."""
  see, params = BACKBONES[backbone].load(weights_of(run, backbone))
  return named(see), params


def named(see):
  """(params, {'image': ...}) -> features and perhaps logits, by name."""

  def apply(params, batch):
    features, logits = see(params, batch['image'])
    without = {'features': features}
    return without if logits is None else {**without, 'logits': logits}

  return apply
