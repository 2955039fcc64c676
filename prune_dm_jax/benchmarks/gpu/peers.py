"""A step of training of the same DiT in PyTorch, eager and compiled.

As who trains there would have it: autocast to bfloat16, fused AdamW, a moving
average by one foreach. The share of the peak counts the same products as ours.
"""

import time

import jax

from prune_dm_jax.benchmarks.gpu import card
from prune_dm_jax.benchmarks.gpu import facts


def torch_xl(part):
  measure(part, 'mini' if part.tiny else 'XL', 8, 4 if part.tiny else 64)


def torch_s(part):
  measure(part, 'mini' if part.tiny else 'S', 4, 4 if part.tiny else 256)


def measure(part, size, channels, batch):
  """Says what a step takes, compiled first: it is the stronger one."""
  jax.config.update('jax_platforms', 'cpu')  # It counts; the card is torch's.
  try:
    import torch
  except ImportError:
    why = "torch is not installed; it comes with pip install -e '.[torch]'"
    facts.say(part, f'DiT-{size}/2', skipped=why)
    return
  for how in ('eager',) if part.tiny else ('torch.compile', 'eager'):
    about = dict(dtype='bfloat16', batch=batch, torch=torch.__version__)
    what = f'DiT-{size}/2, {how}'
    with facts.attempt(part, what, **about):
      found = measured(size, channels, batch, 8 if part.tiny else 32, how)
      facts.say(part, what, **about, **found)


def measured(size, channels, batch, side, how):
  """What a step takes."""
  import torch

  from prune_dm_jax.benchmarks import networks

  on_card = torch.cuda.is_available()
  name = torch.cuda.get_device_name() if on_card else ''
  wait = torch.cuda.synchronize if on_card else lambda: None
  step = step_of(size, channels, batch, side, how, 'cuda' if on_card else 'cpu')
  first = timed(step, 3, wait)
  seconds = timed(step, 15 if on_card else 3, wait) / (15 if on_card else 3)
  flops = networks.gradient_flops(size, channels, batch, side)
  found = card.rates(seconds, rows=batch, flops=flops, card=name)
  if on_card:
    found['peak_gib'] = torch.cuda.max_memory_allocated() / 2**30
  return dict(**found, first_three_s=first)


def timed(step, number, wait):
  """Seconds of so many steps."""
  began = time.perf_counter()
  for _ in range(number):
    step()
  wait()
  return time.perf_counter() - began


def step_of(size, channels, batch, side, how, device):
  """() -> None: a step of flow matching on noise that is drawn there."""
  import torch

  from prune_dm_jax.benchmarks import networks
  from prune_dm_jax.benchmarks import torch_peers
  from prune_dm_jax.benchmarks import torch_train

  torch.set_float32_matmul_precision('high')
  options = networks.options(size, channels)
  module = torch_peers.dit(**options, channels=channels, image_size=side)
  module = module.to(device)
  x = torch.randn(batch, side, side, channels, device=device)
  y = torch.randint(0, networks.CLASSES, (batch,), device=device)
  loss = loss_of(module, device)
  loss = torch.compile(loss) if how == 'torch.compile' else loss
  return torch_train.stepper(module, lambda: loss(x, y), fused=device == 'cuda')


def loss_of(module, device):
  """(x [B, H, W, C], y [B]) -> the mean loss, at times and noise of its own."""
  import torch

  def loss(x, y):
    t, noise = torch.rand(len(x), device=device), torch.randn_like(x)
    wide = t[:, None, None, None]
    with torch.autocast(device, torch.bfloat16):
      velocity = module(wide * x + (1 - wide) * noise, t, y)
    return (velocity.float() - (x - noise)).square().mean()

  return loss
