"""Handwritten digits, a third of what is trained on twice: what do twins do?

  python launch/local.py --config=configs/doubled_digits.py --seeds=0,1,2,3,4 \
    --variants=unpruned,dedup,random,cluster_pixels
  python launch/local.py --config=configs/doubled_digits.py --seeds=0,1,2,3,4 \
    --variants=random,cluster_pixels --config.select.twins=drop
"""

from configs import digits_sweep


def get_config(variant='unpruned'):
  config = digits_sweep.get_config(variant)
  config.data.name = 'doubled_digits'
  return config
