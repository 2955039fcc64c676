"""The card that is measured, and the share of its peak that is reached.

  MFU = FLOPs of the matrix products that the results need / seconds / peak

The peak is that of dense bfloat16 products, as the maker's data sheet has it,
whatever the type of the products that are measured.
"""

import shutil
import subprocess

import jax

from prune_dm_jax.training import pace

ASKED = 'driver_version', 'memory.total', 'power.limit', 'clocks.max.sm'


def rates(seconds, *, rows, flops=0, card=''):
  """ms and images a second; TFLOPs a second and MFU, where they are known."""
  return {'ms': 1e3 * seconds, **pace.rates(seconds, rows, flops, card)}


def jax_name():
  """What JAX calls the device that it uses."""
  return jax.devices()[0].device_kind


def driver():
  """Of the first NVIDIA card that is seen, name -> text; {} without one."""
  if not shutil.which('nvidia-smi'):
    return {}
  asked = subprocess.run(
    ['nvidia-smi', f'--query-gpu={",".join(ASKED)}', '--format=csv,noheader'],
    capture_output=True,
    text=True,
  )
  lines = asked.stdout.splitlines()
  if asked.returncode or not lines:
    return {}
  return dict(zip(ASKED, lines[0].split(', '), strict=True))
