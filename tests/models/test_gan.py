import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.models import gan

KEY = jax.random.key(0)
SHAPE = 4, 6, 2
BATCH = {
  'image': jnp.tanh(jax.random.normal(KEY, (3, *SHAPE))),
  'label': jnp.array([0, 3, 1]),
}
KEYS = jax.random.split(jax.random.key(1), 3)


def both(num_classes=4):
  alike = dict(widths=(8,), blocks=1, num_classes=num_classes)
  return (
    gan.Generator(latent_dim=5, shape=SHAPE, **alike),
    gan.Discriminator(**alike),
  )


def started(networks):
  """Parameters of the shapes that init has, none of them zero."""
  rng = np.random.default_rng(0)
  draw = lambda leaf: rng.normal(0, 0.2, leaf.shape).astype(np.float32)
  return jax.tree.map(draw, jax.eval_shape(gan.init(*networks), KEY))


@pytest.mark.parametrize('num_classes', [0, 4])
def test_vectors_become_pictures_and_pictures_scores(num_classes):
  generator, discriminator = both(num_classes)
  params = started((generator, discriminator))
  z, y = jax.random.normal(KEY, (3, 5)), BATCH['label']
  paint = functools.partial(
    jax.jit(generator.apply), {'params': params['generator']}, z
  )
  score = functools.partial(
    jax.jit(discriminator.apply),
    {'params': params['discriminator']},
    BATCH['image'],
  )
  assert paint(y).shape == (3, *SHAPE) and np.abs(paint(y)).max() <= 1
  assert score(y).shape == (3,)
  for see in (paint, score):
    apart = np.abs(see(y) - see((y + 1) % 4)).max()
    assert (apart > 1e-4) == (num_classes > 0)


def by_hand(networks, params, other, gamma):
  """Sums of L_G and of L_D from the docstring, a picture at a time.

  The generator's loss moves with params['generator'] alone, the discriminator's
  with params['discriminator'] alone; what each holds constant is of `other`.
  """
  generator, discriminator = networks
  f = lambda t: jnp.log(1 + jnp.exp(t))

  def of_one(real, y, key):
    z, y = jax.random.normal(key, (5,))[None], y[None]
    paint = lambda params: generator.apply(
      {'params': params['generator']}, z, y
    )
    score = lambda params, x: discriminator.apply(
      {'params': params['discriminator']}, x[None], y
    ).sum()
    made, constant = paint(params)[0], paint(other)[0]
    of_generator = f(score(other, real) - score(other, made))
    slopes = [jax.grad(score, 1)(params, x) for x in (real, constant)]
    penalty = sum(jnp.square(slope).sum() for slope in slopes)
    gap = score(params, constant) - score(params, real)
    return of_generator, f(gap) + gamma / 2 * penalty

  losses = jax.vmap(of_one)(BATCH['image'], BATCH['label'], KEYS)
  return [loss.sum() for loss in losses]


@pytest.mark.slow
def test_each_player_moves_by_its_own_loss_alone():
  networks = both()
  params, gamma = started(networks), 0.7
  objective = gan.objective(*networks, gamma=gamma)
  total = lambda p: objective(p, (), BATCH, KEYS)[0].sum()
  hand = lambda p: sum(by_hand(networks, p, params, gamma))
  loss, grads = jax.jit(jax.value_and_grad(total))(params)
  expected, alone = jax.jit(jax.value_and_grad(hand))(params)
  np.testing.assert_allclose(loss, expected, rtol=1e-4)
  same = lambda a, b: np.testing.assert_allclose(a, b, rtol=2e-3, atol=1e-5)
  jax.tree.map(same, grads, alone)
  assert all(np.abs(g['Dense_0']['kernel']).max() > 1e-4
             for g in (grads['generator']['Decoder_0'], grads['discriminator']))  # fmt: skip


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
