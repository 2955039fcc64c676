"""The programs of a run as shapes: for any devices, and before there is any data.

Each is built as its stage builds it, on a mesh that may be of devices that are
not here, of arrays that are never allocated, see `shapes`.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from prune_dm_jax.stages import agreements
from prune_dm_jax.stages import autoencoder
from prune_dm_jax.stages import classifiers
from prune_dm_jax.stages import dit
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import influences
from prune_dm_jax.stages import latents
from prune_dm_jax.stages import passes
from prune_dm_jax.stages import sample
from prune_dm_jax.stages import shapes
from prune_dm_jax.stages import train
from prune_dm_jax.training import apply
from prune_dm_jax.training import step as step_lib


def of_latents(run):
  """The fields of a row of latents."""
  side = dit.latent_shape(run)[:2]
  return {'codes': (side, np.uint16), 'label': ((), np.int32)}


def of_codebook(run):
  options = run.config.autoencoder
  shape = options.num_codes, options.code_dim
  return jax.ShapeDtypeStruct(shape, np.float32)


def of_pictures(run):
  shape = fitting.picture_shape(run)
  return {'image': (shape, np.uint8), 'label': ((), np.int32)}


def training(run, options, fields, *, given=(), **learned):
  """The step of a training."""
  step, create = fitting.program(run, options, jax.random.key(0), **learned)
  divide = run.config.runtime.shard_optimizer
  state = step_lib.shapes(create, run.mesh, divide=divide)
  key = shapes.like(jax.eval_shape(lambda: jax.random.key(0)), run.mesh)
  batch = shapes.rows_like(run, options.batch_size, **fields)
  given = shapes.like(given, run.mesh)
  return shapes.Program(
    step,
    (state, batch, key, given),
    options.batch_size,
    state.params,
    shapes.size(state),
  )


def train_autoencoder(run):
  return training(
    run, run.config.autoencoder, of_pictures(run),
    given=autoencoder.of_lpips(run), **autoencoder.learned(run),
  )  # fmt: skip


def train_classifier(run, name='classifier'):
  """The step of one of NETWORKS."""
  _, learned = classifiers.learned(run, name)
  return training(run, run.config[name], of_pictures(run), **learned)


train_judge = functools.partial(train_classifier, name='judge')


def train_dit(run, size, options, **rest):
  """The step of a DiT, of a cell or a surrogate."""
  given = (of_codebook(run),)
  learned = dit.learned(run, size)
  return training(run, options, of_latents(run), given=given, **learned, **rest)


def train_surrogate(run):
  options = run.config.surrogate
  return train_dit(run, options.size, options, ema_decay=0.0)


def train_model(run):
  """The step of the model of a cell."""
  config, options = run.config, run.config.train
  if config.model != 'dit':
    return training(run, options, of_pictures(run), **train.learned(run))
  return train_dit(run, config.dit.size, options, **train.schedule(options))


def of_rows(run, function, params, rows, **fields):
  """A Program of function(params, batch), which knows of one row at a time."""
  rows = shapes.whole_batches(run, rows)
  batch = shapes.rows_like(run, rows, **fields)
  placed = shapes.like(params, run.mesh)
  call = apply.row_by_row(function, run.mesh)
  return shapes.Program(call, (placed, batch), rows, params)


def of_autoencoder(run):
  """Parameters of the VQ-VAE alone, as shapes, and its network."""
  network = autoencoder.network_of(run)
  example = jnp.zeros((1, *fitting.picture_shape(run)))
  init = lambda: network.init(jax.random.key(0), example)['params']
  return network, jax.eval_shape(init)


def encode(run):
  """Pictures -> codes and errors."""
  network, params = of_autoencoder(run)
  trained = params, of_codebook(run)
  image = {'image': of_pictures(run)['image']}
  size = run.config.runtime.batch_size
  return of_rows(run, latents.coded(network), trained, size, **image)


def sample_dit(run):
  """Noise -> pictures."""
  network = dit.network_of(run, run.config.dit.size)
  params = dit.fresh(run, network)
  decoder, of_decoder = of_autoencoder(run)
  codebook = of_codebook(run)
  draw = sample.by_dit(run, latents.decoding(decoder))
  trained = params, codebook, (of_decoder, codebook)
  one = {'index': ((), np.int32), 'label': ((), np.int32)}
  call = functools.partial(sample.in_range, draw)
  return of_rows(run, call, trained, run.config.runtime.batch_size, **one)


def scored(run, call, given=lambda trained: (trained,)):
  """A pass of a surrogate over rows of latents."""
  network = dit.network_of(run, run.config.surrogate.size)
  params = dit.fresh(run, network)
  rows = run.config.runtime.score_batch_size * run.mesh.size
  more = {'index': ((), np.int32), 'weight': ((), np.float32)}
  batch = shapes.rows_like(run, rows, **of_latents(run), **more)
  placed = shapes.like((params, of_codebook(run)), run.mesh)
  return shapes.Program(call, (*given(placed), batch), rows, params)


def losses(run):
  return scored(run, passes.loss_pass(run))


def norms(run):
  return scored(run, passes.norm_pass(run))


def scalar(run, dtype):
  return shapes.like(jax.ShapeDtypeStruct((), dtype), run.mesh)


def summed(run, call):
  """A pass that adds gradients at a draw to sums."""
  sums = lambda params: agreements.on_each(run, params)
  given = lambda trained: (trained, sums(trained[0]), scalar(run, np.int32))
  return scored(run, call, given)


def mean_gradient(run):
  """MoSo's first half: norms and the mean gradient at a draw."""
  return summed(run, agreements.gradient_pass(run))


def along(run):
  """MoSo's second half: gradients along their mean, at a draw."""
  draw = scalar(run, np.int32)
  given = lambda trained: ((trained, trained[0], draw),)
  return scored(run, agreements.along_pass(run), given)


def held_out_gradient(run):
  """Of an influence: the gradient to step along, at a draw."""
  loss = influences.loss_of(run, run.config.surrogate.size)
  return summed(run, influences.gradient_pass(run, loss))


def slopes(run):
  """Of an influence: the losses after either step."""
  apart = scalar(run, np.float32)
  given = lambda trained: (((trained[0], trained[0], apart), trained[1]),)
  loss = influences.loss_of(run, run.config.surrogate.size)
  return scored(run, influences.slope_pass(run, loss), given)
