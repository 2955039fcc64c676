"""A step for more devices than there are, lowered and not run."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import AbstractMesh
from jax.sharding import AxisType

from prune_dm_jax.flow import path
from prune_dm_jax.models import dit
from prune_dm_jax.training import step as step_lib

DEVICES, BATCH = 64, 256


def test_the_step_of_a_dit_is_one_for_64_devices_each_with_its_rows():
  network = dit.DiT(
    **dit.SIZES['mini'], patch=2, num_classes=10, null_class=True,
    out_channels=4,
  )  # fmt: skip
  velocity = lambda p, x, t, y: network.apply({'params': p}, x, t, y)
  objective = path.objective(
    path.loss(velocity, path.linear),
    path.uniform_time,
    latent=lambda batch, *_: batch['x'],
    label_dropout=0.1,
    null_class=10,
  )
  optimizer = optax.adamw(1e-3, weight_decay=0)
  like = jax.ShapeDtypeStruct
  batch = {
    'x': like((BATCH, 8, 8, 4), np.float32),
    'label': like((BATCH,), np.int32),
  }
  state = jax.eval_shape(functools.partial(fresh, network, optimizer))
  step = step_lib.train_step(
    objective,
    optimizer,
    mesh=AbstractMesh((DEVICES,), ('data',), axis_types=(AxisType.Auto,)),
    ema_decay=0.9,
  )
  key = jax.eval_shape(lambda: jax.random.key(0))
  text = (
    step.trace(state, batch, key, ())
    .lower(lowering_platforms=('cpu',))
    .as_text()
  )
  assert f'"data"={DEVICES}' in text
  assert f'tensor<{BATCH // DEVICES}x8x8x4xf32>' in text


def fresh(network, optimizer):
  """A State of zeros, as `step.create` has it."""
  one = jnp.zeros(1)
  init = network.init(
    jax.random.key(0), jnp.zeros((1, 8, 8, 4)), one, one.astype(int)
  )
  params = init['params']
  opt_state = optimizer.init(params)
  return step_lib.State(jnp.zeros((), int), params, params, opt_state, ())
