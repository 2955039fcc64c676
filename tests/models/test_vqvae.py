import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.models import vqvae

KEY = jax.random.key(0)


def test_it_shrinks_by_two_a_width_and_grows_back():
  network = vqvae.VQVAE(widths=(8, 16), blocks=1, code_dim=3, channels=1)
  x = jnp.zeros((2, 16, 16, 1))
  params = jax.eval_shape(network.init, KEY, x)
  shape = lambda v, way: (
    jax.eval_shape(
      lambda p, v: network.apply(p, v, method=way), params, v
    ).shape
  )
  assert shape(x, 'encode') == (2, 4, 4, 3)
  assert shape(jnp.zeros((2, 4, 4, 3)), 'decode') == x.shape


def test_space_to_depth_is_undone():
  x = jax.random.normal(KEY, (2, 4, 6, 3))
  deep = vqvae.space_to_depth(x)
  np.testing.assert_array_equal(deep[0, 0, 1], x[0, :2, 2:4].reshape(-1))
  np.testing.assert_array_equal(vqvae.depth_to_space(deep), x)


def test_nearest_is_nearest():
  z = jax.random.normal(KEY, (5, 2, 3))
  codes = jax.random.normal(jax.random.key(1), (7, 3))
  apart = np.linalg.norm(
    np.subtract(z[..., None, :], codes[None, None]), axis=-1
  )
  np.testing.assert_array_equal(vqvae.nearest(z, codes), apart.argmin(-1))


def test_the_codebook_moves_to_the_mean_of_what_chose_it():
  start = vqvae.Codebook(jnp.ones(2), jnp.array([[0.0], [10.0]]))
  z = jnp.array([1.0, 3.0, 9.0, 11.0]).reshape(4, 1, 1, 1)
  after = vqvae.update_codebook(start, z, KEY, decay=0.5, dead_below=0.0)
  np.testing.assert_allclose(after.counts, [0.5 + 1, 0.5 + 1])
  np.testing.assert_allclose(after.sums, [[2.0], [5.0 + 10.0]])
  for _ in range(40):
    after = vqvae.update_codebook(after, z, KEY, decay=0.5, dead_below=0.0)
  np.testing.assert_allclose(vqvae.codes_of(after), [[2.0], [10.0]], rtol=1e-5)


def test_a_dead_code_starts_again_on_an_encoding():
  start = vqvae.Codebook(
    jnp.array([2.0, 0.001]), jnp.array([[0.0], [-50.0 * 0.001]])
  )
  z = jnp.array([1.0, 3.0, 9.0, 11.0]).reshape(4, 1, 1, 1)
  after = vqvae.update_codebook(start, z, KEY, decay=0.9, dead_below=0.03)
  assert float(vqvae.codes_of(after)[1, 0]) in z.ravel().tolist()
  alive = vqvae.codes_of(after)[0]
  np.testing.assert_allclose(alive, [0.1 * 24 / (0.9 * 2 + 0.1 * 4)], rtol=1e-6)


def test_the_first_step_puts_every_code_on_an_encoding():
  z = jax.random.normal(KEY, (8, 2, 2, 3))
  empty = vqvae.empty_codebook(5, 3)
  codes = vqvae.codes_of(
    vqvae.update_codebook(empty, z, KEY, decay=0.99, dead_below=0.03)
  )
  apart = np.linalg.norm(np.subtract(z.reshape(-1, 1, 3), codes[None]), axis=-1)
  assert apart.min(axis=0).max() < 1e-5


@pytest.mark.slow
def test_the_gradient_goes_straight_through_the_codes():
  """d loss / d z is that of the decoder at the code, plus the commitment."""
  network = vqvae.VQVAE(widths=(8,), blocks=1, code_dim=3, channels=1)
  params = jax.jit(network.init)(KEY, jnp.zeros((1, 16, 16, 1)))['params']
  x = jax.random.normal(KEY, (2, 16, 16, 1))
  codebook = vqvae.Codebook(jnp.ones(7), jax.random.normal(KEY, (7, 3)))
  codes = vqvae.codes_of(codebook)
  loss = vqvae.objective(network, commitment=0.25)
  total = lambda p: loss(p, codebook, {'image': x}, None)[0].sum()
  grads = jax.jit(jax.grad(total))(params)

  encoded = jax.jit(lambda p: network.apply({'params': p}, x, method='encode'))
  z, back = jax.vjp(encoded, params)
  e = codes[vqvae.nearest(z, codes)]

  def decoded(e):
    x_hat = network.apply({'params': params}, e, method='decode')
    return jnp.square(x_hat - x).mean(axis=(1, 2, 3)).sum()

  of_z = jax.jit(jax.grad(decoded))(e) + 0.25 * 2 * (z - e) / z[0].size
  (expected,) = back(of_z)
  same = lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
  jax.tree.map(same, grads['encoder'], expected['encoder'])


def test_perplexity_counts_codes_in_use():
  assert np.isclose(vqvae.perplexity(np.array([3] * 8 + [0])), 8)
  assert np.isclose(vqvae.perplexity(np.array([0, 9])), 1)


def test_an_empty_codebook_leaves_encodings_as_they_are():
  network = vqvae.VQVAE(widths=(8,), blocks=1, code_dim=3, channels=1)
  x = jax.random.normal(KEY, (4, 8, 8, 1))
  params = jax.jit(network.init)(KEY, x)['params']
  loss = vqvae.objective(network, commitment=0.25)
  empty = vqvae.empty_codebook(16, 3)
  given = lambda p: loss(p, empty, {'image': x}, None)[0].mean()
  plain = lambda p: jnp.square(network.apply({'params': p}, x) - x).mean()
  found, expected = (jax.jit(jax.grad(f))(params) for f in (given, plain))
  jax.tree.map(
    lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6),
    found,
    expected,
  )
