"""Fast norms against whole gradients, in float64, and what is refused."""

import functools

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.flow import path
from prune_dm_jax.models import dit
from prune_dm_jax.pruning import coverage
from prune_dm_jax.pruning import gradient_norms
from prune_dm_jax.pruning import gradients

KEY = jax.random.key(0)


@pytest.fixture(autouse=True)
def in_float64():
  with jax.enable_x64(True):
    yield


def wide(tree):
  """Every number away from its initial value, which is often zero, float64."""
  rng = np.random.default_rng(0)
  return jax.tree.map(
    lambda leaf: np.asarray(leaf, float) + rng.normal(0, 0.1, leaf.shape), tree
  )


def loss_of(network):
  def loss(params, *batch):
    out = network.apply({'params': params}, *batch)
    return jnp.sin(out).reshape(len(batch[0]), -1).sum(axis=1)

  return loss


def check(loss, params, *batch, rtol=1e-10):
  """Against the whole gradient of every example."""
  coverage.check_covered(loss, params, *batch)
  fast = jax.jit(gradient_norms.squared_norms, static_argnums=0)
  alone = lambda params, *row: loss(params, *(leaf[None] for leaf in row))[0]
  over = (None, *[0] * len(batch))
  each = jax.jit(jax.vmap(jax.grad(alone), over))(params, *batch)
  flat = [g.reshape(len(batch[0]), -1) for g in jax.tree.leaves(each)]
  expected = np.square(np.concatenate(flat, axis=1)).sum(axis=1)
  assert expected.min() > 0
  np.testing.assert_allclose(fast(loss, params, *batch), expected, rtol=rtol)


def normal(*shape):
  return jax.random.normal(jax.random.fold_in(KEY, 7), shape)


@pytest.mark.parametrize('bias', [True, False])
@pytest.mark.parametrize(
  'shape', [(5, 6), (5, 3, 6), (5, 40, 6), (5, 2, 3, 6)], ids=str
)
def test_dense_layers_by_either_form(shape, bias):
  network = nn.Dense(7, use_bias=bias)
  x = normal(*shape)
  check(loss_of(network), wide(network.init(KEY, x)['params']), x)


def test_dense_layers_whose_rows_are_flattened():
  class Flat(nn.Module):
    @nn.compact
    def __call__(self, x):
      return nn.Dense(7)(x.reshape(-1, x.shape[-1])).reshape(*x.shape[:2], 7)

  x = normal(5, 4, 6)
  check(loss_of(Flat()), wide(Flat().init(KEY, x)['params']), x)


@pytest.mark.parametrize('padding', ['VALID', 'SAME'])
def test_convolutions_of_patches(padding):
  network = nn.Conv(5, (2, 2), strides=(2, 2), padding=padding)
  x = normal(3, 6, 4, 3)
  check(loss_of(network), wide(network.init(KEY, x)['params']), x)


@pytest.mark.parametrize('shape', [(4,), (4, 6)])
def test_embeddings_with_rows_met_more_than_once(shape):
  network = nn.Embed(3, 5)
  index = jax.random.randint(KEY, shape, 0, 3)
  check(loss_of(network), wide(network.init(KEY, index)['params']), index)


def dit_batch(size, side):
  keys = jax.random.split(KEY, 4)
  x = jax.random.normal(keys[0], (size, side, side, 4))
  y = jax.random.randint(keys[1], (size,), 0, 3)
  t = jax.random.uniform(keys[2], (size,))
  return x, y, t, jax.random.normal(keys[3], x.shape)


def dit_loss(network):
  velocity = lambda params, x, t, y: network.apply({'params': params}, x, t, y)
  return path.loss(velocity, path.linear)


def scanned(sizes, *, patch, num_classes, null_class):
  return dit.DiT(
    **sizes,
    patch=patch,
    num_classes=num_classes,
    null_class=null_class,
    out_channels=4,
    dtype='float64',
  )


@pytest.mark.parametrize(
  ('name', 'num_classes', 'null_class'),
  [
    pytest.param('mini', 3, True, marks=pytest.mark.slow),
    pytest.param('mini', 1, False, marks=pytest.mark.slow),
    pytest.param('S', 3, True, marks=pytest.mark.slow),
    pytest.param('S', 1, False, marks=pytest.mark.slow),
  ],
  ids=str,
)
def test_a_dit_under_scan_and_remat(name, num_classes, null_class):
  """float32 is left in its softmax and its output, hence 1e-5."""
  patch, side = {'mini': (2, 8), 'S': (4, 32)}[name]
  network = scanned(
    dit.SIZES[name], patch=patch, num_classes=num_classes, null_class=null_class
  )
  x, y, t, noise = dit_batch(2, side)
  y = jnp.minimum(y, num_classes - 1)
  params = wide(jax.jit(network.init)(KEY, x, t, y)['params'])
  check(dit_loss(network), params, x, y, t, noise, rtol=1e-5)


def test_blocks_of_a_dit_without_scan():
  class Blocks(nn.Module):
    @nn.compact
    def __call__(self, x, c):
      tokens = x.reshape(-1, x.shape[-1])
      block = functools.partial(dit.Block, 2, x.shape[1], 'float64', 'xla')
      for i in range(2):
        tokens, _ = block(name=f'{i}')(tokens, c)
      return tokens.reshape(x.shape)

  x, c = normal(3, 5, 8), normal(3, 8)
  params = wide(Blocks().init(KEY, x, c)['params'])
  check(loss_of(Blocks()), params, x, c, rtol=1e-5)


@pytest.mark.parametrize('way', gradients.GRADIENTS)
def test_norms_come_with_the_gradient_of_the_weighted_sum(way):
  network = nn.Sequential([nn.Dense(7), nn.gelu, nn.Dense(3)])
  x = normal(5, 4, 6)
  params, loss = wide(network.init(KEY, x)['params']), loss_of(network)
  weights = jnp.array([1.0, 1, 1, 1, 0])
  both = jax.jit(gradients.GRADIENTS[way].norms_and_gradient, static_argnums=0)
  norms, gradient = both(loss, params, weights, x)
  expected = gradient_norms.squared_norms(loss, params, x) * weights
  np.testing.assert_allclose(norms, expected, rtol=1e-6)  # vmap: float32
  total = jax.grad(lambda p: (weights * loss(p, x)).sum())(params)
  jax.tree.map(np.testing.assert_allclose, gradient, total)


class OwnParameter(nn.Module):
  @nn.compact
  def __call__(self, x):
    return nn.Dense(4)(x) * self.param('scale', nn.initializers.ones, (1, 4))


class Twice(nn.Module):
  @nn.compact
  def __call__(self, x):
    layer = nn.remat(nn.Dense)(6, name='layer')
    return layer(layer(x))


class Tied(nn.Module):
  @nn.compact
  def __call__(self, x):
    table = nn.Embed(6, 6, name='table')
    return table.attend(x) + table(jnp.zeros(len(x), int))


MASK = jnp.ones((2, 2, 3, 4))


@pytest.mark.parametrize(
  ('network', 'shape', 'refused'),
  [
    (OwnParameter(), (5, 6), 'scale is used outside'),
    (Twice(), (5, 6), 'layer/bias is used in 2 layers'),
    (Tied(), (5, 6), 'table/embedding is used outside'),
    (nn.Conv(4, (3,)), (5, 6, 6), 'bias is used outside'),
    (nn.Conv(4, (2, 2), (2, 2), kernel_dilation=2), (5, 6, 6, 3), 'bias is'),
    (nn.Conv(4, (2, 2), (2, 2), mask=MASK), (5, 6, 6, 3), 'bias is'),
    (nn.Dense(4, precision='highest'), (5, 6), 'bias is used outside'),
    (nn.LayerNorm(), (5, 6), 'bias is used outside'),
  ],
  ids=lambda value: type(value).__name__,
)
def test_what_is_not_covered_is_refused_by_name_with_the_remedy(
  network, shape, refused
):
  x = normal(*shape)
  params = network.init(KEY, x)['params']
  with pytest.raises(ValueError, match=refused) as error:
    coverage.check_covered(loss_of(network), params, x)
  assert 'score.gradient=vmap' in str(error.value)
