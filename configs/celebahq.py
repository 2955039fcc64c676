"""CelebA-HQ at 256x256, unconditional, as in the paper.

  python -m prune_dm_jax.main --config=configs/celebahq.py:random \
    --config.data.path=PATH

`:random,small` runs the same way on a CPU, from a small folder of the same
layout; give it a --workdir of its own. Of 30,000 faces 2,000 are held out, by
the lowest hashes of shared_seed and key.
"""

from configs import common
from configs import imagenet
from configs import small

BACKBONES = ('clip', 'dino')
"""Whose clusters a sweep has."""


def get_config(argument='random'):
  variant, shrunk = common.parts(argument)
  config = imagenet.get_config(variant)
  config.data.name = 'celebahq'
  config.data.held_out = 1 / 15  # 2,000 of 30,000
  config.score.num_clusters = 24
  config.score.kmeans = 'scikit-learn'
  config.autoencoder.code_dim = 4
  config.autoencoder.num_codes = 8192  # The paper does not say.
  config.autoencoder.steps = 100_000
  config.dit.conditional = False
  config.dit.label_dropout = 0.0
  config.train.steps = 220_000
  config.train.batch_size = 32
  config.surrogate.batch_size = 32
  config.sample.num = 4000
  config.runtime.crops = True  # 5.9 GB
  if shrunk:
    config.judge.update(network='pixels', precision='', memorization='')
    small.shrink(config)
  return config
