"""Pictures as latents: codes of the autoencoder, written once."""

import functools

import jax.numpy as jnp
import numpy as np

from prune_dm_jax import artifacts
from prune_dm_jax import networks
from prune_dm_jax.models import vqvae


def write(run, trained, folder):
  """codes.npy uint16 [N, h, w], label.npy [N], codebook.npy [V, D], header.

  The codebook is written at unit standard deviation over the training split,
  which is the scale that the DiT models.
  """
  indices, codebook, errors = encode(run, trained)
  std = float(codebook[indices[run.train]].std())
  np.save(folder / 'codes.npy', indices.astype(np.uint16))
  np.save(folder / 'label.npy', run.source.labels)
  np.save(folder / 'codebook.npy', codebook / std)
  facts = header(run, trained, std, indices, errors)
  artifacts.write_json(folder / 'header.json', facts)


def encode(run, trained):
  """Codes [N, h, w], the codebook [V, D], squared error [N] of every picture."""
  network, params, codebook = networks.autoencoder(run, trained)
  codes = jnp.asarray(codebook)

  def code_and_error(batch):
    z = network.apply({'params': params}, batch['image'], method='encode')
    nearest = vqvae.nearest(z, codes)
    back = network.apply({'params': params}, codes[nearest], method='decode')
    return nearest, jnp.square(back - batch['image']).mean(axis=(1, 2, 3))

  size = run.config.data.image_size
  read = functools.partial(networks.read_pictures, run.source, size)
  indices, errors = networks.in_batches(
    run, code_and_error, read, len(run.source), name='latents'
  )
  return indices, codebook, errors


def header(run, trained, std, codes, errors):
  """What codes.npy was made by, and how well it keeps the pictures."""
  config = run.config
  return dict(
    autoencoder=trained.name,
    fingerprint=run.source.fingerprint,
    crop='ADM centre crop',
    flip='none',
    image_size=config.data.image_size,
    num_codes=config.autoencoder.num_codes,
    std=std,
    codes_used=len(np.unique(codes[run.train])),
    perplexity=vqvae.perplexity(codes[run.train], config.autoencoder.num_codes),
    reconstruction_error_train=float(errors[run.train].mean()),
    reconstruction_error_held_out=float(errors[run.held_out].mean()),
    held_out=len(run.held_out),
  )
