"""What is asked of the model of a cell, and the pictures that it makes."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from prune_dm_jax import artifacts
from prune_dm_jax import diffusion
from prune_dm_jax import networks
from prune_dm_jax.data import images
from prune_dm_jax.flow import guidance
from prune_dm_jax.flow import objective
from prune_dm_jax.flow import samplers
from prune_dm_jax.models import vqvae
from prune_dm_jax.training import checkpoint


def write(run, draw, state, folder):
  """images.npy uint8 [S, H, W, C], labels.npy [S] and settings.json."""
  labels = asked_labels(run)
  read = lambda i: {'index': i, 'label': labels[i]}
  pictures = networks.in_batches(
    run,
    lambda batch: images.to_uint8(draw(batch)),
    read,
    len(labels),
    name='samples',
  )
  artifacts.write_array(folder / 'images.npy', pictures)
  artifacts.write_array(folder / 'labels.npy', labels)
  artifacts.write_json(folder / 'settings.json', settings(run, state))


def asked_labels(run):
  """[S] labels from the unpruned distribution, the same in every cell."""
  options = run.config.sample
  key = networks.key_for(options.seed, 'labels')
  drawn = jax.random.randint(key, (options.num,), 0, len(run.train))
  return run.source.labels[run.train[np.asarray(drawn)]]


def sampler(run, params):
  """The DiT's: {index, label} [B] -> pictures [B, H, W, C] in [-1, 1]."""
  options = run.config.sample
  codebook = jnp.asarray(np.load(run.paths.latents / 'codebook.npy'))
  shape = diffusion.latent_shape(run)
  velocity = functools.partial(
    diffusion.velocity(diffusion.dit_network(run, run.config.dit.size)), params
  )
  decode = networks.decoder(run)
  key = networks.key_for(options.seed, 'sample')

  def draw(batch):
    guided = guidance.GUIDANCE[options.guidance](
      velocity,
      batch['label'],
      weight=options.guidance_weight,
      null_class=diffusion.number_of_classes(run),
    )
    x = samplers.integrate(
      guided,
      objective.noise_at(key, batch['index'], shape),
      step=samplers.STEPS[options.step],
      num_steps=options.num_steps,
    )
    return decode(vqvae.nearest(x, codebook))

  return draw


def settings(run, state):
  """How the pictures were drawn, and from which parameters."""
  asked = run.config.sample.to_dict()
  if run.config.model != 'dit':  # It has no steps, and nothing to guide.
    asked = {name: asked[name] for name in ('num', 'seed')}
  return dict(
    **asked,
    checkpoint_step=int(state.step),
    parameters_digest=checkpoint.digest(state.params),
    ema_digest=checkpoint.digest(state.ema),
  )
