"""The card that is measured, and the share of its peak that is reached.

  MFU = FLOPs of the matrix products that the results need / seconds / peak

The peak is that of dense bfloat16 products, as the maker's data sheet has it,
whatever the type of the products that are measured.
"""

import shutil
import subprocess

PEAKS = {
  'NVIDIA A100-PCIE-40GB': 312e12,
  'NVIDIA A100-SXM4-40GB': 312e12,
  'NVIDIA A100 80GB PCIe': 312e12,
  'NVIDIA A100-SXM4-80GB': 312e12,
  'NVIDIA H100 PCIe': 756e12,
  'NVIDIA H100 NVL': 835e12,
  'NVIDIA H100 80GB HBM3': 989e12,
  'NVIDIA H200': 989e12,
  'NVIDIA B200': 2250e12,
  'NVIDIA L4': 121e12,
  'NVIDIA L40S': 362e12,
  'NVIDIA GeForce RTX 4090': 165e12,
}
"""Name of a card, whole -> dense bfloat16 FLOPs a second."""

ASKED = 'driver_version', 'memory.total', 'power.limit', 'clocks.max.sm'


def rates(seconds, *, rows, flops=0, card=''):
  """ms and images a second; TFLOPs a second and MFU, where they are known."""
  found = dict(ms=1e3 * seconds, images_s=rows / seconds)
  if flops:
    found['tflop_s'] = flops / seconds / 1e12
  if flops and card in PEAKS:
    found['mfu'] = flops / seconds / PEAKS[card]
  return found


def jax_name():
  """What JAX calls the device that it uses."""
  import jax

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
