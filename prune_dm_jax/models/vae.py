"""VAE: pictures from one Gaussian vector (Kingma & Welling, 2014).

  -ELBO = H W C log(sigma sqrt(2 pi)) + ||x - x_hat(z, y)||^2 / (2 sigma^2)
          + beta KL(N(mean, exp(log_var)) || N(0, I)),   z ~ N(mean, exp(log_var))

sigma is learned with the networks, one number for all pixels, so that nobody
weighs the two terms by hand (sigma-VAE: Rybkin et al., 2021). Told classes,
encoder and decoder both see them (Sohn et al., 2015).
"""

import math

import flax.linen as nn
import jax
import jax.numpy as jnp

from prune_dm_jax.models import vqvae


def told(x, y, num_classes):
  """[B, D] -> [B, D + C] with the class of each beside it."""
  return jnp.concatenate([x, jax.nn.one_hot(y, num_classes)], axis=-1)


class Encoder(nn.Module):
  """Pictures and classes -> mean [B, L] and log_var [B, L]."""

  widths: tuple
  blocks: int
  latent_dim: int
  num_classes: int

  @nn.compact
  def __call__(self, x, y):
    h = vqvae.Encoder(self.widths, self.blocks, self.widths[-1])(x)
    h = told(nn.silu(h).reshape(len(h), -1), y, self.num_classes)
    return jnp.split(nn.Dense(2 * self.latent_dim)(h), 2, axis=-1)


class Decoder(nn.Module):
  """Vectors [B, L] and classes [B] -> pictures [B, H, W, C]."""

  widths: tuple
  blocks: int
  num_classes: int
  shape: tuple
  """H, W, C."""

  @nn.compact
  def __call__(self, z, y):
    height, width, channels = self.shape
    factor = 2 ** len(self.widths)
    grid = height // factor, width // factor, self.widths[-1]
    h = nn.Dense(math.prod(grid))(told(z, y, self.num_classes))
    h = nn.silu(h).reshape(-1, *grid)
    return vqvae.Decoder(self.widths, self.blocks, channels)(h)


class VAE(nn.Module):
  """Encoder, decoder and the deviation of a pixel."""

  widths: tuple
  blocks: int
  latent_dim: int
  num_classes: int
  shape: tuple

  def setup(self):
    self.encoder = Encoder(
      self.widths, self.blocks, self.latent_dim, self.num_classes
    )
    self.decoder = Decoder(
      self.widths, self.blocks, self.num_classes, self.shape
    )
    self.log_sigma = self.param('log_sigma', nn.initializers.constant(-1.0), ())

  def __call__(self, x, y, noise):
    mean, log_var = self.encoder(x, y)
    z = mean + jnp.exp(log_var / 2) * noise
    return self.decoder(z, y), mean, log_var, self.log_sigma

  def decode(self, z, y):
    return self.decoder(z, y)


def init(network):
  """key -> parameters."""
  x, y = jnp.zeros((1, *network.shape)), jnp.zeros(1, int)
  noise = jnp.zeros((1, network.latent_dim))
  return lambda key: network.init(key, x, y, noise)['params']


def divergence(mean, log_var):
  """[B, L] -> [B] KL(N(mean, exp(log_var)) || N(0, I)), in nats."""
  return (jnp.exp(log_var) + mean**2 - 1 - log_var).sum(axis=-1) / 2


def surprise(x, x_hat, log_sigma):
  """[B, ...] -> [B] minus the log density of N(x_hat, sigma^2 I) at x."""
  axes = tuple(range(1, x.ndim))
  squares = jnp.square(x - x_hat) * jnp.exp(-2 * log_sigma)
  return (log_sigma + math.log(2 * math.pi) / 2 + squares / 2).sum(axis=axes)


def objective(network, *, beta):
  """(params, extra, batch, keys [B]) -> losses [B], in nats; ()."""

  def losses(params, extra, batch, keys):
    del extra
    x, y = batch['image'], batch['label']
    draw = lambda key: jax.random.normal(key, (network.latent_dim,))
    noise = jax.vmap(draw)(keys)
    x_hat, mean, log_var, log_sigma = network.apply(
      {'params': params}, x, y, noise
    )
    kl = divergence(mean, log_var)
    return surprise(x, x_hat, log_sigma) + beta * kl, ()

  return losses
