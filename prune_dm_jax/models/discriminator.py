"""Patch discriminator: a picture is judged patch by patch (Isola et al., 2017).

  discriminator: (relu(1 - D(x)) + relu(1 + D(x_hat))) / 2    autoencoder: -D(x_hat)

The hinge loss of VQGAN (Esser et al., 2021), without its batch normalization,
so that no example knows of another. Both networks move in the same step, each
by its own loss alone. The discriminator learns from the first step, so that it
has something to say by the time the autoencoder is to listen.
"""

from typing import Any
from typing import NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp


class Extra(NamedTuple):
  """What no gradient moves: that of the autoencoder, and the steps so far."""

  autoencoder: Any
  step: jax.Array


class Discriminator(nn.Module):
  """[B, H, W, C] -> [B, H/f, W/f, 1], high where a patch looks real.

  f = 2 ** len(widths); of three widths a patch has 70x70 pixels.
  """

  widths: tuple

  @nn.compact
  def __call__(self, x):
    for i, width in enumerate((*self.widths, 2 * self.widths[-1])):
      stride = 2 if i < len(self.widths) else 1
      x = nn.Conv(width, (4, 4), (stride, stride))(x)
      x = nn.GroupNorm(num_groups=8)(x) if i else x
      x = nn.leaky_relu(x, 0.2)
    return nn.Conv(1, (4, 4))(x)


def hinge(real, made):
  """[B, h, w, 1] of real and of made pictures -> [B] discriminator losses."""
  each = nn.relu(1 - real) + nn.relu(1 + made)
  return each.mean(axis=(1, 2, 3)) / 2


def init(network, autoencoder, x):
  """key -> params of both networks, Extra; autoencoder(key) -> its own.

  The autoencoder begins as it would alone; x [1, H, W, C] gives the shape.
  """

  def both(key):
    params, extra = autoencoder(key)
    judge = network.init(jax.random.fold_in(key, 1), x)['params']
    params = {'autoencoder': params, 'discriminator': judge}
    return params, Extra(extra, jnp.zeros((), jnp.int32))

  return both


def objective(network, autoencoder, *, weight, start):
  """(params, Extra, batch, keys, *given) -> losses [B], what the codebook is to
  see.

  Args:
    network: The Discriminator.
    autoencoder: (params, extra, x, *given) -> losses [B], x_hat, what is to be
      seen.
    weight: Of the adversarial loss beside the autoencoder's own.
    start: The step from which it counts.
  """

  def losses(params, extra, batch, keys, *given):
    del keys
    x = batch['image']
    loss, x_hat, seen = autoencoder(
      params['autoencoder'], extra.autoencoder, x, *given
    )
    judge, fixed = params['discriminator'], jax.lax.stop_gradient
    verdict = lambda p, x: network.apply({'params': p}, x)
    fooled = verdict(fixed(judge), x_hat).mean(axis=(1, 2, 3))
    caught = hinge(verdict(judge, x), verdict(judge, fixed(x_hat)))
    counts = weight * (extra.step >= start)
    return loss - counts * fooled + caught, seen

  return losses


def absorb(autoencoder):
  """(Extra, seen, key) -> Extra a step later; autoencoder(...) -> its own."""
  return lambda extra, seen, key: Extra(
    autoencoder(extra.autoencoder, seen, key), extra.step + 1
  )
