"""A State divided over devices, and a batch taken in parts: the same training."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax.sharding import PartitionSpec as P

from prune_dm_jax.training import apply
from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import divided
from prune_dm_jax.training import loop
from prune_dm_jax.training import step as step_lib

KEY = jax.random.key(0)
OPTIMIZER = optax.adamw(0.01, weight_decay=0.1)
BATCH = np.random.default_rng(0).normal(size=(16, 8)).astype(np.float32)


def init(key):
  """Arrays that 4 divides along the first axis, the second, and not at all."""
  a, b = jax.random.split(key)
  return {
    'w': jax.random.normal(a, (8, 3)),
    'v': jax.random.normal(b, (3, 4)),
    'bias': jnp.ones(3),
    'scale': jnp.ones(()),
  }, ()


def objective(params, extra, batch, keys):
  noise = jax.vmap(lambda key: jax.random.normal(key, (8,)))(keys)
  hidden = jnp.tanh((batch['x'] + noise) @ params['w'] + params['bias'][None])
  out = hidden @ params['v'] * params['scale']
  return jnp.square(out - 1).mean(axis=1), ()


def parts_of(devices, divide, options):
  """The mesh, the jitted step, and how a State begins."""
  mesh = step_lib.data_mesh(jax.devices()[:devices])
  step = step_lib.train_step(
    objective, OPTIMIZER, mesh=mesh, ema_decay=0.9, divide=divide, **options
  )
  create = functools.partial(
    step_lib.create, init, OPTIMIZER, KEY, mesh, divide=divide
  )
  return mesh, step, create


@functools.cache
def trained(devices, divide=False, **options):
  """The State after some steps, and what the last one said."""
  mesh, step, create = parts_of(devices, divide, options)
  state = create()
  for _ in range(4):
    state, seen = step(state, step_lib.place({'x': BATCH}, mesh), KEY)
  assert step._cache_size() == 1  # What a step returns is what it is given.
  return state, seen


def kept(devices, divide, directory, steps):
  """The State of a training that goes on from its checkpoints."""
  mesh, step, create = parts_of(devices, divide, {})
  return loop.fit(
    step, create, lambda start: iter([{'x': BATCH}] * (steps - start)), key=KEY,
    mesh=mesh, directory=directory, name='test', num_steps=steps,
    checkpoint_every=steps, log_every=steps, fingerprints={}, divide=divide,
  )  # fmt: skip


def assert_close(a, b):
  same = lambda x, y: np.testing.assert_allclose(x, y, rtol=1e-5, atol=1e-6)
  jax.tree.map(same, jax.device_get(a), jax.device_get(b))


@pytest.mark.parametrize('devices', [1, 2, 4])
def test_a_divided_state_is_that_of_one_device_but_for_rounding(devices):
  assert_close(trained(devices, divide=True)[0], trained(1)[0])


@pytest.mark.parametrize(
  ('devices', 'options'), [(1, {'parts': 4}), (4, {'parts': 2, 'divide': True})]
)
def test_a_batch_in_parts_gives_what_it_gives_at_once(devices, options):
  """Were the keys others, or a part left out, noise would be seen."""
  state, seen = trained(devices, **options)
  expected, once = trained(1)
  assert_close(state, expected)
  assert_close((seen.loss, seen.norm, seen.losses), once[1:4])


def test_each_device_has_its_part_of_the_average_and_of_the_moments():
  state, _ = trained(4, divide=True)
  held = lambda leaf: leaf.addressable_shards[0].data.shape
  moments = state.opt_state[0]
  for tree in (state.ema, moments.mu, moments.nu):
    assert jax.tree.map(held, tree) == {
      'w': (2, 3), 'v': (3, 1), 'bias': (3,), 'scale': (),
    }  # fmt: skip
  assert held(state.params['w']) == (8, 3)
  whole = apply.everywhere(state.ema, step_lib.data_mesh())
  assert held(whole['w']) == (8, 3)
  jax.tree.map(np.testing.assert_array_equal, whole, state.ema)


@pytest.mark.parametrize(
  ('first', 'then'),
  [((4, True), (4, True)), ((4, True), (2, False)), ((1, False), (4, True))],
)
def test_training_goes_on_divided_or_not_on_any_number_of_devices(
  first, then, tmp_path
):
  """To the bit, if both are the same."""
  kept(*first, tmp_path, 2)
  state = kept(*then, tmp_path, 4)
  assert_close(state, trained(1)[0])
  if first == then:
    whole, _ = trained(first[0], divide=first[1])
    assert checkpoint.digest(state) == checkpoint.digest(whole)


def test_what_a_divided_step_says_is_what_a_whole_one_says():
  divided_says, whole_says = trained(4, divide=True)[1], trained(1)[1]
  assert_close(divided_says.norm, whole_says.norm)
  assert len(divided_says.parts) == len(whole_says.parts) == 4


def test_gradients_sent_as_bfloat16_are_rounded_and_no_more():
  mean = lambda dtype, axis: jax.shard_map(
    lambda g: divided.mean(g, axis, dtype),
    mesh=step_lib.data_mesh(), in_specs=P('data'), out_specs=P(),
    check_vma=False,
  )  # fmt: skip
  g = np.random.default_rng(1).normal(size=(4, 64)).astype(np.float32)
  exact = mean('float32', divided.nowhere)(g)
  rounded = mean('bfloat16', divided.nowhere)(g)
  np.testing.assert_allclose(exact[0], g.mean(axis=0), rtol=1e-5, atol=1e-7)
  assert rounded.dtype == jnp.float32
  error = np.abs(np.asarray(rounded) - exact)[0]
  assert 0 < error.max() <= 2**-7 * np.abs(g).mean(axis=0).max() * 2


def test_the_learning_rate_rises_evenly_to_its_own():
  rate = step_lib.warm_up(0.5, 4)
  given = [float(rate(jnp.int32(step))) for step in range(6)]
  np.testing.assert_allclose(given, [0.125, 0.25, 0.375, 0.5, 0.5, 0.5])
