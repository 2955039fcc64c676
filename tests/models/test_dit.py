import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.models import dit
from prune_dm_jax.models import official_dit

PUBLISHED = {  # parameters at patch 2, 1,000 classes, learned sigma
  'S': 32_963_360,
  'B': 130_512_416,
  'L': 458_102_816,
  'XL': 675_129_632,
}


def tiny(golden, **more):
  """The network of sit_tiny_learnsigma1.npz, its parameters and its arrays."""
  arrays = golden('sit_tiny_learnsigma1')
  weights = {k[2:]: v for k, v in arrays.items() if k.startswith('w:')}
  network = dit.DiT(
    depth=2, width=48, heads=3, patch=2, num_classes=5, null_class=True,
    out_channels=8, **more,
  )  # fmt: skip
  return network, official_dit.from_official(weights), arrays


@pytest.mark.parametrize('unroll', [False, True])
def test_outputs_are_those_of_the_published_network(golden, unroll):
  network, params, arrays = tiny(golden, unroll=unroll)
  x = arrays['x'].transpose(0, 2, 3, 1)
  out = jax.jit(network.apply)({'params': params}, x, arrays['t'], arrays['y'])
  expected = arrays['out'].transpose(0, 2, 3, 1)  # It returns the mean half.
  np.testing.assert_allclose(out[..., :4], expected, rtol=0, atol=1e-5)


def test_the_conversion_fills_every_parameter(golden):
  network, params, arrays = tiny(golden)
  x = jnp.zeros((1, 8, 8, 4))
  one = jnp.zeros(1)
  fresh = jax.jit(network.init)(jax.random.key(0), x, one, one.astype(int))[
    'params'
  ]
  shapes = lambda tree: jax.tree.map(np.shape, tree)
  assert shapes(params) == shapes(fresh)


def test_positions_are_those_of_the_published_network(golden):
  expected = golden('sit_tiny_learnsigma1')['pos_embed'][0]
  np.testing.assert_array_equal(dit.position_embedding(4, 48), expected)


def test_the_time_embedding_is_the_published_one(golden):
  """Within 1e-5, but for frequency 12 at t = 999, far outside [0, 1].

  torch's float32 exp is off by one unit in the last place there, 2**-24, which
  the time multiplies.
  """
  arrays = golden('timestep_embedding_256')
  t = arrays['t']
  error = np.abs(dit.time_embedding(jnp.array(t, jnp.float32)) - arrays['emb'])
  assert error[t < 999].max() <= 1e-5
  assert np.delete(error, [12, 12 + 128], axis=1).max() <= 1e-5
  assert error.max() <= 999 * 2**-24


@pytest.mark.parametrize('size', PUBLISHED)
def test_the_number_of_parameters_is_the_published_one(size):
  network = dit.DiT(
    **dit.SIZES[size], patch=2, num_classes=1000, null_class=True,
    out_channels=8,
  )  # fmt: skip
  example = jnp.zeros((1, 32, 32, 4)), jnp.zeros(1), jnp.zeros(1, int)
  shapes = jax.eval_shape(network.init, jax.random.key(0), *example)
  number = sum(leaf.size for leaf in jax.tree.leaves(shapes))
  fixed_positions = 16 * 16 * dit.SIZES[size]['width']  # counted as published
  assert number + fixed_positions == PUBLISHED[size]


def test_patches_are_cut_and_put_back():
  x = jax.random.normal(jax.random.key(0), (2, 6, 6, 3))
  tokens = dit.to_patches(x, 2)
  assert tokens.shape == (2 * 9, 12)
  np.testing.assert_array_equal(tokens[1], x[0, :2, 2:4].reshape(-1))
  np.testing.assert_array_equal(dit.from_patches(tokens, 2, (2, 6, 6)), x)


def test_a_new_network_is_the_zero_function():
  network = dit.DiT(
    **dit.SIZES['mini'], patch=2, num_classes=3, null_class=True,
    out_channels=4,
  )  # fmt: skip
  x = jax.random.normal(jax.random.key(0), (2, 8, 8, 4))
  t, y = jnp.array([0.1, 0.9]), jnp.array([0, 3])
  params = jax.jit(network.init)(jax.random.key(1), x, t, y)
  np.testing.assert_array_equal(jax.jit(network.apply)(params, x, t, y), 0 * x)


def test_no_example_sees_another(golden):
  """Where all others are changed, none of its bits are."""
  network, params, arrays = tiny(golden)
  x = arrays['x'].transpose(0, 2, 3, 1)
  t, y = arrays['t'], arrays['y']
  apply = jax.jit(network.apply)
  others = [np.concatenate([a[:1] * 0, a[1:2], a[2:][::-1]]) for a in (x, t, y)]
  one, other = (
    apply({'params': params}, *given) for given in ((x, t, y), others)
  )
  np.testing.assert_array_equal(one[1], other[1])
  assert np.abs(one[0] - other[0]).max() > 1e-3


@pytest.mark.slow
def test_blocks_written_out_have_the_gradient_of_scanned_ones(golden):
  found = []
  for unroll in (False, True):
    network, params, arrays = tiny(golden, unroll=unroll)
    x = arrays['x'].transpose(0, 2, 3, 1)
    mean = lambda params, n=network, x=x, a=arrays: jnp.square(
      n.apply({'params': params}, x, a['t'], a['y'])
    ).mean()
    found.append(jax.jit(jax.grad(mean))(params))
  close = lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-7)
  jax.tree.map(close, *found)


def test_gelu_is_the_usual_one_by_tanh():
  x = np.linspace(-9, 9, 1001)
  inner = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
  found = dit.gelu(jnp.array(x, jnp.float32))
  np.testing.assert_allclose(found, x / 2 * (1 + np.tanh(inner)), atol=2e-6)


def test_all_tokens_of_an_example_are_moved_and_scaled_alike():
  x = np.arange(12.0).reshape(6, 2)  # two examples of three tokens
  shift, scale = np.array([[1.0, 2], [3, 4]]), np.array([[0.0, 1], [2, 3]])
  wide = lambda rows: np.repeat(rows, 3, axis=0)
  found = dit.modulate(x, shift, scale)
  np.testing.assert_allclose(found, x * (1 + wide(scale)) + wide(shift))
  np.testing.assert_allclose(dit.gated(x, scale), x * wide(scale))


def test_attention_as_jax_has_it_is_attention_as_written_here():
  """Heads and tokens are where cuDNN is to find them; it is not on a CPU."""
  qkv = jax.random.normal(jax.random.key(0), (2 * 9, 3 * 24))
  expected = dit.ATTENTIONS['xla'](qkv, 3, 9)
  found = dit.fused_attention(qkv, 3, 9, implementation='xla')
  np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
