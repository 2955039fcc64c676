"""The VQ-VAE: pictures encoded with their errors, and a step of training."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax

from prune_dm_jax.benchmarks.gpu import card
from prune_dm_jax.benchmarks.gpu import clock
from prune_dm_jax.benchmarks.gpu import facts
from prune_dm_jax.models import vqvae as vqvae_lib
from prune_dm_jax.training import step as step_lib

CODE_DIM = 8


def vqvae(part):
  side, codes, batches = (8, 64, [4]) if part.tiny else (256, 16384, [64, 256])
  widths, blocks = ((8,), 1) if part.tiny else ((64, 128, 256), 2)
  network = vqvae_lib.VQVAE(widths, blocks, CODE_DIM, 3)
  draw = np.random.default_rng(0).normal
  book = draw(size=(codes, CODE_DIM)).astype(np.float32)
  for batch in batches:
    with facts.attempt(part, 'encode, nearest code, decode', batch=batch):
      encode(part, network, book, batch, side)
  with facts.attempt(part, 'step of training', batch=batches[0]):
    train(part, network, book, batches[0], side)


def encode(part, network, book, batch, side):
  """Says what the codes of a batch and their errors take."""

  @jax.jit
  def code_and_error(params, codes, image):
    z = network.apply({'params': params}, image, method='encode')
    nearest = vqvae_lib.nearest(z, codes)
    back = network.apply({'params': params}, codes[nearest], method='decode')
    return nearest, jnp.square(back - image).mean(axis=(1, 2, 3))

  params, codebook = jax.jit(init_of(network, book, side))(jax.random.key(0))
  codes = vqvae_lib.codes_of(codebook)
  image = jnp.asarray(pictures(batch, side))
  call = lambda: code_and_error(params, codes, image)
  seconds, _ = clock.steadily(call, at_least=0.7)
  found = card.rates(seconds, rows=batch)
  facts.say(part, 'encode, nearest code, decode', batch=batch, **found)


def train(part, network, book, batch, side):
  """Says what a step takes, with the way of its pictures to the device."""
  mesh = step_lib.data_mesh(jax.devices()[:1])
  optimizer = optax.adamw(1e-4, 0.9, 0.999, weight_decay=0)
  step = step_lib.train_step(
    vqvae_lib.objective(network, commitment=0.25),
    optimizer,
    mesh=mesh,
    ema_decay=0.0,
    absorb=functools.partial(
      vqvae_lib.update_codebook, decay=0.99, dead_below=0.03
    ),
  )
  init = init_of(network, book, side)
  kept = [step_lib.create(init, optimizer, jax.random.key(0), mesh)]
  rows = dict(image=pictures(batch, side))

  def call():
    placed = step_lib.place(rows, mesh)
    kept[0], seen = step(kept[0], placed, jax.random.key(1))
    return seen

  seconds, host = clock.steadily(call)
  found = card.rates(seconds, rows=batch)
  facts.say(part, 'step of training', batch=batch, **found, host_ms=1e3 * host)


def init_of(network, book, side):
  """key -> parameters and a codebook whose codes are given."""
  image = jnp.zeros((1, side, side, 3))
  codebook = vqvae_lib.Codebook(jnp.ones(len(book)), jnp.asarray(book))
  return lambda key: (network.init(key, image)['params'], codebook)


def pictures(batch, side):
  draw = np.random.default_rng(0).uniform
  return draw(-1, 1, (batch, side, side, 3)).astype(np.float32)
