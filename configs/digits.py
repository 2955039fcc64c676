"""Handwritten digits: minutes on a CPU, nothing to download.

  python -m prune_dm_jax.main --config=configs/digits.py:cluster_classifier
  python -m prune_dm_jax.main --config=configs/digits.py:random \
    --config.prune_ratio=0.75 --config.seed=1
"""

from prune_dm_jax.run import defaults


def get_config(variant='cluster_classifier'):
  config = defaults.get_config(variant)
  config.data.name = 'digits'
  config.data.image_size = 16
  return config
