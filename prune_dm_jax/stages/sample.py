"""What is asked of the model of a cell, and the pictures that it makes."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from prune_dm_jax import flow
from prune_dm_jax.data import images
from prune_dm_jax.flow import guidance
from prune_dm_jax.flow import path as path_lib
from prune_dm_jax.flow import samplers
from prune_dm_jax.models import vqvae
from prune_dm_jax.report import guidance as guidance_lib
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import live
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import dit
from prune_dm_jax.stages import examples
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import guided
from prune_dm_jax.stages import latents
from prune_dm_jax.stages import sample_parts
from prune_dm_jax.stages import train
from prune_dm_jax.training import checkpoint


def build(run):
  """Where pictures by the model are: uint8 [S, H, W, C] and labels [S]."""
  cell = cells.known_folder(run)
  trained = functools.cache(functools.partial(state_of, run, cell))
  for name, weight in guided.weights(run).items():
    make = functools.partial(draw_all, guided.by(run, weight), trained)
    artifacts.build_together(cell / name, make, settle=damage.refuse)
  found = cell / guidance_lib.FIRST
  last = lambda: damage.map_array(found / 'images.npy')[-live.NUMBER :]
  live.show('The last samples', last)
  return found


def state_of(run, cell):
  """The State of the cell's model."""
  model = run.config.model
  return train.FITS[model](run, cell / model, examples.of_cell(cell))


def draw_all(run, trained, folder):
  """What `write` says, by the State trained()."""
  state = trained()
  write(run, *SAMPLERS[run.config.model](run, state.ema), state, folder)


def write(run, draw, params, state, folder):
  """images.npy uint8 [S, H, W, C], labels.npy [S] and settings.json."""
  labels = asked_labels(run)
  call = fitting.compiled(
    functools.partial(in_range, draw), params, name='samples', mesh=run.mesh
  )
  name = checkpoint.digest(state.ema)[:16]
  pictures, fine, evaluations = sample_parts.drawn(
    run, call, labels, folder, name=name
  )
  if not fine.all():
    raise ValueError(
      f'sample {int(np.argmin(fine))} of {len(labels)} is not finite; a smaller '
      'config.sample.guidance_weight or a lower learning rate of the model, in '
      'another --workdir, would do'
    )
  artifacts.write_array(folder / 'images.npy', pictures)
  artifacts.write_array(folder / 'labels.npy', labels)
  facts = settings(run, state) | spent(evaluations)
  artifacts.write_json(folder / 'settings.json', facts)
  sample_parts.drop(folder)


def in_range(draw, params, batch):
  """uint8 [B, H, W, C] pictures, [B] if they were finite before, [B] passes."""
  pictures, evaluations = draw(params, batch)
  fine = jnp.isfinite(pictures).all(axis=(1, 2, 3))
  return images.to_uint8(pictures), fine, evaluations


def asked_labels(run):
  """[S] labels from the unpruned distribution, the same in every cell."""
  options = run.config.sample
  key = fitting.key_for(options.seed, 'labels')
  drawn = jax.random.randint(key, (options.num,), 0, len(run.train))
  return run.source.labels[run.train[np.asarray(drawn)]]


def dit_sampler(run, params):
  """The DiT's, with the codebook and the decoder among its parameters."""
  decode, of_decoder = latents.decoder(run)
  return by_dit(run, decode), (params, latents.codebook(run), of_decoder)


def by_dit(run, decode):
  """((params, codebook, decoder's), batch) -> pictures, evaluations [B]."""
  options, solve = run.config.sample, solver(run)
  velocity = dit.velocity(dit.fastest(run, run.config.dit.size))

  def draw(trained, batch):
    params, codebook, of_decoder = trained
    guided = guidance.GUIDANCE[options.guidance](
      functools.partial(velocity, params),
      batch['label'],
      weight=options.guidance_weight,
      null_class=dit.number_of_classes(run),
    )
    x, evaluations = solve(guided, batch['index'])
    fine = jnp.isfinite(x).all(axis=(1, 2, 3), keepdims=True)
    pictures = decode(of_decoder, vqvae.nearest(x, codebook))
    return jnp.where(fine, pictures, jnp.nan), evaluations

  return draw


def solver(run):
  """(velocity, index [B]) -> latents [B, h, w, D], and evaluations [B].

  All noise of a sample is by its index, so that no other one matters to it.
  """
  options, shape = run.config.sample, dit.latent_shape(run)
  own = flow.SOLVERS[options.step]
  begin = fitting.key_for(options.seed, 'sample')
  later = fitting.key_for(options.seed, 'steps of a sample')
  path = path_lib.PATHS[run.config.flow.path]
  keys = {name: options[name] for name in own.keys}

  def solve(velocity, index):
    noise = lambda key: samplers.noise_at(key, index, shape)
    at_step = lambda i: noise(jax.random.fold_in(later, i))
    return own.integrate(velocity, noise(begin), at_step, path=path, **keys)

  return solve


def vae_sampler(run, params):
  network = train.vae_network(run)
  decode = functools.partial(network.apply, method='decode')
  return in_one_pass(run, decode, network.latent_dim), params


def gan_sampler(run, params):
  generator, _ = train.gan_networks(run)
  draw = in_one_pass(run, generator.apply, generator.latent_dim)
  return draw, params['generator']


def in_one_pass(run, decode, latent_dim):
  """A draw by decode({'params'}, z [B, L], labels [B]) -> pictures.

  z are of N(0, temperature^2 I), in which less makes what is likelier.
  """
  key = fitting.key_for(run.config.sample.seed, 'sample')
  temperature = run.config[run.config.model].temperature
  noise = lambda index: samplers.noise_at(key, index, (latent_dim,))

  def draw(params, batch):
    index, labels = batch['index'], batch['label']
    z = temperature * noise(index)
    pictures = decode({'params': params}, z, labels)
    return pictures, jnp.ones(len(pictures), int)

  return draw


def settings(run, state):
  """How the pictures were drawn, and from which parameters."""
  asked = run.config.sample.to_dict()
  if run.config.model == 'dit':
    keys = flow.SOLVERS[asked['step']].keys
    names = ('num', 'step', *keys, 'guidance', 'guidance_weight', 'seed')
  else:  # It has no steps, and nothing to guide.
    asked['temperature'] = run.config[run.config.model].temperature
    names = ('num', 'temperature', 'seed')
  asked = {name: asked[name] for name in names}
  return dict(
    **asked,
    checkpoint_step=int(state.step),
    parameters_digest=checkpoint.digest(state.params),
    ema_digest=checkpoint.digest(state.ema),
  )


def spent(evaluations):
  """Passes of the network for a sample, of [S] of them."""
  mean, most = float(evaluations.mean()), int(evaluations.max())
  return {'evaluations': {'mean': mean, 'most': most}}


SAMPLERS = {'dit': dit_sampler, 'vae': vae_sampler, 'gan': gan_sampler}
"""model -> ((run, params) -> draw, params).

draw(params, {index, label} [B]) -> pictures [B, H, W, C] in [-1, 1], and how
often the network was run for each [B].
"""
