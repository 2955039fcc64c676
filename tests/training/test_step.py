import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from prune_dm_jax.flow import path as path_lib
from prune_dm_jax.models import dit
from prune_dm_jax.training import step as step_lib

KEY = jax.random.key(0)
BATCH = {
  'x': np.random.default_rng(0).normal(size=(8, 4, 4, 4)).astype(np.float32),
  'label': np.arange(8) % 3,
}


def dit_loss():
  """How to start a small DiT, and its objective."""
  network = dit.DiT(
    depth=2, width=16, heads=2, patch=2, num_classes=3, null_class=True,
    out_channels=4,
  )  # fmt: skip
  velocity = lambda params, x, t, y: network.apply({'params': params}, x, t, y)
  loss = path_lib.loss(velocity, path_lib.linear)

  def init(key):
    params = network.init(
      key, jnp.zeros((1, 4, 4, 4)), jnp.zeros(1), jnp.zeros(1, int)
    )
    awake = jax.tree.map(lambda p: p + 0.02, params['params'])  # no zero Dense
    return awake, ()

  return init, path_lib.objective(
    loss, jax.random.uniform, latent=lambda batch: batch['x'],
    label_dropout=0.5, null_class=3,
  )  # fmt: skip


@functools.cache
def trained(num_devices, steps=3):
  """The state after some steps of SGD, and their losses."""
  init, objective = dit_loss()
  optimizer = optax.sgd(0.1)
  mesh = step_lib.data_mesh(jax.devices()[:num_devices])
  state = step_lib.create(init, optimizer, KEY, mesh)
  step = step_lib.train_step(objective, optimizer, mesh=mesh, ema_decay=0.9)
  losses = []
  for _ in range(steps):
    state, seen = step(state, step_lib.place(BATCH, mesh), KEY)
    losses.append(float(seen.loss))
  return state, losses


def assert_close(a, b, **tolerance):
  tolerance = tolerance or dict(rtol=1e-5, atol=1e-6)
  same = lambda x, y: np.testing.assert_allclose(x, y, **tolerance)
  jax.tree.map(same, jax.device_get(a), jax.device_get(b))


@pytest.mark.parametrize(
  'num_devices', [2, pytest.param(4, marks=pytest.mark.slow)]
)
def test_devices_change_losses_and_parameters_by_rounding_only(num_devices):
  one, losses = trained(1)
  many, same_losses = trained(num_devices)
  np.testing.assert_allclose(same_losses, losses, rtol=1e-5)
  assert_close(one.params, many.params)


def test_the_sharded_gradient_is_the_gradient_of_the_mean_loss():
  """One step of SGD at rate 1 moves the parameters by minus the gradient."""
  init, objective = dit_loss()
  mesh = step_lib.data_mesh()
  start = step_lib.create(init, optax.sgd(1.0), KEY, mesh)
  before = jax.device_get(start.params)
  step = step_lib.train_step(
    objective, optax.sgd(1.0), mesh=mesh, ema_decay=0.9
  )
  after, _ = step(start, step_lib.place(BATCH, mesh), KEY)

  at_step = jax.random.fold_in(KEY, 0)
  keys = jax.vmap(lambda i: jax.random.fold_in(at_step, i))(jnp.arange(8))
  batch = jax.tree.map(jnp.asarray, BATCH)
  mean_loss = lambda p: objective(p, (), batch, keys)[0].mean()
  expected = jax.jit(jax.grad(mean_loss))(before)
  moved = jax.tree.map(np.subtract, before, jax.device_get(after.params))
  assert_close(moved, expected)


@pytest.mark.parametrize('num_devices', [1, 2, 4])
def test_the_noise_of_an_example_is_the_same_on_any_number_of_devices(
  num_devices,
):
  def draws(params, extra, batch, keys):
    noise = jax.vmap(lambda k: jax.random.normal(k, (3,)))(keys)
    return 0 * noise.sum(axis=1) + params, noise

  mesh = step_lib.data_mesh(jax.devices()[:num_devices])
  init = lambda key: (jnp.zeros(()), jnp.zeros((8, 3)))
  step = step_lib.train_step(
    draws, optax.sgd(0.0), mesh=mesh, ema_decay=0.9,
    absorb=lambda extra, seen, key: jax.lax.all_gather(
      seen, 'data', tiled=True
    ),
  )  # fmt: skip
  state = step_lib.create(init, optax.sgd(0.0), KEY, mesh)
  state, _ = step(state, step_lib.place(BATCH, mesh), KEY)
  at_step = jax.random.fold_in(KEY, 0)
  expected = [
    jax.random.normal(jax.random.fold_in(at_step, i), (3,)) for i in range(8)
  ]
  np.testing.assert_array_equal(state.extra, np.stack(expected))


def test_ema_is_the_average_with_a_decay_that_grows():
  init = lambda key: (jnp.ones(1), ())
  fall = lambda params, extra, batch, keys: (jnp.tile(params, 2), ())
  mesh = step_lib.data_mesh()
  state = step_lib.create(init, optax.sgd(1.0), KEY, mesh)
  step = step_lib.train_step(fall, optax.sgd(1.0), mesh=mesh, ema_decay=0.15)
  ema, value = 1.0, 1.0
  for i in range(4):  # The gradient is 1: params are 0, -1, -2, -3.
    state, _ = step(state, step_lib.place(BATCH, mesh), KEY)
    value, decay = value - 1, min(0.15, (1 + i) / (10 + i))
    ema = decay * ema + (1 - decay) * value
    np.testing.assert_allclose(state.params, [value], rtol=1e-6)
    np.testing.assert_allclose(state.ema, [ema], rtol=1e-6)
  assert int(state.step) == 4


def test_given_parameters_are_those_that_a_state_begins_with():
  init, _ = dit_loss()
  optimizer, mesh = optax.adam(0.1), step_lib.data_mesh()
  create = functools.partial(step_lib.create, init, optimizer, KEY, mesh)
  given = jax.tree.map(lambda p: np.asarray(p) + 1, create().params)
  state = step_lib.with_params(create(), given, mesh)
  jax.tree.map(np.testing.assert_array_equal, state.params, given)
  jax.tree.map(np.testing.assert_array_equal, state.ema, given)
  assert int(state.step) == 0
  shapes = step_lib.shapes(create, mesh)
  assert jax.tree.map(jnp.shape, shapes) == jax.tree.map(jnp.shape, state)
