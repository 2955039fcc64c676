import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.models import vqvae

KEY = jax.random.key(0)


@functools.partial(jax.jit, static_argnames=('devices', 'options'))
def on_each(codebook, z, key, *, devices, options):
  """The codebook of each device after a step whose encodings are split."""
  codes = vqvae.codes_of(codebook)
  update = lambda z: vqvae.update_codebook(
    codebook, (z, vqvae.nearest(z, codes)), key, **dict(options)
  )
  parts = z.reshape(devices, -1, *z.shape[1:])
  return jax.vmap(update, axis_name='data')(parts)


def updated(codebook, z, key, *, devices=1, **options):
  """The codebook after a step, which is the same on each device."""
  options = tuple(options.items())
  each = on_each(codebook, z, key, devices=devices, options=options)
  for leaf in each:
    np.testing.assert_array_equal(leaf, jnp.broadcast_to(leaf[:1], leaf.shape))
  return vqvae.Codebook(*(leaf[0] for leaf in each))


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


def searched(size, monkeypatch):
  """What jit makes of `nearest`, and a batch of 4, 512 codes split on devices."""
  monkeypatch.setattr(vqvae, 'AT_ONCE', size)
  mesh = jax.make_mesh(
    (4,), ('data',), axis_types=(jax.sharding.AxisType.Auto,)
  )
  split, whole = (
    jax.sharding.NamedSharding(mesh, spec) for spec in (jax.P('data'), jax.P())
  )
  z = jax.device_put(jax.random.normal(KEY, (4, 8, 8, 3)), split)
  codes = jax.device_put(jax.random.normal(KEY, (512, 3)), whole)
  lowered = jax.jit(lambda z, codes: vqvae.nearest(z, codes)).lower(z, codes)
  return lowered, z, codes


def test_a_search_in_slabs_finds_the_same_in_bounded_memory(monkeypatch):
  whole, z, codes = searched(2**24, monkeypatch)
  slabs, _, _ = searched(5 * 4 * 512, monkeypatch)  # The last one has 4 places.
  whole, slabs = whole.compile(), slabs.compile()
  np.testing.assert_array_equal(slabs(z, codes), whole(z, codes))
  memory = lambda program: program.memory_analysis().temp_size_in_bytes
  a_place = 4 * 512  # bytes of its distances on a device, where z is split
  assert memory(slabs) < 3 * 5 * a_place < 64 * a_place < memory(whole)
  for word in ('all-gather', 'all-reduce', 'collective-permute', 'all-to-all'):
    assert word not in slabs.as_text()


def test_products_of_the_search_are_of_all_of_float32(monkeypatch):
  for size in (2**24, 5 * 4 * 512):
    text = searched(size, monkeypatch)[0].as_text()
    products = [line for line in text.splitlines() if 'dot_general' in line]
    assert products
    assert all('[HIGHEST, HIGHEST]' in line for line in products)


@pytest.mark.parametrize('devices', [1, 2, 4])
def test_devices_make_one_codebook_of_the_whole_batch(devices):
  """Of whole numbers, whose sums are exact in any order."""
  draw = np.random.default_rng(0)
  z = draw.integers(-9, 9, size=(8, 3, 3, 2)).astype(np.float32)
  start = vqvae.Codebook(
    jnp.array([4.0, 0.0, 2.0, 4.0, 8.0]),
    jnp.array([[8.0, 8], [0, 0], [-9, 200], [-16, 8], [0, -40]]),
  )
  after = updated(start, z, KEY, devices=devices, decay=0.5, dead_below=0.1)

  rows, codes = z.reshape(-1, 2), np.asarray(vqvae.codes_of(start))
  chosen = np.square(rows[:, None] - codes[None]).sum(-1).argmin(1)
  own = chosen[:, None] == np.arange(5)
  counts = 0.5 * start.counts + 0.5 * own.sum(axis=0)
  sums = 0.5 * start.sums + 0.5 * own.T.astype(np.float32) @ rows
  mean = np.float32(72 / 5)
  dead = (counts < 0.1 * mean) | (start.counts == 0)
  assert dead.tolist() == [False, True, True, False, False]
  fresh = mean * rows[jax.random.randint(KEY, (5,), 0, 72)]
  np.testing.assert_array_equal(after.counts, np.where(dead, mean, counts))
  np.testing.assert_array_equal(
    after.sums, np.where(dead[:, None], fresh, sums)
  )


def test_the_codebook_moves_to_the_mean_of_what_chose_it():
  start = vqvae.Codebook(jnp.ones(2), jnp.array([[0.0], [10.0]]))
  z = jnp.array([1.0, 3.0, 9.0, 11.0]).reshape(4, 1, 1, 1)
  after = updated(start, z, KEY, decay=0.5, dead_below=0.0)
  np.testing.assert_allclose(after.counts, [0.5 + 1, 0.5 + 1])
  np.testing.assert_allclose(after.sums, [[2.0], [5.0 + 10.0]])
  for _ in range(40):
    after = updated(after, z, KEY, decay=0.5, dead_below=0.0)
  np.testing.assert_allclose(vqvae.codes_of(after), [[2.0], [10.0]], rtol=1e-5)


def test_a_dead_code_starts_again_on_an_encoding():
  start = vqvae.Codebook(
    jnp.array([2.0, 0.001]), jnp.array([[0.0], [-50.0 * 0.001]])
  )
  z = jnp.array([1.0, 3.0, 9.0, 11.0]).reshape(4, 1, 1, 1)
  after = updated(start, z, KEY, decay=0.9, dead_below=0.03)
  assert float(vqvae.codes_of(after)[1, 0]) in z.ravel().tolist()
  alive = vqvae.codes_of(after)[0]
  np.testing.assert_allclose(alive, [0.1 * 24 / (0.9 * 2 + 0.1 * 4)], rtol=1e-6)


def test_the_first_step_puts_every_code_on_an_encoding():
  z = jax.random.normal(KEY, (8, 2, 2, 3))
  empty = vqvae.empty_codebook(5, 3)
  codes = vqvae.codes_of(updated(empty, z, KEY, decay=0.99, dead_below=0.03))
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
