"""Handwritten digits: minutes on a CPU, nothing to download.

  python -m prune_dm_jax.main --config=configs/digits.py:cluster_classifier
  python -m prune_dm_jax.main --config=configs/digits.py:random \
    --config.prune_ratio=0.75 --config.seed=1
"""

import ml_collections

from configs import common


def get_config(variant='cluster_classifier'):
  config = common.get_config(variant)
  config.data.name = 'digits'
  config.data.image_size = 16
  training = lambda **values: ml_collections.ConfigDict(values)
  config.classifier = training(
    seed=1, steps=300, batch_size=64, learning_rate=1e-3
  )
  config.judge = training(
    network='judge',
    precision='',  # another that judges precision to coverage
    memorization='',  # another that judges distances to training pictures
    seed=2,
    steps=300,
    batch_size=64,
    learning_rate=1e-3,
  )
  config.autoencoder = training(
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
  )
  config.dit = training(
    size='mini',
    patch=2,
    init='',  # a published DiT as safetensors, to start from
    conditional=True,  # False: the model is told no class
    label_dropout=0.1,
    dtype='float32',
  )
  config.vae = training(
    widths=(32, 64),
    blocks=1,
    latent_dim=16,
    beta=6.0,  # 1: the bound; neighbouring pixels here say the same
    learning_rate=2e-3,
    b1=0.9,
    b2=0.999,
  )
  config.gan = training(
    widths=(16, 32),  # a step costs what the DiT's does
    blocks=1,
    latent_dim=32,
    gamma=1.0,  # of the gradient penalties
    learning_rate=2e-3,
    b1=0.0,
    b2=0.99,
  )
  config.train = training(
    steps=1500,
    exposure='iterations',  # epochs: fewer steps, as fewer are kept
    batch_size=64,
    learning_rate=2e-3,
    ema_decay=0.998,
  )
  config.surrogate = training(
    size='mini',
    steps=300,
    batch_size=64,
    learning_rate=2e-3,
    evaluations=10,
    num=1,
    seed=0,
  )
  config.moso = training(num_subsets=4, epochs=40, checkpoints=3)
  return config
