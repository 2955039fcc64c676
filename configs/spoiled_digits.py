"""Handwritten digits with something to prune: does pruning pay then?

  sweep="python launch/local.py --config=configs/spoiled_digits.py --until=evaluate"
  $sweep --workdir=runs/spoiled/noisy --seeds=0,1,2,3,4 --prune_ratios=0.2,0.5 \
    --variants=unpruned,random,moderate_pixels

A fifth of what is trained on is noise and pieces of photographs. Others are
--config.data.name=mislabelled_digits, where a fifth has a wrong label,
doubled_digits, where a third is there twice, and
--config.data.name=digits --config.data.imbalance=50, where the largest class is 50
times the smallest. Held-out pictures are as they were in each.
"""

from configs import digits


def get_config(variant='unpruned'):
  config = digits.get_config(variant)
  config.data.name = 'noisy_digits'
  config.train.steps = 1000
  config.train.batch_size = 32
  config.sample.other_weights = (1.0,)
  config.runtime.checkpoint_every = 1000
  return config
