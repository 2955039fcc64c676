import jax
import jax.numpy as jnp
import numpy as np

from prune_dm_jax.flow import path as path_lib

KEYS = jax.random.split(jax.random.key(0), 2000)


def drawn(keys, label_dropout=0.25):
  """What the loss is given for each key: t, noise [3], y."""
  seen = {}

  def loss(params, x, y, t, noise):
    seen.update(t=t, noise=noise, y=y)
    return t

  losses = path_lib.objective(
    loss, jax.random.uniform, latent=lambda batch: batch['x'],
    label_dropout=label_dropout, null_class=7,
  )  # fmt: skip
  n = len(keys)
  batch = {'x': jnp.zeros((n, 3)), 'label': jnp.full(n, 2)}
  losses(None, (), batch, keys)
  return seen


def test_a_draw_depends_on_its_own_key_only():
  among, alone = drawn(KEYS), drawn(KEYS[5:6])
  for name in among:
    np.testing.assert_array_equal(among[name][5:6], alone[name])


def test_labels_are_dropped_as_often_as_asked():
  y = np.asarray(drawn(KEYS)['y'])
  assert set(y) == {2, 7}
  assert abs((y == 7).mean() - 0.25) < 0.03
  assert (np.asarray(drawn(KEYS, label_dropout=0.0)['y']) == 2).all()


def test_noise_is_standard_normal_and_independent_of_time():
  seen = drawn(KEYS)
  noise = np.asarray(seen['noise'])
  assert abs(noise.mean()) < 0.04 and abs(noise.std() - 1) < 0.04
  assert abs(np.corrcoef(noise[:, 0], seen['t'])[0, 1]) < 0.06
