"""Optimal denoiser: how far the others are from what a noisy picture was, untrained.

  D(x, t) = sum_j w_j f_j,   w = softmax over j of -|x - t f_j|^2 / (2 (1 - t)^2)
  score_i = mean over draws of |D(t f_i + (1 - t) z, t) - f_i|^2 / numbers,   j != i

The least loss that any network could have on these data is that of D (Karras et al.,
2022, Eq. 57); it is had in closed form. Here i is left out, so that it must be told
from the others: the score is the distance to the mean where all is noise, and to the
nearest where there is none. Features are in units of their standard deviation.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P

from prune_dm_jax.pruning import blocks
from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning import noise_bank

BANK = dict(num_draws=4, t_min=0.05, t_max=0.95)
NUMBERS = 2**24
"""Weights that are in memory at a time on a device, 64 MiB of them."""


def scores(given, *, key, normalize, components=0):
  """The loss of the best denoiser of all others, in variances of the features.

  Args:
    given: features [N, D] and index [N], and perhaps a counter.
    key: Of the noise, and of the components.
    normalize: Whether features are scaled to length 1.
    components: How many principal components are compared; 0: the features.

  Returns:
    score [N] float32, error [N] float32, group [N] zeros.
  """
  counter = given.get('counter', cluster.silent)
  features = cluster.compared(
    given['features'], normalize, components, cluster.seed_of(key),
    counter=counter,
  )  # fmt: skip
  bank = noise_bank.bank(key, **BANK)
  say = counter('denoised', len(features))
  return noise_bank.scores(losses(features, given['index'], bank, say))


def losses(features, index, bank, say=lambda done: None):
  """[N, draws] of features [N, D], whose noise is that of their index [N]."""
  mesh, size = blocks.data_mesh(jax.local_devices()), len(features)
  x = scaled(features)
  half = np.einsum('nd,nd->n', x, x) / 2
  whole = jax.device_put((x, half, bank), NamedSharding(mesh, P()))
  height = min(max(NUMBERS // size, 1), -(-size // mesh.size)) * mesh.size
  split, found = NamedSharding(mesh, P('data')), []
  for first in range(0, size, height):
    own = np.minimum(np.arange(first, first + height), size - 1)
    rows = jax.device_put((own, np.asarray(index)[own]), split)
    found.append(np.asarray(of_rows(*whole, *rows))[: size - first])
    say(min(first + height, size))
  return np.concatenate(found)


def flops(number, width):
  """Of `losses` of features [N, D]: of each two, two products at every draw."""
  return 4.0 * BANK['num_draws'] * number**2 * width


def scaled(features):
  """[N, D] float32 about their mean, in units of their deviation."""
  x = features - features.mean(axis=0, dtype=float).astype(np.float32)
  return x / (np.sqrt(np.square(x).mean(dtype=float)) or 1)


@jax.jit
def of_rows(x, half, bank, own, index):
  """[b, draws] losses of x[own], told from all other rows of x [N, D]."""
  f, rows = x[own], jnp.arange(len(own))
  product = functools.partial(jnp.dot, precision='highest')

  def at(draw):
    a = bank.times[draw] / (1 - bank.times[draw])
    y = a * f + noise_bank.noise(bank, draw, index, f.shape[1:])
    logits = a * (product(y, x.T) - a * half[None])  # -|y - a f_j|^2 / 2 + ...
    weights = jax.nn.softmax(logits.at[rows, own].set(-jnp.inf), axis=1)
    return jnp.square(product(weights, x) - f).mean(axis=1)

  return jax.lax.map(at, jnp.arange(len(bank.times))).T
