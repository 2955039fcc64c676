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
from prune_dm_jax.stages import dynamic
from prune_dm_jax.stages import examples
from prune_dm_jax.stages import fitting


def build(run):
  """Where the model is, trained on what was kept, or as its manifest has it."""
  return build_by(run, functools.partial(FITS[run.config.model], run))


def build_by(run, fit):
  """The same, by fit(folder, trained)."""
  cell = cells.known_folder(run)
  inputs.note(cell, inputs.of_training(run.config))
  trained = examples.of_cell(cell)
  warn_of_empty_classes(run, trained.index)
  make = functools.partial(fit, trained=trained)
  path = cell / run.config.model
  return artifacts.build_together(path, make, settle=damage.reopen)


def warn_of_empty_classes(run, kept):
  """Warns of the classes that training will never see."""
  labels = run.source.labels
  missing = np.setdiff1d(labels[run.train], labels[kept])
  if len(missing) and run.config.dit.conditional:
    names = ', '.join(run.source.class_names[i] for i in missing)
    logging.warning('no example is kept of class %s, yet it is sampled', names)


def fit_dit(run, folder, trained, by=fitting.fit):
  """Trains or loads the DiT on latents of a Trained; returns its State."""
  config = run.config
  return dit.fit(
    run,
    folder,
    trained.index,
    name='dit',
    size=config.dit.size,
    start=dit.published,
    reading=functools.partial(examples.reader, trained),
    options=fitting.exposed(run, trained.weight.sum()),
    seed=config.seed,
    by=dynamic.fit if config.train.dynamic else by,
    **told(trained),
    **schedule(config.train),
  )


def told(trained):
  """What `fitting.fit` is told of a Trained, beside its index."""
  also = examples.fingerprints(trained)
  return {'weights': examples.weights(trained), 'also': also}


def schedule(options):
  """What `fitting.program` is given of config.train, whatever the model is."""
  return {key: options[key] for key in ('warmup', 'ema_decay', 'reduce_dtype')}


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


def vae_learned(run):
  """key -> parameters, and the objective, of this configuration's VAE."""
  network = vae_network(run)
  return vae.init(network), vae.objective(network, beta=run.config.vae.beta)


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


def gan_learned(run):
  """key -> parameters, and the objective, of this configuration's GAN."""
  both = gan_networks(run)
  return gan.init(*both), gan.objective(*both, gamma=run.config.gan.gamma)


LEARNED = {'vae': vae_learned, 'gan': gan_learned}


def learned(run):
  """What `fitting.program` is given of the VAE or the GAN."""
  config, own = run.config, run.config[run.config.model]
  init, objective = LEARNED[config.model](run)
  return dict(
    init=lambda key: (init(key), ()), objective=objective, b1=own.b1, b2=own.b2,
    **schedule(config.train),
  )  # fmt: skip


def fit_on_pictures(run, folder, trained, by=fitting.fit):
  """Trains or loads a VAE or a GAN on pictures of a Trained; returns its State.

  As long as a DiT would be trained, on as many pictures a step.
  """
  model, options = run.config.model, fitting.exposed(run, trained.weight.sum())
  options.learning_rate = run.config[model].learning_rate
  return by(
    run,
    folder,
    options,
    name=model,
    kept=trained.index,
    read=functools.partial(fitting.reader, run),
    seed=run.config.seed,
    **told(trained),
    **learned(run),
  )


FITS = {'dit': fit_dit, 'vae': fit_on_pictures, 'gan': fit_on_pictures}
"""model -> ((run, folder, trained) -> its State, trained or loaded).

By fitting.prepared, as a last argument, it is what training would be given.
"""
