"""The generative model of a cell: a DiT, or the paper's comparison, a VAE or GAN.

All see the same subset, labels and number of examples. The VAE and the GAN read
the pictures themselves and make one in a single pass; the DiT models latents.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax import diffusion
from prune_dm_jax import networks
from prune_dm_jax import sampling
from prune_dm_jax.flow import objective
from prune_dm_jax.models import gan
from prune_dm_jax.models import vae


class Generator(NamedTuple):
  """How a model is trained, and how it draws."""

  fit: Callable
  """(run, folder, kept) -> its State, trained or loaded."""
  sampler: Callable
  """(run, params) -> ({index, label} [B] -> pictures [B, H, W, C] in [-1, 1])."""


def vae_network(run):
  """The VAE of this configuration, not yet initialised."""
  options = run.config.vae
  return vae.VAE(
    widths=options.widths,
    blocks=options.blocks,
    latent_dim=options.latent_dim,
    num_classes=diffusion.number_of_classes(run),
    shape=networks.picture_shape(run),
  )


def fit_vae(run, folder, kept):
  """Trains or loads a VAE on the kept pictures; returns its State."""
  options, network = run.config.vae, vae_network(run)
  return on_pictures(
    run,
    folder,
    kept,
    options,
    name='vae',
    init=vae.init(network),
    objective=vae.objective(network, beta=options.beta),
  )


def vae_sampler(run, params):
  network = vae_network(run)
  decode = lambda z, y: network.apply({'params': params}, z, y, method='decode')
  return in_one_pass(run, decode, network.latent_dim)


def gan_networks(run):
  """The generator and the discriminator of this configuration."""
  options = run.config.gan
  alike = dict(
    widths=options.widths,
    blocks=options.blocks,
    num_classes=diffusion.number_of_classes(run),
  )
  generator = gan.Generator(
    latent_dim=options.latent_dim, shape=networks.picture_shape(run), **alike
  )
  return generator, gan.Discriminator(**alike)


def fit_gan(run, folder, kept):
  """Trains or loads a GAN on the kept pictures; returns its State."""
  options, both = run.config.gan, gan_networks(run)
  return on_pictures(
    run,
    folder,
    kept,
    options,
    name='gan',
    init=gan.init(*both),
    objective=gan.objective(*both, gamma=options.gamma),
  )


def gan_sampler(run, params):
  generator, _ = gan_networks(run)
  own = {'params': params['generator']}
  return in_one_pass(
    run, functools.partial(generator.apply, own), generator.latent_dim
  )


def on_pictures(run, folder, kept, options, *, init, **rest):
  """Trains as long as a DiT would, on as many pictures a step."""
  training = networks.exposed(run, kept)
  training.learning_rate = options.learning_rate
  return networks.fit(
    run,
    folder,
    training,
    init=lambda key: (init(key), ()),
    kept=kept,
    read=networks.reader(run),
    seed=run.config.seed,
    ema_decay=training.ema_decay,
    b1=options.b1,
    b2=options.b2,
    **rest,
  )


def in_one_pass(run, decode, latent_dim):
  """A sampler by decode(z [B, L], labels [B]) -> pictures [B, H, W, C]."""
  key = networks.key_for(run.config.sample.seed, 'sample')
  noise = lambda index: objective.noise_at(key, index, (latent_dim,))
  return lambda batch: decode(noise(batch['index']), batch['label'])


GENERATORS = {
  'dit': Generator(
    lambda run, folder, kept: diffusion.dit(
      run, folder, kept, **diffusion.main_dit(run, kept)
    ),
    sampling.sampler,
  ),
  'vae': Generator(fit_vae, vae_sampler),
  'gan': Generator(fit_gan, gan_sampler),
}
