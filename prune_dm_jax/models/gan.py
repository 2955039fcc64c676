"""GAN: a generator and a discriminator that is to be misled (Goodfellow, 2014).

  L_G = f(D(x, y) - D(G(z, y), y)),   f(t) = log(1 + exp(t))
  L_D = f(D(G(z, y), y) - D(x, y)) + gamma / 2 (R1 + R2)
  R1 = ||d D(x, y) / d x||^2,   R2 = the same at G(z, y)

Each picture is judged beside a real one of its class, which leaves no mode to
drop to, and the two penalties make it converge (R3GAN: Huang et al., 2024).
Both are trained at once, by one gradient: what is the other's is held constant.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp

from prune_dm_jax.models import vae
from prune_dm_jax.models import vqvae


class Generator(nn.Module):
  """Vectors [B, L] and classes [B] -> pictures [B, H, W, C] in [-1, 1]."""

  widths: tuple
  blocks: int
  latent_dim: int
  num_classes: int
  shape: tuple

  @nn.compact
  def __call__(self, z, y):
    paint = vae.Decoder(self.widths, self.blocks, self.num_classes, self.shape)
    return jnp.tanh(paint(z, y))


class Discriminator(nn.Module):
  """Pictures and classes [B] -> [B] how real; classes by projection (Miyato &
  Koyama, 2018)."""

  widths: tuple
  blocks: int
  num_classes: int

  @nn.compact
  def __call__(self, x, y):
    h = vqvae.Encoder(self.widths, self.blocks, self.widths[-1])(x)
    h = nn.Dense(self.widths[-1])(nn.silu(h).reshape(len(h), -1))
    score = nn.Dense(1)(nn.silu(h))[:, 0]
    if self.num_classes:
      score += (h * nn.Embed(self.num_classes, h.shape[-1])(y)).sum(axis=-1)
    return score


def init(generator, discriminator):
  """key -> {'generator', 'discriminator'} parameters."""

  def create(key):
    for_one, for_other = jax.random.split(key)
    z, y = jnp.zeros((1, generator.latent_dim)), jnp.zeros(1, int)
    x = jnp.zeros((1, *generator.shape))
    return {
      'generator': generator.init(for_one, z, y)['params'],
      'discriminator': discriminator.init(for_other, x, y)['params'],
    }

  return create


def objective(generator, discriminator, *, gamma):
  """(params, extra, batch, keys [B]) -> L_G + L_D [B], ()."""

  def losses(params, extra, batch, keys):
    del extra
    x, y = batch['image'], batch['label']
    draw = lambda key: jax.random.normal(key, (generator.latent_dim,))
    made = generator.apply(
      {'params': params['generator']}, jax.vmap(draw)(keys), y
    )
    judge = lambda params, x: discriminator.apply({'params': params}, x, y)
    to_mislead = jax.lax.stop_gradient(params['discriminator'])
    of_generator = jax.nn.softplus(
      judge(to_mislead, x) - judge(to_mislead, made)
    )
    real, r1 = scored(judge, params['discriminator'], x)
    fake, r2 = scored(
      judge, params['discriminator'], jax.lax.stop_gradient(made)
    )
    of_discriminator = jax.nn.softplus(fake - real) + gamma / 2 * (r1 + r2)
    return of_generator + of_discriminator, ()

  return losses


def scored(judge, params, x):
  """[B] scores, and the squared norm of the gradient of each in its picture."""
  total = lambda x: (lambda s: (s.sum(), s))(judge(params, x))
  (_, scores), grads = jax.value_and_grad(total, has_aux=True)(x)
  return scores, jnp.square(grads).sum(axis=(1, 2, 3))
