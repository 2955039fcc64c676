import jax
import jax.numpy as jnp
import numpy as np
import pytest

from prune_dm_jax.models import discriminator

KEY = jax.random.key(0)
X = jax.random.normal(KEY, (2, 8, 8, 1))


def test_the_hinge_is_zero_past_the_margin_and_one_at_zero():
  patches = lambda *values: jnp.array(values).reshape(-1, 1, 1, 1)
  found = discriminator.hinge(patches(2.0, 0.0, -1.0), patches(-3.0, 0.0, 1.0))
  np.testing.assert_allclose(found, [0.0, 1.0, 2.0])


def both(start, step):
  """Gradient of the losses in both networks; x_hat = x^2 + a x, own loss 0."""
  network = discriminator.Discriminator((8,))
  judge = network.init(jax.random.key(1), X)['params']
  own = lambda a, extra, x: (jnp.zeros(len(x)), x**2 + a * x, x)
  loss = discriminator.objective(network, own, weight=0.5, start=start)
  extra = discriminator.Extra((), jnp.array(step))
  params = {'autoencoder': jnp.array(0.3), 'discriminator': judge}
  mean = lambda p: loss(p, extra, {'image': X}, None)[0].mean()
  verdict = lambda p, x: network.apply({'params': p}, x)
  return jax.jit(jax.grad(mean))(params), params, jax.jit(verdict)


@pytest.mark.parametrize(('step', 'counts'), [(6, 0.0), (7, 1.0)])
def test_each_network_moves_by_its_own_loss_alone(step, counts):
  found, params, verdict = both(7, step)
  judge, a = params['discriminator'], params['autoencoder']
  caught = lambda p: discriminator.hinge(
    verdict(p, X), verdict(p, X**2 + a * X)
  )
  expected = jax.jit(jax.grad(lambda p: caught(p).mean()))(judge)
  same = lambda u, v: np.testing.assert_allclose(u, v, rtol=1e-4, atol=1e-5)
  jax.tree.map(same, found['discriminator'], expected)
  fooled = jax.grad(lambda a: -0.5 * verdict(judge, X**2 + a * X).mean())(a)
  assert abs(fooled) > 1e-3
  same(found['autoencoder'], counts * fooled)
