"""What all training here shares: how a network is fitted, and what it reads.

`fit` trains to the end in a folder, or goes on from what it finds there; a
finished folder costs one restore. So the same call trains and loads.
"""

import functools
import types
import zlib

import jax
import jax.numpy as jnp
import numpy as np
import optax
from absl import logging
from clu import parameter_overview

from prune_dm_jax.data import images
from prune_dm_jax.data import loader
from prune_dm_jax.data import source as source_lib
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import interrupt
from prune_dm_jax.run import live
from prune_dm_jax.run import progress
from prune_dm_jax.stages import crops
from prune_dm_jax.stages import rates
from prune_dm_jax.training import apply
from prune_dm_jax.training import counts
from prune_dm_jax.training import diagnosis
from prune_dm_jax.training import loop
from prune_dm_jax.training import step as step_lib
from prune_dm_jax.training.exposure import EXPOSURES

UNIT = images.to_unit(np.arange(256, dtype=np.uint8))
"""What each byte is in [-1, 1]."""


def key_for(seed, role):
  """One key a role, so that no two parts of a run share their draws."""
  return jax.random.fold_in(jax.random.key(seed), zlib.crc32(role.encode()))


def fit(run, folder, options, *, prepare=None, **learned):
  """Trains one network in `folder`, as prepare, or `prepared`, has it; its State."""
  one = (prepare or prepared)(run, folder, options, **learned)
  live.training(folder)
  with interrupt.training() as told:
    state = loop.fit(**one, told=told)
  if one['divide']:  # What is made of it asks for the whole average.
    state = state._replace(ema=apply.everywhere(state.ema, run.mesh))
  return state


def prepared(
  run, folder, options, *, name, init, objective, kept, read, seed,
  weights=None, given=lambda: (), params=lambda: None, snapshots=(),
  also=types.MappingProxyType({}), **rest,
):  # fmt: skip
  """What `loop.fit` is given of a network, from params() if there are any.

  weights are of the `loader`; given() is what the objective is given, and read()
  what `loader.batches` reads by, asked for where training begins; `also` is what it
  is trained on besides `fingerprints`, name -> text; `rest` goes to `program`.
  """
  runtime, key = run.config.runtime, key_for(seed, name)
  step, create = program(
    run, options, jax.random.fold_in(key, 0), init=init, objective=objective,
    **rest,
  )  # fmt: skip
  size = parameter_overview.count_parameters(jax.eval_shape(create).params)
  order = dict(batch_size=options.batch_size, seed=seed, weights=weights)
  batches = lambda start: loader.batches(
    kept, read(), **order, start=start, workers=runtime.workers,
    rows=step_lib.rows_here(run.mesh, options.batch_size),
  )  # fmt: skip
  step = giving(progress.compiling(name, step), given, run.mesh)
  params = functools.partial(first_params, folder, params)
  return dict(
    step=step, create=create, batches=batches, mesh=run.mesh,
    key=jax.random.fold_in(key, 1), directory=folder,
    name=f'{name} ({size:,} parameters)', num_steps=options.steps,
    checkpoint_every=runtime.checkpoint_every, log_every=runtime.log_every,
    fingerprints=fingerprints(run, options, kept, seed) | dict(also),
    begin=functools.partial(begin_with, params, run.mesh),
    snapshots=snapshots,
    about=about(run, folder, options, name, kept, order),
    say=progress.counter(name, options.steps, unit='step '),
    divide=runtime.shard_optimizer,
    flops=lambda state, batch: counts.of(
      step, state, step_lib.place(batch, run.mesh), key
    ),
  )  # fmt: skip


@functools.lru_cache(maxsize=8)
def adam(rate, warmup, b1, b2):
  """Adam, whose learning rate rises over the first `warmup` steps."""
  rate = step_lib.warm_up(rate, warmup) if warmup else rate
  return optax.adamw(rate, b1, b2, weight_decay=0)


def giving(step, given, mesh):
  """step(state, batch, key, given) without its last argument."""
  placed = functools.cache(lambda: apply.everywhere(given(), mesh))
  return lambda state, batch, key: step(state, batch, key, placed())


def program(
  run, options, key, *, init, objective, b1=0.9, b2=0.999, warmup=0, **rest
):
  """The jitted step of a training, and what makes the State that it begins with.

  Nothing is computed yet; `rest` goes to `step.train_step`.
  """
  optimizer = adam(options.learning_rate, warmup, b1, b2)
  both = dict(mesh=run.mesh, divide=run.config.runtime.shard_optimizer)
  step = step_lib.train_step(of_bytes(objective), optimizer, **both, **rest)
  create = functools.partial(step_lib.create, init, optimizer, key, **both)
  return step, create


def about(run, folder, options, name, kept, order):
  """What is to be said of a step of this training that is not finite."""

  def examples(step):
    indices = loader.ordered(kept, **order)[step - 1]
    return indices, [run.source.keys[i] for i in indices]

  return diagnosis.About(
    learning_rate=options.learning_rate,
    setting=f'config.{rates.section(name)}.learning_rate',
    goes_on=not folder.is_relative_to(run.workdir / 'shared'),
    examples=examples,
  )


def exposed(run, number):
  """config.train, its steps as its exposure has them for so many, by weight."""
  options = run.config.train.copy_and_resolve_references()
  options.steps = EXPOSURES[options.exposure](
    options.steps, number, len(run.train)
  )
  return options


def first_params(folder, params):
  """params(), where training begins; a finished network has begun long ago.

  Raises:
    ValueError: It is finished, and none of its checkpoints is whole.
  """
  aside = list((folder / 'checkpoints').glob('damaged-*'))
  if not any(p.suffix == '.partial' for p in (folder, folder.parent)):
    where = ' (damaged ones are in checkpoints/damaged-*)' if aside else ''
    raise ValueError(
      f'{folder}: this network is finished, but has no whole checkpoint{where}; '
      f'bring {folder}/checkpoints back, or move {folder} away to train it again'
    )
  if aside:
    logging.warning(
      '%s: none of its checkpoints is whole: training begins anew', folder
    )
  return params()


def begin_with(params, mesh, state):
  """The State with the parameters that params() gives, if it gives any."""
  found = params()
  return state if found is None else step_lib.with_params(state, found, mesh)


def fingerprints(run, options, kept, seed):
  """What a checkpoint was trained on: another one must not go on from it."""
  return {
    'data': run.source.fingerprint,
    'kept list': artifacts.hash8(np.asarray(kept).tolist()),
    'batch size': str(options.batch_size),
    'seed': str(seed),
  }


def in_batches(run, function, params, read, size, *, name, workers=0):
  """`mapped` on the devices and at the batch size of the run.

  With workers, processes that read ahead, `read` must pickle.
  """
  return mapped(
    function, params, read, size, name=name, mesh=run.mesh,
    batch_size=run.config.runtime.batch_size,
    ahead=functools.partial(loader.ahead, workers=workers),
  )  # fmt: skip


def mapped(function, params, read, size, *, name, mesh, batch_size, **rest):
  """`apply.mapped` of function(params, batch), which says how far it is."""
  return apply.mapped(
    compiled(function, params, name=name, mesh=mesh), read, size, mesh=mesh,
    batch_size=min(batch_size, size), say=progress.counter(name, size), **rest,
  )  # fmt: skip


def compiled(function, params, *, name, mesh):
  """function(params, batch), jitted, as a function of the batch alone.

  Parameters are placed on all devices once, and are arguments: as constants of
  the program XLA would copy them many times while it compiles, and compile it
  again for others.
  """
  call = progress.compiling(name, jax.jit(function))
  return functools.partial(call, apply.everywhere(params, mesh))


def read_pictures(read, labels, indices):
  """Training rows: image [b, H, W, C] of bytes, label [b]."""
  return {'image': read(indices), 'label': labels[indices]}


def in_unit(batch):
  """A batch on the devices whose pictures, if they are of bytes, are in [-1, 1].

  They cross to the devices as bytes. Each is looked up, as the division of XLA
  rounds otherwise than that of numpy.
  """
  image = batch.get('image')
  if image is None or image.dtype != np.uint8:
    return batch
  return {**batch, 'image': jnp.asarray(UNIT)[image.astype(np.int32)]}


@functools.lru_cache(maxsize=8)
def of_bytes(objective):
  """An objective of pictures in [-1, 1], of a batch that may have bytes."""

  def scaled(params, extra, batch, keys, *given):
    return objective(params, extra, in_unit(batch), keys, *given)

  return scaled


def reader(run):
  """indices [b] -> the run's pictures, as `read_pictures`; see crops.reader."""
  return functools.partial(read_pictures, crops.reader(run), run.source.labels)


def picture_shape(run):
  size, files = run.config.data.image_size, source_lib.Source
  in_rgb = isinstance(run.source, files)
  return size, size, 3 if in_rgb else run.source.image(0).shape[-1]
