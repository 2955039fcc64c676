import functools

import jax
import numpy as np
import pytest

REASON = "torch and opacus are of the extra: pip install -e '.[benchmark]'"
torch = pytest.importorskip('torch', reason=REASON)
pytest.importorskip('opacus', reason=REASON)

from prune_dm_jax.benchmarks import torch_peers as peers  # noqa: E402
from prune_dm_jax.flow import path as path_lib  # noqa: E402
from prune_dm_jax.models import dit  # noqa: E402

SIZES = dict(
  depth=2, width=24, heads=3, patch=2, num_classes=5, null_class=True,
  out_channels=4,
)  # fmt: skip
NETWORK = dit.DiT(**SIZES)
LOSS = path_lib.loss(
  lambda params, x, t, y: NETWORK.apply({'params': params}, x, t, y),
  path_lib.linear,
)


def batch(b=6):
  """x [B, H, W, C], y [B], t [B], noise [B, H, W, C]; the null class is met."""
  rng = np.random.default_rng(0)
  x, noise = rng.normal(size=(2, b, 8, 8, 4)).astype(np.float32)
  return x, np.arange(b) % 6, rng.uniform(size=b).astype(np.float32), noise


@functools.cache
def networks():
  """Parameters with no zero Dense, and the PyTorch module that has them."""
  x, y, t, _ = batch()
  params = NETWORK.init(jax.random.key(0), x, t, y)['params']
  rng = np.random.default_rng(1)
  awake = lambda p: p + rng.normal(scale=0.1, size=p.shape).astype(np.float32)
  params = jax.tree.map(awake, params)
  module = peers.dit(**SIZES, channels=4, image_size=8)
  peers.load(module, params)
  return params, module


@functools.cache
def expected_gradients():
  """Flax's gradient of each example, [B, ...] a leaf."""
  one = lambda params, *e: LOSS(params, *(v[None] for v in e))[0]
  each = jax.vmap(jax.grad(one), in_axes=(None, 0, 0, 0, 0))
  return each(networks()[0], *batch())


def assert_norms(norms):
  square = lambda g: np.square(g, dtype=np.float64).reshape(len(g), -1).sum(1)
  squares = jax.tree.map(lambda g: square(np.asarray(g)), expected_gradients())
  expected = np.sqrt(sum(jax.tree.leaves(squares)))
  np.testing.assert_allclose(norms, expected, rtol=1e-5)


def assert_gradient(grads):
  """Reads them as a module's parameters, which `load` can write."""
  expected = peers.dit(**SIZES, channels=4, image_size=8)
  mean = jax.tree.map(lambda g: g.mean(axis=0), expected_gradients())
  peers.load(expected, mean)
  for (name, p), g in zip(expected.named_parameters(), grads, strict=True):
    np.testing.assert_allclose(
      g, p.detach(), rtol=1e-4, atol=1e-6, err_msg=name
    )


def test_the_torch_network_gives_the_velocity_of_the_flax_network():
  params, module = networks()
  x, y, t, _ = batch()
  with torch.no_grad():
    velocity = module(*map(torch.from_numpy, (x, t, y)))
  expected = NETWORK.apply({'params': params}, x, t, y)
  np.testing.assert_allclose(velocity, expected, rtol=1e-5, atol=1e-5)


def test_the_torch_loss_is_that_of_the_linear_path():
  params, module = networks()
  losses = peers.loss(module, *batch()).detach()
  np.testing.assert_allclose(losses, LOSS(params, *batch()), rtol=1e-5)


def test_the_torch_gradient_is_the_mean_of_the_flax_gradients():
  assert_gradient(peers.gradient(networks()[1], batch()))


@pytest.mark.parametrize('norms', [peers.loop, peers.ghost])
def test_norms_are_those_of_one_flax_gradient_an_example(norms):
  assert_norms(norms(networks()[1], batch()))


def test_ghost_norms_come_with_the_mean_gradient():
  norms, grads = peers.ghost_and_gradient(networks()[1], batch())
  assert_norms(norms)
  assert_gradient(grads)


def test_ghost_leaves_the_module_without_hooks():
  module = networks()[1]
  peers.ghost(module, batch())
  assert not any(
    m._forward_hooks or m._backward_hooks for m in module.modules()
  )
  assert all(p.grad is None for p in module.parameters())
