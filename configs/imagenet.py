"""ImageNet at 256x256, class-conditional, as in the paper.

  python -m prune_dm_jax.main --config=configs/imagenet.py:random \
    --config.data.path=PATH

`:random,small` runs the same way on a CPU, from a small folder of the same
layout; give it a --workdir of its own. PATH is any layout that
`prune-dm data PATH` knows. Validation pictures are held out.
"""

from configs import common
from configs import small
from prune_dm_jax.run import defaults

BACKBONES = ('clip', 'dino')
"""Whose clusters a sweep has."""


def get_config(argument='random'):
  variant, shrunk = common.parts(argument)
  config = defaults.get_config(variant)
  config.data.name = 'imagenet'
  config.data.image_size = 256
  config.data.held_out = 0.04  # Without official validation pictures.
  config.score.num_clusters = 1000
  config.score.kmeans = 'jax'
  config.update(networks())
  config.update(models())
  config.update(schedules())
  config.sample.num = 12_800
  config.runtime.checkpoint_every = 5000
  config.runtime.workers = 8
  if shrunk:
    config.judge.update(network='judge', precision='', memorization='')
    small.shrink(config)
  return config


def networks():
  """The networks that look at pictures, and the one that codes them."""
  return dict(
    classifier=dict(seed=1, steps=100_000, batch_size=256, learning_rate=1e-3),
    judge=dict(
      network='inception',
      precision='vgg16',
      memorization='clip',
      seed=2,
      steps=100_000,
      batch_size=256,
      learning_rate=1e-3,
    ),
    autoencoder=dict(
      widths=(64, 128, 256),  # f = 8: 32x32 codes
      blocks=2,
      code_dim=8,
      num_codes=16384,  # The paper does not say.
      commitment=0.25,
      decay=0.99,
      dead_below=0.03,
      perceptual=0.0,  # VQGAN: 1.0, with the weights of LPIPS
      adversarial=0.0,  # VQGAN: 0.8, made smaller or larger as it trains
      adversarial_from=0.25,
      steps=200_000,
      batch_size=64,
      learning_rate=1e-4,
    ),
  )


def models():
  """What can generate, of which a cell trains one."""
  return dict(
    dit=dict(
      size='XL',
      patch=2,
      init='',
      conditional=True,
      label_dropout=0.1,
      dtype='bfloat16',
      attention='auto',  # cuDNN's on a GPU, where a step takes two thirds
    ),
    vae=dict(
      widths=(64, 128, 256, 512, 512, 512),  # from a grid of 4x4
      blocks=2,
      latent_dim=512,
      beta=1.0,
      learning_rate=1e-4,
      b1=0.9,
      b2=0.999,
    ),
    gan=dict(
      widths=(64, 128, 256, 512, 512, 512),
      blocks=2,
      latent_dim=128,
      gamma=1.0,
      learning_rate=1e-4,
      b1=0.0,
      b2=0.99,
    ),
  )


def schedules():
  """How long the model and its surrogates are trained."""
  return dict(
    train=dict(
      steps=120_000,
      exposure='iterations',
      batch_size=256,
      learning_rate=1e-4,
      ema_decay=0.9999,
    ),
    surrogate=dict(
      size='S',
      steps=20_000,
      batch_size=256,
      learning_rate=1e-4,
      evaluations=10,
      num=1,
      seed=0,
    ),
    moso=dict(num_subsets=4, epochs=4, checkpoints=3),
  )
