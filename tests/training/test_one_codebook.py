"""A VQ-VAE's training on 1, 2 and 4 devices: one codebook, and the same codes."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from prune_dm_jax.models import vqvae
from prune_dm_jax.training import step as step_lib

KEY = jax.random.key(0)
PICTURES = np.tanh(np.random.default_rng(0).normal(size=(8, 8, 8, 1))).astype(
  np.float32
)
NETWORK = vqvae.VQVAE(widths=(8,), blocks=1, code_dim=3, channels=1)


OPTIMIZER = optax.adam(1e-2)


def init(key):
  params = NETWORK.init(key, jnp.zeros((1, 8, 8, 1)))['params']
  return params, vqvae.empty_codebook(16, 3)


@functools.cache
def start():
  """The State that all begin with, on the host."""
  mesh = step_lib.data_mesh(jax.devices()[:1])
  return jax.device_get(step_lib.create(init, OPTIMIZER, KEY, mesh))


@functools.cache
def program(num_devices):
  """A step, and the mesh that it is for."""
  mesh = step_lib.data_mesh(jax.devices()[:num_devices])
  return step_lib.train_step(
    vqvae.objective(NETWORK, commitment=0.25), OPTIMIZER, mesh=mesh,
    ema_decay=0.0, absorb=functools.partial(
      vqvae.update_codebook, decay=0.9, dead_below=0.3
    ),
  ), mesh  # fmt: skip


def trained(num_devices):
  """The State after 5 steps, and the losses of every one."""
  step, mesh = program(num_devices)
  batch = step_lib.place({'image': PICTURES}, mesh)
  whole = jax.sharding.NamedSharding(mesh, jax.P())
  state, losses = jax.device_put(start(), whole), []
  for _ in range(5):
    state, seen = step(state, batch, KEY)
    losses.append(np.asarray(seen.losses))
  for leaf in jax.tree.leaves(state.extra):
    first, *others = (np.asarray(part.data) for part in leaf.addressable_shards)
    for other in others:
      np.testing.assert_array_equal(other, first)
  return jax.device_get(state), np.stack(losses)


@jax.jit
def codes(state):
  """[8, 4, 4] of the pictures, by a State."""
  z = NETWORK.apply({'params': state.params}, PICTURES, method='encode')
  return vqvae.nearest(z, vqvae.codes_of(state.extra))


@pytest.mark.slow
def test_devices_change_no_code_and_nothing_by_more_than_rounding():
  one, losses = trained(1)
  assert len(np.unique(codes(one))) > 4
  for num_devices in (2, 4):
    many, same_losses = trained(num_devices)
    np.testing.assert_allclose(same_losses, losses, rtol=1e-5)
    np.testing.assert_allclose(many.extra.counts, one.extra.counts, rtol=1e-6)
    np.testing.assert_allclose(many.extra.sums, one.extra.sums, atol=1e-4)
    np.testing.assert_array_equal(codes(many), codes(one))
    again = trained(num_devices)
    jax.tree.map(
      np.testing.assert_array_equal, again, (many, same_losses)
    )  # To the bit.
