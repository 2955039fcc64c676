"""The generative model of a cell: a DiT, or the paper's comparison, a VAE or GAN.

All see the same subset, labels and number of examples. The VAE and the GAN read
the pictures themselves and make one in a single pass; the DiT models latents.
"""

import functools

import numpy as np
from absl import logging

from prune_dm_jax.models import gan
from prune_dm_jax.models import vae
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import inputs
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import dit
from prune_dm_jax.stages import fitting


def build(run):
  """Where the model is, trained on what was kept."""
  cell, model = cells.known_folder(run), run.config.model
  inputs.note(cell, inputs.of_training(run.config))
  kept = damage.read_array(cell / 'kept_idx.npy')
  warn_of_empty_classes(run, kept)
  make = functools.partial(FITS[model], run, kept=kept)
  return artifacts.build_together(cell / model, make, settle=damage.reopen)


def warn_of_empty_classes(run, kept):
  """Warns of the classes that training will never see."""
  labels = run.source.labels
  missing = np.setdiff1d(labels[run.train], labels[kept])
  if len(missing) and run.config.dit.conditional:
    names = ', '.join(run.source.class_names[i] for i in missing)
    logging.warning('no example is kept of class %s, yet it is sampled', names)


def fit_dit(run, folder, kept):
  """Trains or loads the DiT on latents of the kept; returns its State."""
  config = run.config
  return dit.fit(
    run,
    folder,
    kept,
    name='dit',
    size=config.dit.size,
    start=dit.published,
    options=fitting.exposed(run, kept),
    seed=config.seed,
    warmup=config.train.warmup,
    ema_decay=config.train.ema_decay,
    reduce_dtype=config.train.reduce_dtype,
  )


def vae_network(run):
  """The VAE of this configuration, not yet initialised."""
  options = run.config.vae
  return vae.VAE(
    widths=options.widths,
    blocks=options.blocks,
    latent_dim=options.latent_dim,
    num_classes=dit.number_of_classes(run),
    shape=fitting.picture_shape(run),
  )


def fit_vae(run, folder, kept):
  """Trains or loads a VAE on the kept pictures; returns its State."""
  return on_pictures(
    run, folder, kept, run.config.vae, name='vae', **vae_learned(run)
  )


def vae_learned(run):
  """key -> parameters, and the objective, of this configuration's VAE."""
  network = vae_network(run)
  objective = vae.objective(network, beta=run.config.vae.beta)
  return dict(init=vae.init(network), objective=objective)


def gan_networks(run):
  """The generator and the discriminator of this configuration."""
  options = run.config.gan
  alike = dict(
    widths=options.widths,
    blocks=options.blocks,
    num_classes=dit.number_of_classes(run),
  )
  generator = gan.Generator(
    latent_dim=options.latent_dim, shape=fitting.picture_shape(run), **alike
  )
  return generator, gan.Discriminator(**alike)


def fit_gan(run, folder, kept):
  """Trains or loads a GAN on the kept pictures; returns its State."""
  return on_pictures(
    run, folder, kept, run.config.gan, name='gan', **gan_learned(run)
  )


def gan_learned(run):
  """key -> parameters, and the objective, of this configuration's GAN."""
  both = gan_networks(run)
  objective = gan.objective(*both, gamma=run.config.gan.gamma)
  return dict(init=gan.init(*both), objective=objective)


def on_pictures(run, folder, kept, options, *, init, **rest):
  """Trains as long as a DiT would, on as many pictures a step."""
  training = fitting.exposed(run, kept)
  training.learning_rate = options.learning_rate
  return fitting.fit(
    run,
    folder,
    training,
    init=lambda key: (init(key), ()),
    kept=kept,
    read=fitting.reader(run),
    seed=run.config.seed,
    warmup=training.warmup,
    ema_decay=training.ema_decay,
    reduce_dtype=training.reduce_dtype,
    b1=options.b1,
    b2=options.b2,
    **rest,
  )


FITS = {'dit': fit_dit, 'vae': fit_vae, 'gan': fit_gan}
"""model -> ((run, folder, kept) -> its State, trained or loaded)."""
LEARNED = {'vae': vae_learned, 'gan': gan_learned}
"""model -> (run -> key -> parameters, and the objective), of pictures."""
