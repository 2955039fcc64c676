"""Noto emoji: 3,786 in colour, of ten categories with a long tail, on a CPU.

  npm pack emoji-datasource-google@16.0.0
  tar -xzf emoji-datasource-google-16.0.0.tgz
  python -m prune_dm_jax.main --config=configs/emoji.py:cluster_pixels \
    --config.data.path=package

Without npm, `curl -O` the same file from
https://registry.npmjs.org/emoji-datasource-google/-/emoji-datasource-google-16.0.0.tgz

`:cluster_pixels,small` takes minutes. Of the categories People & Body has 2,261
emoji, Activities 85 and Component 5: --config.data.imbalance stays 1. They are
64 pixels wide, and halved here.
"""

from configs import common
from configs import small
from prune_dm_jax.run import defaults

BACKBONES = ('lite0', 'pixels')
"""Whose clusters a sweep has."""


def get_config(argument='cluster_pixels'):
  variant, shrunk = common.parts(argument)
  config = defaults.get_config(variant)
  config.data.name = 'emoji'
  config.data.image_size = 32
  config.score.num_clusters = 24
  for name in ('classifier', 'judge'):
    config[name].update(steps=600, batch_size=32)
  config.autoencoder.update(  # f = 4: 8x8 codes
    widths=(32, 64), blocks=1, num_codes=1024, steps=1000, batch_size=32
  )
  config.train.update(steps=2000, batch_size=32)
  config.surrogate.steps = 500
  config.runtime.checkpoint_every = 500
  return small.shrink(config) if shrunk else config
