"""Handwritten digits: minutes on a CPU, nothing to download.

  python -m prune_dm_jax.main --config=configs/digits.py:cluster_classifier
  python -m prune_dm_jax.main --config=configs/digits.py:random \
    --config.prune_ratio=0.75 --config.seed=1
"""

from configs import common


def get_config(variant='cluster_classifier'):
  config = common.get_config(variant)
  config.data.name = 'digits'
  config.data.image_size = 16
  config.update(networks())
  config.update(models())
  config.update(schedules())
  return config


def networks():
  """The networks that look at pictures, and the one that codes them."""
  return dict(
    classifier=dict(seed=1, steps=300, batch_size=64, learning_rate=1e-3),
    judge=dict(
      network='judge',
      precision='',  # another that judges precision to coverage
      memorization='',  # another that judges distances to training pictures
      seed=2,
      steps=300,
      batch_size=64,
      learning_rate=1e-3,
    ),
    autoencoder=dict(
      widths=(32,),  # f = 2 ** len(widths)
      blocks=2,
      code_dim=4,
      num_codes=256,
      commitment=0.25,
      decay=0.99,
      dead_below=0.03,
      perceptual=0.0,  # weight of LPIPS
      adversarial=0.0,  # weight of what a discriminator says
      adversarial_from=0.25,  # the share of training after which it counts
      steps=500,
      batch_size=64,
      learning_rate=1e-3,
    ),
  )


def models():
  """What can generate, of which a cell trains one."""
  return dict(
    dit=dict(
      size='mini',
      patch=2,
      init='',  # a published DiT as safetensors, to start from
      conditional=True,  # False: the model is told no class
      label_dropout=0.1,
      dtype='float32',
    ),
    vae=dict(
      widths=(32, 64),
      blocks=1,
      latent_dim=16,
      beta=6.0,  # 1: the bound; neighbouring pixels here say the same
      learning_rate=2e-3,
      b1=0.9,
      b2=0.999,
    ),
    gan=dict(
      widths=(16, 32),  # a step costs what the DiT's does
      blocks=1,
      latent_dim=32,
      gamma=1.0,  # of the gradient penalties
      learning_rate=2e-3,
      b1=0.0,
      b2=0.99,
    ),
  )


def schedules():
  """How long the model and its surrogates are trained."""
  return dict(
    train=dict(
      steps=1500,
      exposure='iterations',  # epochs: fewer steps, as fewer are kept
      batch_size=64,
      learning_rate=2e-3,
      ema_decay=0.998,
    ),
    surrogate=dict(
      size='mini',
      steps=300,
      batch_size=64,
      learning_rate=2e-3,
      evaluations=10,
      num=1,
      seed=0,
    ),
    moso=dict(num_subsets=4, epochs=40, checkpoints=3),
  )
