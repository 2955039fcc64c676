"""Handwritten digits, a fifth of what is trained on blurred: what is to be done
with those, keep, drop, or use them at high noise alone?

  run="python -m prune_dm_jax.main --config=configs/blurred_digits.py"
  $run:unpruned
  grep -v blurred runs/blurred_digits/unpruned-0-seed0/kept.txt > sharp.txt
  $run:random --config.select.file=sharp.txt
  $run:random --config.select.file=sharp.txt --config.select.pruned=high_noise

and likewise with --config.select.noise_from=0.8, and --config.seed=1.
"""

from configs import digits_sweep


def get_config(variant='unpruned'):
  config = digits_sweep.get_config(variant)
  config.data.name = 'blurred_digits'
  return config
