"""Handwritten digits: minutes on a CPU, nothing to download.

  python -m prune_dm_jax.main --config=configs/digits.py:cluster_classifier
  python -m prune_dm_jax.main --config=configs/digits.py:random \
    --config.prune_ratio=0.75 --config.seed=1

How each model trains and samples was chosen on another split, of
--config.shared_seed=1; docs/measured.md has the tries.
"""

from prune_dm_jax.run import defaults


def get_config(variant='cluster_classifier'):
  config = defaults.get_config(variant)
  config.data.name = 'digits'
  config.data.image_size = 16
  config.flow.time = 'logit_normal'
  config.train.learning_rate = 4e-3
  config.train.warmup = 100
  config.gan.temperature = 1.2
  config.sample.guidance_weight = 1.25
  config.sample.num_steps = 8
  return config
