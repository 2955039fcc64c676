"""Two small classifiers, trained on the training split of the set itself.

`Classifier` selects; `Judge`, of another architecture and another seed, only
judges, so that no picture is kept because its judge likes it. On small sets
like digits features of ImageNet mean nothing.
"""

import functools
from typing import NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
import optax


class Classifier(nn.Module):
  """Narrow 3x3 convolutions, averaged over places. Features [B, 64]."""

  num_classes: int

  @nn.compact
  def __call__(self, x):
    for width in (32, 64, 64):
      x = nn.relu(nn.Conv(width, (3, 3))(x))
      x = nn.relu(nn.Conv(width, (3, 3), strides=2)(x))
    features = nn.Dense(64)(x.mean(axis=(1, 2)))
    return features, nn.Dense(self.num_classes)(nn.relu(features))


class Judge(nn.Module):
  """Wide 5x5 convolutions, places kept apart. Features [B, 64]."""

  num_classes: int

  @nn.compact
  def __call__(self, x):
    for width in (24, 48):
      x = nn.gelu(nn.Conv(width, (5, 5))(x))
      x = nn.max_pool(x, (2, 2), strides=(2, 2))
    x = nn.gelu(nn.Dense(128)(x.reshape(x.shape[0], -1)))
    features = nn.Dense(64)(x)
    return features, nn.Dense(self.num_classes)(nn.gelu(features))


def objective(network):
  """Cross entropy: (params, extra, batch, keys [B]) -> losses [B], ().

  Each picture is moved by up to two pixels, and a pixel of it by a little, so
  that features mean more than the training pictures themselves.
  """

  def losses(params, extra, batch, keys):
    del extra
    x = jax.vmap(disturbed)(keys, batch['image'])
    _, logits = network.apply({'params': params}, x)
    return optax.softmax_cross_entropy_with_integer_labels(
      logits, batch['label']
    ), ()

  return losses


def disturbed(key, image, *, most=2, noise=0.1):
  """[H, W, C] moved by -most..most pixels in both directions, with noise."""
  for_shift, for_noise = jax.random.split(key)
  top, left = jax.random.randint(for_shift, (2,), 0, 2 * most + 1)
  edge = ((most, most), (most, most), (0, 0))
  wide = jnp.pad(image, edge, mode='edge')
  moved = jax.lax.dynamic_slice(wide, (top, left, 0), image.shape)
  return moved + noise * jax.random.normal(for_noise, image.shape)


class Weights(NamedTuple):
  """What `load` needs: the network and its parameters."""

  network: nn.Module
  params: dict


def load(weights):
  """`see` of the network, and its parameters."""
  return functools.partial(see, weights.network), weights.params


def see(network, params, images):
  """uint8 [B, H, W, C] -> features [B, 64], logits [B, num_classes]."""
  x = jnp.asarray(images, jnp.float32) / 127.5 - 1
  return network.apply({'params': params}, x)
