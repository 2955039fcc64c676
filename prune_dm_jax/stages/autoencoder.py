"""The VQ-VAE, trained on the training split: pictures as few codes."""

import functools

import jax.numpy as jnp
import numpy as np

from prune_dm_jax.features import lpips
from prune_dm_jax.features import weights as weights_lib
from prune_dm_jax.models import discriminator
from prune_dm_jax.models import vqvae
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.stages import fitting


def build(run):
  """Where the trained VQ-VAE is."""
  make = functools.partial(fit, run)
  return artifacts.build_together(
    run.paths.autoencoder, make, settle=damage.reopen
  )


def fit(run, folder):
  """Trains or loads the VQ-VAE; returns the network, params and codebook."""
  options = run.config.autoencoder
  state = fitting.fit(
    run,
    folder,
    options,
    name='autoencoder',
    kept=run.train,
    read=functools.partial(fitting.reader, run),
    seed=run.config.shared_seed,
    given=functools.partial(of_lpips, run),
    **learned(run),
  )
  params, codebook = state.params, state.extra
  if options.adversarial:
    params, codebook = params['autoencoder'], codebook.autoencoder
  return network_of(run), params, np.asarray(vqvae.codes_of(codebook))


def network_of(run):
  """The VQ-VAE of this configuration, not yet initialised."""
  options = run.config.autoencoder
  return vqvae.VQVAE(
    options.widths, options.blocks, options.code_dim,
    fitting.picture_shape(run)[-1],
  )  # fmt: skip


def learned(run):
  """What `fitting.program` is given of this configuration's VQ-VAE."""
  options, network = run.config.autoencoder, network_of(run)
  example = jnp.zeros((1, *fitting.picture_shape(run)))
  codebook = vqvae.empty_codebook(options.num_codes, options.code_dim)
  terms = dict(commitment=options.commitment, perceptual=perceptual(run))
  init = lambda key: (network.init(key, example)['params'], codebook)
  absorb = functools.partial(
    vqvae.update_codebook, decay=options.decay, dead_below=options.dead_below
  )
  if options.adversarial:
    reconstruct = vqvae.reconstruct(network, **terms)
    found = beside_discriminator(options, example, init, reconstruct, absorb)
  else:
    objective = vqvae.objective(network, **terms)
    found = dict(init=init, objective=objective, absorb=absorb)
  return {**found, 'ema_decay': 0.0}


def perceptual(run):
  """(x, x_hat, params) -> LPIPS [B] by its weight; None, if that is 0."""
  weight = run.config.autoencoder.perceptual
  in_colour = lambda x: jnp.broadcast_to(x, (*x.shape[:-1], 3))

  def distance(x, x_hat, params):
    return weight * lpips.distance(params, in_colour(x), in_colour(x_hat))

  return distance if weight else None


def of_lpips(run):
  """What `perceptual` is given: the parameters of LPIPS, or nothing."""
  if not run.config.autoencoder.perceptual:
    return ()
  path = paths_lib.lpips_path(run.config)
  return (lpips.params_of(weights_lib.read(path)),)


def beside_discriminator(options, example, init, reconstruct, absorb):
  """init, objective and absorb of an autoencoder and its discriminator."""
  network = discriminator.Discriminator(options.widths)
  return dict(
    init=discriminator.init(network, init, example),
    objective=discriminator.objective(
      network,
      reconstruct,
      weight=options.adversarial,
      start=round(options.adversarial_from * options.steps),
    ),
    absorb=discriminator.absorb(absorb),
  )
