"""VQ-VAE: pictures as small grids of discrete codes (van den Oord et al., 2017).

  loss = (x_hat - x)^2 + commitment * (z - e)^2,   e = nearest code of z

A perceptual distance may be added here, and what a discriminator says in
discriminator.py; VQGAN (Esser et al., 2021) has both.
The codebook is not learned by gradient: each code is the moving average of the
encodings that chose it. A code that nothing chooses any more starts again on an
encoding of the batch; so do all of them at the first step, which is how the
codebook is initialised. In that step encodings stand for their codes: a decoder
of nothing but zeros has gradients so large that Adam would not forget them.
"""

from typing import NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

AT_ONCE = 2**24
"""Distances of encodings to codes that are in memory at a time: 64 MiB."""


class Codebook(NamedTuple):
  """Moving averages; the codes are sums / counts.

  Attributes:
    counts: [V] how many encodings chose each code, a step.
    sums: [V, D] their sums.
  """

  counts: jax.Array
  sums: jax.Array


def empty_codebook(num_codes, code_dim):
  return Codebook(jnp.zeros(num_codes), jnp.zeros((num_codes, code_dim)))


def codes_of(codebook):
  """[V, D] the codes."""
  return codebook.sums / jnp.maximum(codebook.counts, 1e-6)[:, None]


def nearest(z, codes):
  """[B, ..., D] encodings, [V, D] codes -> [B, ...] index of the nearest code.

  Products are of all of float32: with fewer bits, which accelerators have by
  default, other codes would win. Where there are too many distances, so many
  places of each picture are searched at a time that the batch stays as it is
  split among devices.
  """
  z = jax.lax.stop_gradient(z)
  squares = jnp.square(codes).sum(axis=1)

  def search(rows):
    products = jnp.dot(2 * rows, codes.T, precision='highest')
    return jnp.argmin(squares[None] - products, axis=1)

  places = z.reshape(len(z), -1, z.shape[-1])
  at_once = AT_ONCE // (len(z) * len(codes))
  if places.shape[1] <= at_once:
    return search(z.reshape(-1, z.shape[-1])).reshape(z.shape[:-1])
  found = jax.lax.map(
    search, jnp.moveaxis(places, 1, 0), batch_size=max(1, at_once)
  )
  return found.T.reshape(z.shape[:-1])


class Residual(nn.Module):
  """Two convolutions beside a shortcut, width unchanged."""

  @nn.compact
  def __call__(self, x):
    width = x.shape[-1]
    h = nn.Conv(width, (3, 3))(nn.silu(nn.GroupNorm(num_groups=8)(x)))
    h = nn.Conv(width, (3, 3))(nn.silu(nn.GroupNorm(num_groups=8)(h)))
    return x + h


def space_to_depth(x):
  """[B, H, W, C] -> [B, H/2, W/2, 4*C]."""
  b, h, w, c = x.shape
  x = x.reshape(b, h // 2, 2, w // 2, 2, c)
  return x.transpose(0, 1, 3, 2, 4, 5).reshape(b, h // 2, w // 2, 4 * c)


def depth_to_space(x):
  """[B, H, W, 4*C] -> [B, 2*H, 2*W, C]: the inverse."""
  b, h, w, c = x.shape
  x = x.reshape(b, h, w, 2, 2, c // 4)
  return x.transpose(0, 1, 3, 2, 4, 5).reshape(b, 2 * h, 2 * w, c // 4)


class Encoder(nn.Module):
  """[B, H, W, C] -> [B, H/f, W/f, D]; f = 2 ** len(widths)."""

  widths: tuple
  blocks: int
  code_dim: int

  @nn.compact
  def __call__(self, x):
    for width in self.widths:
      x = nn.Conv(width, (3, 3))(space_to_depth(x))
      for _ in range(self.blocks):
        x = Residual()(x)
    return nn.Conv(self.code_dim, (1, 1))(x)


class Decoder(nn.Module):
  """[B, H/f, W/f, D] -> [B, H, W, C], the encoder backwards.

  It grows by sub-pixel convolution (Shi et al., 2016), which costs a fraction
  of a transposed one.
  """

  widths: tuple
  blocks: int
  channels: int

  @nn.compact
  def __call__(self, z):
    x = nn.Conv(self.widths[-1], (3, 3))(z)
    finer = (self.channels, *self.widths[:-1])
    for width in reversed(finer):
      for _ in range(self.blocks):
        x = Residual()(x)
      x = depth_to_space(nn.Conv(4 * width, (3, 3))(nn.silu(x)))
    return x


class VQVAE(nn.Module):
  """Encoder and decoder; the codebook is kept beside the parameters."""

  widths: tuple
  blocks: int
  code_dim: int
  channels: int

  def setup(self):
    self.encoder = Encoder(self.widths, self.blocks, self.code_dim)
    self.decoder = Decoder(self.widths, self.blocks, self.channels)

  def __call__(self, x):
    return self.decode(self.encode(x))

  def encode(self, x):
    return self.encoder(x)

  def decode(self, z):
    return self.decoder(z)


def reconstruct(network, *, commitment, perceptual=None):
  """(params, codebook, x, *given) -> losses [B], x_hat, what the codebook is to
  see.

  That is encodings [B, h, w, D], and the codes [B, h, w] that they chose.

  Args:
    network: The VQVAE.
    commitment: Weight of what holds encodings to their codes.
    perceptual: (x, x_hat, *given) -> [B] that is added to the losses, if there
      is one.
  """

  def losses(params, codebook, x, *given):
    codes = codes_of(codebook)
    z = network.apply({'params': params}, x, method='encode')
    chosen = nearest(z, codes)
    e = jnp.where(codebook.counts.any(), codes[chosen], z)
    e = jax.lax.stop_gradient(e)
    through = z + jax.lax.stop_gradient(e - z)
    x_hat = network.apply({'params': params}, through, method='decode')
    error = jnp.square(x_hat - x).mean(axis=(1, 2, 3))
    loss = error + commitment * jnp.square(z - e).mean(axis=(1, 2, 3))
    if perceptual:
      loss += perceptual(x, x_hat, *given)
    return loss, x_hat, (z, chosen)

  return losses


def objective(network, **options):
  """(params, codebook, batch, keys, *given) -> losses [B], what the codebook is
  to see.

  Options are those of `reconstruct`.
  """
  reconstructed = reconstruct(network, **options)

  def losses(params, codebook, batch, keys, *given):
    del keys
    loss, _, seen = reconstructed(params, codebook, batch['image'], *given)
    return loss, seen

  return losses


def update_codebook(codebook, seen, key, *, decay, dead_below):
  """Moves each code towards what chose it, and restarts those that are dead.

  Each device of the axis `data` adds up its own rows; sums of those are the
  same on all, and so is the codebook.

  Args:
    codebook: Before the step.
    seen: This device's encodings [b, h, w, D] and the codes [b, h, w] they chose.
    key: Which encodings of all devices the dead codes restart on.
    decay: Of the moving averages.
    dead_below: A code is dead when chosen less often than this share of the
      mean, or when it has never been one.

  Returns:
    The codebook after the step.
  """
  z, chosen = seen
  z, chosen = z.reshape(-1, z.shape[-1]), chosen.ravel()
  counts = jnp.zeros_like(codebook.counts).at[chosen].add(1.0)
  sums = jnp.zeros_like(codebook.sums).at[chosen].add(z)
  number = z.shape[0] * jax.lax.axis_size('data')
  fresh = own(z, jax.random.randint(key, counts.shape, 0, number))
  counts, sums, fresh = jax.lax.psum((counts, sums, fresh), 'data')
  counts = decay * codebook.counts + (1 - decay) * counts
  sums = decay * codebook.sums + (1 - decay) * sums

  mean = number / counts.shape[0]
  dead = (counts < dead_below * mean) | (codebook.counts == 0)
  return Codebook(
    jnp.where(dead, mean, counts),
    jnp.where(dead[:, None], mean * fresh, sums),
  )


def own(z, places):
  """[V, D] rows at places in the rows of all devices; 0, if another has them."""
  here = places - jax.lax.axis_index('data') * z.shape[0]
  ours = (here >= 0) & (here < z.shape[0])
  return jnp.where(ours[:, None], z[jnp.where(ours, here, 0)], 0)


def perplexity(counts):
  """exp of the entropy of how often each code is chosen: how many are in use."""
  p = counts[counts > 0] / counts.sum()
  return float(np.exp(-(p * np.log(p)).sum()))
