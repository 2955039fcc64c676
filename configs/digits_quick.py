"""Handwritten digits in a minute, half of it compilation: the whole way, with
networks half trained. For trying things out; its pictures are poor.

  python -m prune_dm_jax.main --config=configs/digits_quick.py:random
"""

from prune_dm_jax.run import defaults


def get_config(variant='cluster_classifier'):
  config = defaults.get_config(variant)
  config.data.name = 'digits'
  config.data.image_size = 16
  config.data.held_out = 0.5
  config.classifier.steps = 60
  config.judge.steps = 60
  config.autoencoder.blocks = 1
  config.autoencoder.steps = 60
  config.train.steps = 60
  config.train.batch_size = 32
  config.surrogate.steps = 40
  config.surrogate.batch_size = 32
  config.surrogate.evaluations = 4
  config.moso.num_subsets = 2
  config.moso.epochs = 2
  config.moso.checkpoints = 2
  config.bank.num_draws = 2
  config.sample.num = 100
  config.sample.step = 'euler'
  config.sample.num_steps = 5
  config.runtime.log_every = 20
  config.runtime.checkpoint_every = 10
  config.runtime.part_size = 128
  return config
