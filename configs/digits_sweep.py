"""Handwritten digits, small enough for sweeps: a cell takes under 45 seconds on
two CPU cores once the shared parts are there.

  python launch/local.py --config=configs/digits_sweep.py --variants=paper \
    --prune_ratios=0.25,0.5,0.75,0.9 --seeds=0,1,2
"""

from prune_dm_jax.run import defaults


def get_config(variant='cluster_classifier'):
  config = defaults.get_config(variant)
  config.data.name = 'digits'
  config.data.image_size = 16
  config.train.steps = 1000
  config.train.batch_size = 32
  config.train.ema_decay = 0.995
  config.sample.num_steps = 8
  config.runtime.checkpoint_every = 300
  return config
