"""The networks that are trained here: what each models, and on what.

Each function trains to the end in a folder, or goes on from what it finds
there; a finished folder costs one restore. So the same call trains and loads.
"""

import functools
import zlib

import jax
import jax.numpy as jnp
import numpy as np
import optax
from clu import parameter_overview

from prune_dm_jax import artifacts
from prune_dm_jax import places
from prune_dm_jax.data import images
from prune_dm_jax.data import loader
from prune_dm_jax.features import NETWORKS
from prune_dm_jax.features import classifier as classifier_lib
from prune_dm_jax.features import lpips
from prune_dm_jax.features import weights as weights_lib
from prune_dm_jax.models import discriminator
from prune_dm_jax.models import vqvae
from prune_dm_jax.training import apply
from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import loop
from prune_dm_jax.training import step as step_lib
from prune_dm_jax.training.exposure import EXPOSURES


def key_for(seed, role):
  """One key a role, so that no two parts of a run share their draws."""
  return jax.random.fold_in(jax.random.key(seed), zlib.crc32(role.encode()))


def fit(
  run, folder, options, *, name, init, objective, kept, read, seed,
  params=lambda: None, snapshots=(), b1=0.9, b2=0.999, **rest,
):  # fmt: skip
  """Trains one network in `folder`, from params() if there are any.

  b1 and b2 are Adam's; `rest` goes to `step.train_step`.
  """
  runtime = run.config.runtime
  optimizer = optax.adamw(options.learning_rate, b1, b2, weight_decay=0)
  key = key_for(seed, name)
  create = functools.partial(
    step_lib.create, init, optimizer, jax.random.fold_in(key, 0), run.mesh
  )
  started = jax.eval_shape(create).params
  size = int(parameter_overview.count_parameters(started))
  batches = functools.partial(
    batches_from,
    kept,
    read,
    batch_size=options.batch_size,
    seed=seed,
    rows=step_lib.rows_here(run.mesh, options.batch_size),
    workers=runtime.workers,
  )
  return loop.fit(
    step_lib.train_step(objective, optimizer, mesh=run.mesh, **rest),
    create,
    batches,
    key=jax.random.fold_in(key, 1),
    mesh=run.mesh,
    directory=folder,
    name=f'{name} ({size:,} parameters)',
    num_steps=options.steps,
    checkpoint_every=runtime.checkpoint_every,
    log_every=runtime.log_every,
    fingerprints=fingerprints(run, options, kept, seed),
    begin=functools.partial(begin_with, params, run.mesh),
    snapshots=snapshots,
  )


def exposed(run, kept):
  """config.train, its steps as its exposure has them for so many kept."""
  options = run.config.train.copy_and_resolve_references()
  options.steps = EXPOSURES[options.exposure](
    options.steps, len(kept), len(run.train)
  )
  return options


def begin_with(params, mesh, state):
  """The State with the parameters that params() gives, if it gives any."""
  found = params()
  return state if found is None else step_lib.with_params(state, found, mesh)


def batches_from(kept, read, start, **options):
  return loader.batches(kept, read, start=start, **options)


def fingerprints(run, options, kept, seed):
  """What a checkpoint was trained on: another one must not go on from it."""
  return {
    'data': run.source.fingerprint,
    'kept list': artifacts.hash8(np.asarray(kept).tolist()),
    'batch size': str(options.batch_size),
    'seed': str(seed),
  }


def in_batches(run, function, read, size, *, name, workers=0):
  """`apply.in_batches` on the devices and at the batch size of the run.

  With workers, processes that read ahead, `read` must pickle.
  """
  return apply.in_batches(
    function, read, size, mesh=run.mesh, name=name,
    batch_size=run.config.runtime.batch_size,
    ahead=functools.partial(loader.ahead, workers=workers),
  )  # fmt: skip


def read_pictures(source, size, indices):
  """Training rows of a source: image [b, H, W, C] in [-1, 1], label [b]."""
  pictures = images.batch(source, indices, size=size)
  return {'image': images.to_unit(pictures), 'label': source.labels[indices]}


def reader(run):
  """indices [b] -> the run's pictures, as `read_pictures`; it pickles."""
  return functools.partial(
    read_pictures, run.source, run.config.data.image_size
  )


def picture_shape(run):
  size = run.config.data.image_size
  return size, size, run.source.image(0).shape[-1]


def classifier(run, name, folder):
  """Trains or loads a classifier; returns its `Weights`."""
  if not run.source.class_names:
    raise ValueError(
      f'the {name} is trained on classes, but this data has none; '
      'choose another backbone'
    )
  options = run.config[name]
  network = NETWORKS[name](len(run.source.class_names))
  example = jnp.zeros((1, *picture_shape(run)))
  state = fit(
    run,
    folder,
    options,
    name=name,
    init=lambda key: (network.init(key, example)['params'], ()),
    objective=classifier_lib.objective(network),
    kept=run.train,
    read=reader(run),
    seed=options.seed,
    ema_decay=0.99,
  )
  return classifier_lib.Weights(network, state.ema)


def autoencoder(run, folder):
  """Trains or loads the VQ-VAE; returns the network, params and codebook."""
  options = run.config.autoencoder
  example = jnp.zeros((1, *picture_shape(run)))
  network = vqvae.VQVAE(
    options.widths, options.blocks, options.code_dim, example.shape[-1]
  )
  codebook = vqvae.empty_codebook(options.num_codes, options.code_dim)
  terms = dict(commitment=options.commitment, perceptual=perceptual(run))
  init = lambda key: (network.init(key, example)['params'], codebook)
  absorb = functools.partial(
    vqvae.update_codebook, decay=options.decay, dead_below=options.dead_below
  )
  if options.adversarial:
    reconstruct = vqvae.reconstruct(network, **terms)
    learned = beside_discriminator(options, example, init, reconstruct, absorb)
  else:
    objective = vqvae.objective(network, **terms)
    learned = dict(init=init, objective=objective, absorb=absorb)
  state = fit(
    run,
    folder,
    options,
    name='autoencoder',
    kept=run.train,
    read=reader(run),
    seed=run.config.shared_seed,
    ema_decay=0.0,
    **learned,
  )
  params, codebook = state.params, state.extra
  if options.adversarial:
    params, codebook = params['autoencoder'], codebook.autoencoder
  return network, params, np.asarray(vqvae.codes_of(codebook))


def perceptual(run):
  """(x, x_hat) -> LPIPS [B] by its weight; None, if that is 0."""
  weight = run.config.autoencoder.perceptual
  in_colour = lambda x: jnp.broadcast_to(x, (*x.shape[:-1], 3))

  def distance(x, x_hat):
    path = places.lpips_path(run.config)  # Read where training begins.
    params = lpips.params_of(weights_lib.read(path))
    return weight * lpips.distance(params, in_colour(x), in_colour(x_hat))

  return distance if weight else None


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


def decoder(run):
  """A function of codes [B, h, w] -> pictures [B, H, W, C] in [-1, 1].

  Raises:
    ValueError: The latents are of other parameters of the autoencoder.
  """
  network, params, codes = autoencoder(run, run.paths.autoencoder)
  header = run.paths.latents / 'header.json'
  made_by = artifacts.read_json(header)['autoencoder_digest']
  if checkpoint.digest((params, codes)) != made_by:
    raise ValueError(
      f'{header}: these latents are stale, of other parameters than '
      f'{run.paths.autoencoder} has now; remove their folder to encode them '
      'again'
    )

  def decode(indices):
    latent = jnp.asarray(codes)[indices]
    return network.apply({'params': params}, latent, method='decode')

  return decode
