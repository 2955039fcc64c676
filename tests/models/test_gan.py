import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.models import gan

KEY = jax.random.key(0)
SHAPE = 8, 12, 2
BATCH = {
  'image': jnp.tanh(jax.random.normal(KEY, (3, *SHAPE))),
  'label': jnp.array([0, 3, 1]),
}
KEYS = jax.random.split(jax.random.key(1), 3)


def both(num_classes=4):
  alike = dict(widths=(8, 16), blocks=1, num_classes=num_classes)
  return (
    gan.Generator(latent_dim=5, shape=SHAPE, **alike),
    gan.Discriminator(**alike),
  )


def started(networks, seed=0):
  return jax.jit(gan.init(*networks))(jax.random.key(seed))


@pytest.mark.parametrize('num_classes', [0, 4])
def test_vectors_become_pictures_and_pictures_scores(num_classes):
  generator, discriminator = both(num_classes)
  params = started((generator, discriminator))
  z, y = jax.random.normal(KEY, (3, 5)), BATCH['label']
  paint = lambda y: generator.apply({'params': params['generator']}, z, y)
  score = lambda y: discriminator.apply(
    {'params': params['discriminator']}, BATCH['image'], y
  )
  assert paint(y).shape == (3, *SHAPE) and np.abs(paint(y)).max() <= 1
  assert score(y).shape == (3,)
  for see in (paint, score):
    apart = np.abs(see(y) - see((y + 1) % 4)).max()
    assert (apart > 1e-4) == (num_classes > 0)


def by_hand(networks, params, other, gamma):
  """L_G and L_D [B] from the docstring, a picture at a time; the constants of
  each loss come from `other`."""
  generator, discriminator = networks
  draw = lambda key: jax.random.normal(key, (5,))[None]

  def paint(params, i):
    label = BATCH['label'][i : i + 1]
    return generator.apply(
      {'params': params['generator']}, draw(KEYS[i]), label
    )

  def score(params, x, i):
    label = BATCH['label'][i : i + 1]
    return discriminator.apply(
      {'params': params['discriminator']}, x, label
    ).sum()

  f = lambda t: jnp.log(1 + jnp.exp(t))
  of_one, of_other = [], []
  for i in range(3):
    real = BATCH['image'][i : i + 1]
    made, constant = paint(params, i), paint(other, i)
    of_one.append(f(score(other, real, i) - score(other, made, i)))
    slopes = [jax.grad(score, 1)(params, x, i) for x in (real, constant)]
    penalty = sum(jnp.square(slope).sum() for slope in slopes)
    gap = score(params, constant, i) - score(params, real, i)
    of_other.append(f(gap) + gamma / 2 * penalty)
  return jnp.array(of_one), jnp.array(of_other)


def test_the_loss_and_its_gradient_are_those_of_the_two_players():
  """Each player's parameters move by its own loss alone."""
  networks = both()
  params, gamma = started(networks), 0.7
  objective = gan.objective(*networks, gamma=gamma)
  losses = lambda p: objective(p, (), BATCH, KEYS)[0]
  one, other = by_hand(networks, params, params, gamma)
  np.testing.assert_allclose(losses(params), one + other, rtol=1e-4)

  found = jax.grad(lambda p: losses(p).mean())(params)
  hand = lambda side: lambda p: by_hand(networks, p, params, gamma)[side].mean()
  for side, name in enumerate(('generator', 'discriminator')):
    alone = jax.grad(hand(side))(params)
    same = lambda a, b: np.testing.assert_allclose(a, b, rtol=2e-3, atol=1e-5)
    jax.tree.map(same, found[name], alone[name])
    away = 'discriminator' if name == 'generator' else 'generator'
    assert max(np.abs(leaf).max() for leaf in jax.tree.leaves(alone[away])) == 0


def test_a_loss_depends_on_its_own_key_and_picture_alone():
  networks = both()
  params = started(networks)
  objective = jax.jit(gan.objective(*networks, gamma=1.0))
  first = objective(params, (), BATCH, KEYS)[0]
  np.testing.assert_array_equal(objective(params, (), BATCH, KEYS)[0], first)
  turned = jax.tree.map(lambda a: a[::-1], BATCH)
  np.testing.assert_allclose(
    objective(params, (), turned, KEYS[::-1])[0], first[::-1], rtol=1e-4
  )
  other = KEYS.at[0].set(jax.random.key(9))
  changed = np.abs(objective(params, (), BATCH, other)[0] - first)
  assert changed[0] > 1e-4 and changed[1:].max() < 1e-6
