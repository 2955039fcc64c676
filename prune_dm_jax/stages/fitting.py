"""What all training here shares: how a network is fitted, and what it reads.

`fit` trains to the end in a folder, or goes on from what it finds there; a
finished folder costs one restore. So the same call trains and loads.
"""

import functools
import types
import zlib

import jax
import numpy as np
import optax
from absl import logging
from clu import parameter_overview

from prune_dm_jax.data import images
from prune_dm_jax.data import loader
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import interrupt
from prune_dm_jax.run import progress
from prune_dm_jax.stages import rates
from prune_dm_jax.training import apply
from prune_dm_jax.training import diagnosis
from prune_dm_jax.training import loop
from prune_dm_jax.training import step as step_lib
from prune_dm_jax.training.exposure import EXPOSURES


def key_for(seed, role):
  """One key a role, so that no two parts of a run share their draws."""
  return jax.random.fold_in(jax.random.key(seed), zlib.crc32(role.encode()))


def fit(
  run, folder, options, *, name, init, objective, kept, read, seed,
  params=lambda: None, snapshots=(), also=types.MappingProxyType({}), b1=0.9,
  b2=0.999, **rest,
):  # fmt: skip
  """Trains one network in `folder`, from params() if there are any.

  b1 and b2 are Adam's; `also` is what it is trained on besides `fingerprints`,
  name -> text; `rest` goes to `step.train_step`.
  """
  params = functools.partial(first_params, folder, params)
  runtime = run.config.runtime
  key = key_for(seed, name)
  step, create = program(
    run, options, jax.random.fold_in(key, 0), init=init, objective=objective,
    b1=b1, b2=b2, **rest,
  )  # fmt: skip
  started = jax.eval_shape(create).params
  size = int(parameter_overview.count_parameters(started))
  batches = functools.partial(
    batches_from,
    kept,
    read,
    batch_size=options.batch_size,
    seed=seed,
    rows=step_lib.rows_here(run.mesh, options.batch_size),
    workers=runtime.workers,
  )
  with interrupt.training() as told:
    return loop.fit(
      progress.compiling(name, step),
      create,
      batches,
      key=jax.random.fold_in(key, 1),
      mesh=run.mesh,
      directory=folder,
      name=f'{name} ({size:,} parameters)',
      num_steps=options.steps,
      checkpoint_every=runtime.checkpoint_every,
      log_every=runtime.log_every,
      fingerprints=fingerprints(run, options, kept, seed) | dict(also),
      begin=functools.partial(begin_with, params, run.mesh),
      snapshots=snapshots,
      about=about(run, folder, options, name, kept, seed),
      say=progress.counter(name, options.steps, unit='step '),
      told=told,
    )


def program(run, options, key, *, init, objective, b1=0.9, b2=0.999, **rest):
  """The jitted step of a training, and what makes the State that it begins with.

  Nothing is computed yet; the arguments are those of `fit`.
  """
  optimizer = optax.adamw(options.learning_rate, b1, b2, weight_decay=0)
  create = functools.partial(step_lib.create, init, optimizer, key, run.mesh)
  return (
    step_lib.train_step(objective, optimizer, mesh=run.mesh, **rest), create
  )  # fmt: skip


def about(run, folder, options, name, kept, seed):
  """What is to be said of a step of this training that is not finite."""
  order = {'batch_size': options.batch_size, 'seed': seed}

  def examples(step):
    indices = loader.ordered(kept, **order)[step - 1]
    return indices, [run.source.keys[i] for i in indices]

  return diagnosis.About(
    learning_rate=options.learning_rate,
    setting=f'config.{rates.section(name)}.learning_rate',
    goes_on=not folder.is_relative_to(run.workdir / 'shared'),
    examples=examples,
  )


def exposed(run, kept):
  """config.train, its steps as its exposure has them for so many kept."""
  options = run.config.train.copy_and_resolve_references()
  options.steps = EXPOSURES[options.exposure](
    options.steps, len(kept), len(run.train)
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


def batches_from(kept, read, start, **options):
  return loader.batches(kept, read, start=start, **options)


def fingerprints(run, options, kept, seed):
  """What a checkpoint was trained on: another one must not go on from it."""
  return {
    'data': run.source.fingerprint,
    'kept list': artifacts.hash8(np.asarray(kept).tolist()),
    'batch size': str(options.batch_size),
    'seed': str(seed),
  }


def in_batches(run, function, read, size, *, name, workers=0):
  """`mapped` on the devices and at the batch size of the run.

  With workers, processes that read ahead, `read` must pickle.
  """
  return mapped(
    function, read, size, name=name, mesh=run.mesh,
    batch_size=run.config.runtime.batch_size,
    ahead=functools.partial(loader.ahead, workers=workers),
  )  # fmt: skip


def mapped(function, read, size, *, name, batch_size, **rest):
  """`apply.mapped` of a function that is jitted here, and says how far it is."""
  return apply.mapped(
    progress.compiling(name, jax.jit(function)), read, size,
    batch_size=min(batch_size, size), say=progress.counter(name, size), **rest,
  )  # fmt: skip


def read_pictures(source, size, crop, indices):
  """Training rows of a source: image [b, H, W, C] in [-1, 1], label [b]."""
  pictures = images.batch(source, indices, size=size, crop=crop)
  return {'image': images.to_unit(pictures), 'label': source.labels[indices]}


def reader(run):
  """indices [b] -> the run's pictures, as `read_pictures`; it pickles."""
  data = run.config.data
  return functools.partial(
    read_pictures, run.source, data.image_size, data.crop
  )


def picture_shape(run):
  size = run.config.data.image_size
  return size, size, run.source.image(0).shape[-1]
