"""A step of training of a DiT, by the product: time, MFU, memory, the host's.

foreseen_gib   what XLA assigns: arguments and temporary buffers
peak_gib       what the device says that was in use
host_ms        until a step is dispatched, its batch's way to the device too
place_ms       that way alone
"""

import gc
import time

import jax
import jax.numpy as jnp
import numpy as np
import optax

from prune_dm_jax.benchmarks import networks
from prune_dm_jax.benchmarks.gpu import card
from prune_dm_jax.benchmarks.gpu import clock
from prune_dm_jax.benchmarks.gpu import facts
from prune_dm_jax.flow import path
from prune_dm_jax.training import step as step_lib

CODES = 16384
TINY = [('mini', 8)]
FUSED = {'attention': 'cudnn', 'unroll': True}
"""As `dit.attention=auto` has it on such a card."""


def train_xl(part):
  runs = [
    ('XL', 64, FUSED),
    ('XL', 64),
    ('XL', 128, FUSED),
    ('XL', 64, {'attention': 'cudnn'}),
  ]
  each(part, TINY if part.tiny else runs, 'bfloat16', 8)


def train_sb(part):
  runs = [('S', 256), ('S', 256, FUSED), ('B', 256, FUSED)]
  each(part, TINY if part.tiny else runs, 'bfloat16', 4)


def train_f32(part):
  runs = [('S', 256), ('XL', 32)]
  each(part, TINY if part.tiny else runs, 'float32', 4)


def each(part, runs, dtype, channels):
  side = 8 if part.tiny else 32
  for size, batch, *more in runs:
    more = more[0] if more else {}
    about = dict(dtype=dtype, batch=batch, latent=f'{side}x{side}x{channels}')
    about |= more
    with facts.attempt(part, f'DiT-{size}/2', **about):
      found = measured(size, dtype, channels, batch, side, **more)
      facts.say(part, f'DiT-{size}/2', **about, **found)
    gc.collect()


def measured(size, dtype, channels, batch, side, **more):
  """What a step takes of a DiT, which more may be said of by keywords."""
  made = program(size, dtype, channels, batch, side, **more)
  train, state, rows, given, mesh = made
  del made
  place, key = lambda: step_lib.place(rows, mesh), jax.random.key(1)
  began = time.perf_counter()
  compiled = train.lower(state, place(), key, given).compile()
  compile_s = time.perf_counter() - began
  kept = [state]
  del state

  def call():
    kept[0], seen = compiled(kept[0], place(), key, given)
    return seen

  seconds, host = clock.steadily(call)
  flops = networks.gradient_flops(size, channels, batch, side)
  return dict(
    **card.rates(seconds, rows=batch, flops=flops, card=card.jax_name()),
    tflop=flops / 1e12,
    host_ms=1e3 * host,
    place_ms=1e3 * clock.steadily(place, at_least=0.2)[0],
    compile_s=compile_s,
    **memory(compiled),
  )


def program(size, dtype, channels, batch, side, **more):
  """The jitted step, a State, a batch, what is given, a mesh of one device."""
  mesh = step_lib.data_mesh(jax.devices()[:1])
  network = networks.network_of(size, dtype, channels, **more)
  rng = np.random.default_rng(0)
  codes = rng.normal(size=(CODES, channels)).astype(np.float32)
  objective = path.objective(
    networks.loss_of(network),
    path.uniform_time,
    latent=lambda batch, codes: codes[batch['codes']],
    label_dropout=0.1,
    null_class=networks.CLASSES,
  )
  optimizer = optax.adamw(1e-4, 0.9, 0.999, weight_decay=0)
  train = step_lib.train_step(objective, optimizer, mesh=mesh, ema_decay=0.9999)
  init = networks.init_of(network, side)
  whole = lambda key: (init(key), ())
  state = step_lib.create(whole, optimizer, jax.random.key(0), mesh)
  rows = dict(
    codes=rng.integers(0, CODES, (batch, side, side)).astype(np.uint16),
    label=rng.integers(0, networks.CLASSES, batch).astype(np.int32),
  )
  return train, state, rows, (jnp.asarray(codes),), mesh


def memory(compiled):
  """GiB, as XLA foresees and as the device remembers; the latter not on CPUs."""
  plan = compiled.memory_analysis()
  foreseen = plan.argument_size_in_bytes + plan.temp_size_in_bytes
  found = dict(foreseen_gib=foreseen / 2**30)
  stats = jax.devices()[0].memory_stats()
  if stats:
    found['peak_gib'] = stats['peak_bytes_in_use'] / 2**30
  return found
