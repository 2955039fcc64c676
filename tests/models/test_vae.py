import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from prune_dm_jax.models import vae

KEY = jax.random.key(0)
X = jax.random.normal(KEY, (3, 4, 6, 2))
Y = jnp.array([0, 3, 1])


def network(num_classes=4):
  return vae.VAE(
    widths=(8,), blocks=1, latent_dim=5, num_classes=num_classes,
    shape=X.shape[1:],
  )  # fmt: skip


def some(init):
  """Parameters of the shapes that init has, none of them zero."""
  rng = np.random.default_rng(0)
  draw = lambda leaf: rng.normal(0, 0.2, leaf.shape).astype(np.float32)
  return jax.tree.map(draw, jax.eval_shape(init, KEY))


@pytest.mark.parametrize('num_classes', [0, 4])
def test_a_picture_becomes_a_vector_and_a_vector_a_picture(num_classes):
  net = network(num_classes)
  params = some(vae.init(net))
  apply = jax.jit(net.apply, static_argnames='method')
  x_hat, mean, log_var, log_sigma = apply(
    {'params': params}, X, Y, jnp.zeros((3, 5))
  )
  assert x_hat.shape == X.shape and log_sigma.shape == ()
  assert mean.shape == log_var.shape == (3, 5)
  decode = lambda z, y: apply({'params': params}, z, y, method='decode')
  np.testing.assert_allclose(decode(mean, Y), x_hat, atol=1e-6)
  apart = np.abs(decode(mean, Y) - decode(mean, (Y + 1) % 4)).max()
  assert (apart > 1e-3) == (num_classes > 0)


def test_the_divergence_is_that_of_the_two_densities():
  """By quadrature over one dimension, and summed over several."""
  mean, log_var = np.array([0.7, -1.2, 0.0]), np.array([0.3, -0.9, 0.0])
  z = np.linspace(-12, 12, 20001)
  own = stats.norm(mean[:, None], np.exp(log_var / 2)[:, None])
  integrand = own.pdf(z) * (own.logpdf(z) - stats.norm.logpdf(z))
  by_axis = np.trapezoid(integrand, z, axis=1)
  found = vae.divergence(jnp.array(mean)[:, None], jnp.array(log_var)[:, None])
  np.testing.assert_allclose(found, by_axis, atol=1e-5)
  whole = vae.divergence(jnp.array([mean]), jnp.array([log_var]))
  np.testing.assert_allclose(whole, [by_axis.sum()], rtol=1e-5)


@pytest.mark.parametrize('beta', [1.0, 4.0])
def test_the_loss_is_minus_the_bound_of_each_picture(beta):
  net, keys = network(), jax.random.split(jax.random.key(1), 3)
  params = some(vae.init(net)) | {'log_sigma': jnp.float32(-0.4)}
  noise = np.stack([jax.random.normal(key, (5,)) for key in keys])
  x_hat, mean, log_var, _ = jax.jit(net.apply)({'params': params}, X, Y, noise)
  pixels = stats.norm(x_hat, np.exp(-0.4)).logpdf(X).sum(axis=(1, 2, 3))
  var, mean = np.exp(log_var), np.asarray(mean)
  kl = -0.5 * np.sum(1 + np.asarray(log_var) - mean**2 - var, axis=1)
  batch = {'image': X, 'label': Y}
  losses, _ = jax.jit(vae.objective(net, beta=beta))(params, (), batch, keys)
  np.testing.assert_allclose(losses, beta * kl - pixels, rtol=1e-5)


def test_the_deviation_moves_to_the_root_mean_square_error():
  """Where the loss is least in sigma, sigma^2 is the mean square error."""
  x_hat = X + 0.1 * jax.random.normal(jax.random.key(2), X.shape)
  error = np.sqrt(np.mean(np.square(X - x_hat)))
  slope = jax.grad(lambda s: vae.surprise(X, x_hat, s).mean())
  assert slope(np.log(error)) == pytest.approx(0, abs=1e-2)
  assert slope(np.log(error) - 0.1) < -1 and slope(np.log(error) + 0.1) > 1
