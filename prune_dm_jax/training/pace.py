"""How fast a training is, and how much of its time it waits for batches.

  images_s    examples of the global batch / seconds
  input_wait  the share of the seconds in which all steps were done, and the
              next batch was not there
  tflop_s     10^12 FLOPs of the products of a step, on one device / seconds
  mfu         these, of the most that the device has in dense bfloat16

All since the line before, checkpoints among it. The first step, for which XLA
compiles, is not counted.
"""

import time

import jax

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
  'TPU v4': 275e12,
  'TPU v5 lite': 197e12,
  'TPU v5': 459e12,
  'TPU v6 lite': 918e12,
}
"""What JAX calls a device -> its dense bfloat16 FLOPs a second, as its maker
says."""


class Pace:
  """Of the steps since the line before.

  flops: (state, batch) -> FLOPs of a step on one device, 0 if nobody knows;
    asked once, after the first.
  """

  def __init__(self, flops, clock=time.monotonic):
    self.count, self.clock = flops, clock
    self.flops, self.last = 0, None
    self.forget()

  def forget(self):
    self.began, self.waited, self.steps, self.rows = self.clock(), 0.0, 0, 0

  def timed(self, batches):
    """The same batches, whose waits are counted."""
    asked = self.clock()
    for batch in batches:
      if self.last is not None and self.last.is_ready():
        self.waited += self.clock() - asked
      yield batch
      asked = self.clock()

  def add(self, state, batch, seen):
    """Counts a step, which may still be at work, by its `finite.Seen`."""
    first, self.last = self.last is None, seen.loss
    if first:
      self.flops = self.count(state, batch)
      jax.block_until_ready(seen)
      self.forget()
    else:
      self.steps, self.rows = self.steps + 1, self.rows + len(seen.losses)

  def read(self):
    """name -> number, when all steps are done; of the next ones from now on."""
    seconds, found = self.clock() - self.began, {}
    if self.steps:
      kind = jax.devices()[0].device_kind
      found = rates(seconds, self.rows, self.flops * self.steps, kind)
      found['input_wait'] = self.waited / seconds
    self.forget()
    return found


def rates(seconds, rows, flops, kind):
  """images_s; tflop_s and mfu where FLOPs, and the peak of a kind, are known."""
  found = {'images_s': rows / seconds}
  if flops:
    found['tflop_s'] = flops / seconds / 1e12
  if flops and kind in PEAKS:
    found['mfu'] = flops / seconds / PEAKS[kind]
  return found


def words(found):
  """What `Pace.read` found, as a line of the log has it."""
  said = {
    'images_s': '{:,.1f} images/s',
    'input_wait': 'input wait {:.0%}',
    'tflop_s': '{:.3g} TFLOP/s a device',
    'mfu': 'MFU {:.1%}',
  }
  return ''.join(
    f', {text.format(found[name])}'
    for name, text in said.items()
    if name in found
  )
