"""Accelerators by name, whether they are here or not: --topology.

  h100:4  h100:8x8 (hosts x GPUs)  v4:2x2x1  v5e:2x2  v5p:2x2x1  v6e:4x4
  cpu:4  here

Peaks are the vendors' for dense matrix products, bfloat16 and float32 as XLA
multiplies it (TF32 on GPUs, bfloat16 passes on TPUs); memory is what XLA gives a
program. h100.txtpb describes an H100 SXM to XLA; its numbers are those of OpenXLA's
h100_sxm.txtpb (Apache 2.0), but for versions of the driver and CUDA.
"""

import math
import os
import pathlib
import re
import time
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import topologies
from jax.sharding import AbstractMesh
from jax.sharding import AxisType

from prune_dm_jax.run import machine
from prune_dm_jax.training import pace

GIB = 2**30
TARGET = pathlib.Path(__file__).with_name('h100.txtpb')


class Chip(NamedTuple):
  """One device, as its maker has it."""

  kind: str
  """As device.device_kind begins."""
  gib: float
  """Of its memory, what a program may have at most."""
  bfloat16: float
  """Peak, in TFLOP/s."""
  float32: float
  platform: str


def chip(kind, gib, float32, platform, *, called=''):
  """A Chip of `pace.PEAKS`, where it is called as it is in full."""
  peak = pace.PEAKS[called or kind] / 1e12
  return Chip(kind, gib, peak, float32, platform)


CHIPS = {
  'h100': chip('NVIDIA H100', 79.1, 495, 'gpu', called='NVIDIA H100 80GB HBM3'),
  'h200': chip('NVIDIA H200', 139.8, 495, 'gpu'),
  'a100': chip('NVIDIA A100-SXM4-80GB', 79.1, 156, 'gpu'),
  'v4': chip('TPU v4', 30.75, 275, 'tpu'),
  'v5e': chip('TPU v5 lite', 15.75, 197, 'tpu'),
  'v5p': chip('TPU v5', 95.74, 459, 'tpu'),
  'v6e': chip('TPU v6 lite', 31.25, 918, 'tpu'),
}


class Topology(NamedTuple):
  """Devices that a run would have."""

  name: str
  number: int
  chip: Chip
  share: float
  """Of a device's memory that JAX takes, see XLA_PYTHON_CLIENT_MEM_FRACTION."""

  @property
  def whole(self):
    """Bytes of a device's memory."""
    return self.chip.gib * GIB

  @property
  def room(self):
    """Of these, what a program may have."""
    return self.whole * self.share

  @property
  def mesh(self):
    """A `data` mesh of devices that need not be there."""
    return AbstractMesh((self.number,), ('data',), axis_types=(AxisType.Auto,))

  def peak(self, dtype):
    """FLOP/s of all devices together."""
    return self.number * 1e12 * getattr(self.chip, dtype)


def named(name):
  """The Topology of a name; ValueError of one that there is not."""
  kind, _, shape = name.partition(':')
  if kind == 'here' and not shape:
    return here()
  if not re.fullmatch(r'[1-9]\d*(x[1-9]\d*)*', shape) or (
    kind not in (*CHIPS, 'cpu')
  ):
    raise ValueError(
      f'--topology={name} is none; write here, or one of '
      f'{", ".join((*CHIPS, "cpu"))} with its shape, as h100:4, h100:8x8 (hosts '
      'x GPUs), v5e:2x2 or cpu:4'
    )
  number = math.prod(map(int, shape.split('x')))
  own = cpu(number) if kind == 'cpu' else CHIPS[kind]
  return Topology(name, number, own, share(own.platform))


def here():
  """The devices of this machine."""
  device, number = jax.devices()[0], jax.device_count()
  if device.platform == 'cpu':
    return Topology('here', number, cpu(number), 1.0)
  own = known(device.device_kind)
  own = own or Chip(device.device_kind, 0.0, 0.0, 0.0, device.platform)
  limit = (device.memory_stats() or {}).get('bytes_limit', 0)
  if limit:  # What is left of it when JAX has taken its share.
    return Topology('here', number, own._replace(gib=limit / GIB), 1.0)
  return Topology('here', number, own, share(own.platform))


def known(kind):
  """The Chip whose kind a device_kind begins with; the longest, None if none."""
  found = [own for own in CHIPS.values() if kind.startswith(own.kind)]
  return max(found, key=lambda own: len(own.kind), default=None)


def share(platform):
  """Of a device's memory, what JAX takes; three quarters of a GPU's by default."""
  if platform != 'gpu':
    return 1.0
  return float(os.environ.get('XLA_PYTHON_CLIENT_MEM_FRACTION', 0.75))


def cpu(number):
  """This machine as `number` devices, at the speed that products have on it."""
  each = measured() / number
  return Chip('cpu', machine.memory() / GIB / number, each, each, 'cpu')


def measured(side=1024, rounds=3):
  """TFLOP/s of float32 products on the CPUs that are here, the best of a few."""
  with jax.default_device(jax.devices('cpu')[0]):
    a = jnp.asarray(np.ones((side, side), np.float32))
    product = jax.jit(lambda a: a @ a)
    seconds = []
    for _ in range(rounds + 1):  # The first one compiles.
      began = time.perf_counter()
      product(a).block_until_ready()
      seconds.append(time.perf_counter() - began)
  return 2 * side**3 / min(seconds) / 1e12


def devices(topology):
  """Devices for which XLA compiles, of a topology that need not be here.

  Raises:
    ValueError: What compiles for it is not installed, or knows it not.
  """
  kind, _, shape = topology.name.partition(':')
  if kind == 'here':
    return jax.devices()
  if kind == 'cpu':
    return forced(topology)
  if kind in ('h200', 'a100'):
    raise ValueError(
      f'--topology={topology.name}: only h100 among GPUs is described to XLA '
      'here; leave out --compile, or take h100'
    )
  asked = dict(platform='tpu', topology_name=topology.name)
  if kind == 'h100':
    hosts, _, each = shape.rpartition('x')
    asked = dict(
      platform='cuda', topology_name='', target_config=TARGET.read_text(),
      topology=f'1x{hosts or 1}x{each}',
    )  # fmt: skip
  ask_for_no_device()
  try:
    return topologies.get_topology_desc(**asked).devices
  except Exception as error:
    why = next(iter(str(error).splitlines()), '') or type(error).__name__
    raise ValueError(
      f'--topology={topology.name} --compile: {why}; {plugin(kind)}, or leave '
      'out --compile for an estimate'
    ) from None


def ask_for_no_device():
  """From now on plugins are there to compile, where their devices are not."""
  for name in ('JAX_SKIP_CUDA_CONSTRAINTS_CHECK', 'TPU_SKIP_MDS_QUERY'):
    os.environ.setdefault(name, '1')


def plugin(kind):
  """What compiles for a kind of device, and needs none."""
  if kind == 'h100':
    version = jax.__version__
    return (
      f'`pip install --no-deps jax-cuda13-plugin=={version} '
      f'jax-cuda13-pjrt=={version}` compiles without a GPU'
    )
  return "`pip install -e '.[tpu]'` compiles without a TPU"


def forced(topology):
  """So many devices of this CPU."""
  found = jax.devices('cpu')
  if len(found) < topology.number:
    raise ValueError(
      f'--topology={topology.name} --compile: this process has {len(found)} '
      'CPU devices; XLA_FLAGS=--xla_force_host_platform_device_count='
      f'{topology.number} makes more'
    )
  return found[: topology.number]
