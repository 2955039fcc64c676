"""The DiT of a configuration, which cells and surrogates train alike."""

import functools
import pathlib
import re
import types

import jax
import jax.numpy as jnp

from prune_dm_jax.features import weights
from prune_dm_jax.flow import high_noise
from prune_dm_jax.flow import path as path_lib
from prune_dm_jax.models import dit as dit_lib
from prune_dm_jax.models import official_dit
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import latents
from prune_dm_jax.training import finite


def network_of(run, size, *, attention='xla'):
  """A DiT for the latents of this configuration, not yet initialised.

  Parameters are the same by any attention; not all have the forward mode of
  MoSo. Around cuDNN's, blocks are written out, as a GPU is a sixth faster so.
  """
  options = run.config.dit
  return dit_lib.DiT(
    **dit_lib.SIZES[size],
    patch=options.patch,
    num_classes=number_of_classes(run),
    null_class=options.label_dropout > 0 or not options.conditional,
    out_channels=run.config.autoencoder.code_dim,
    dtype=options.dtype,
    attention=attention,
    unroll=attention == 'cudnn',
  )


def fastest(run, size):
  """The same, by the attention that config.dit asks for."""
  return network_of(run, size, attention=attention_of(run.config.dit))


def attention_of(options):
  """One of ATTENTIONS, by config.dit.

  By auto it is cuDNN's, where these devices have it and in its types.
  """
  if options.attention != 'auto':
    return options.attention
  capability = getattr(jax.devices()[0], 'compute_capability', '')
  nvidia = re.fullmatch(r'\d+\.\d+', capability)  # AMD's is gfx90a.
  fused = nvidia and float(capability) >= 8 and options.dtype == 'bfloat16'
  return 'cudnn' if fused else 'xla'


def number_of_classes(run):
  """Those that the model is told; none, if it is unconditional."""
  return len(run.source.class_names) if run.config.dit.conditional else 0


def latent_shape(run):
  """[h, w, D] of a picture's latent."""
  options = run.config.autoencoder
  side = run.config.data.image_size // 2 ** len(options.widths)
  return side, side, options.code_dim


@functools.lru_cache(maxsize=8)
def velocity(network):
  """(params, x, t, y) -> [B, ...]; without classes all labels mean none."""
  apart = bool(network.num_classes)
  return lambda params, x, t, y: network.apply(
    {'params': params}, x, t, y if apart else jnp.zeros_like(y)
  )


def init_of(run, network):
  """key -> parameters of a DiT for the latents of this configuration."""
  return initial(network, latent_shape(run))


@functools.lru_cache(maxsize=8)
def initial(network, shape):
  """key -> parameters of a network of latents [h, w, D]."""

  def init(key):
    example, one = jnp.zeros((1, *shape)), jnp.zeros(1)
    return network.init(key, example, one, one.astype(int))['params']

  return init


@functools.lru_cache(maxsize=8)
def without_extra(init):
  """key -> parameters, and nothing beside them."""
  return lambda key: (init(key), ())


def fresh(run, network):
  """Parameters of a DiT for the latents of this configuration, as shapes."""
  return jax.eval_shape(init_of(run, network), jax.random.key(0))


def loss_of(run, network):
  """The loss of training, (params, x, y, t, noise) -> [B]."""
  return path_lib.loss(velocity(network), path_lib.PATHS[run.config.flow.path])


def latent(batch, codebook):
  """[B, h, w, D] of the codes of a batch."""
  return codebook[batch['codes']]


def published(run, network):
  """Parameters of the file config.dit.init; None, if it names none.

  Raises:
    ValueError: The file, and what in it is not of this configuration's DiT.
  """
  if not run.config.dit.init:
    return None
  path = pathlib.Path(run.config.dit.init)
  params = official_dit.without_sigma(
    official_dit.from_official(weights.read(path)),
    channels=network.out_channels,
  )
  finite.check(params, f'{path}: ')
  given = shapes(params)
  wanted = shapes(fresh(run, network))
  for name, shape in wanted.items():
    if given[name] != shape:
      raise ValueError(
        f'{path}: {name} is {given[name]}, but the DiT of this configuration '
        f'has {shape}'
      )
  return params


def shapes(params):
  """name -> shape of each array."""
  leaves = jax.tree_util.tree_leaves_with_path(params)
  return {jax.tree_util.keystr(k): leaf.shape for k, leaf in leaves}


def learned(run, size):
  """init, objective and parts of a DiT on the latents of this configuration."""
  config, init = run.config, init_of(run, network_of(run, size))
  return dict(
    init=without_extra(init),
    objective=path_lib.objective(
      loss_of(run, fastest(run, size)),
      path_lib.TIMES[config.flow.time],
      latent=latent,
      label_dropout=config.dit.label_dropout,
      null_class=number_of_classes(run),
      high_noise=high_noise.TIMES[config.flow.time],
    ),
    parts=config.runtime.accumulate,
  )


def fit(
  run, folder, kept, *, name, size, options, seed,
  start=lambda run, network: None, reading=lambda read: read, by=fitting.fit,
  also=types.MappingProxyType({}), **rest,
):  # fmt: skip
  """Trains or loads a DiT on the latents of the kept; returns its State.

  reading(reader of latents) is what reads a batch; by is fitting.fit, or
  fitting.prepared, which trains nothing yet.
  """
  codebook = latents.codebook(run)
  return by(
    run,
    folder,
    options,
    name=name,
    **learned(run, size),
    kept=kept,
    read=lambda: reading(latents.reader(run)),
    seed=seed,
    given=lambda: (codebook,),
    params=functools.partial(start, run, network_of(run, size)),
    also={'autoencoder': latents.autoencoder_digest(run)[:16], **also},
    **rest,
  )
