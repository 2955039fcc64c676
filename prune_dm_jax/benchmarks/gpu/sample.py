"""Sampling by Heun's method over a forward pass; pictures a second.

over_forward   an evaluation of the network in the sampler, in forward passes
"""

import time

import jax

from prune_dm_jax.benchmarks import networks
from prune_dm_jax.benchmarks.gpu import card
from prune_dm_jax.benchmarks.gpu import clock
from prune_dm_jax.benchmarks.gpu import facts
from prune_dm_jax.benchmarks.gpu import train
from prune_dm_jax.flow import samplers
from prune_dm_jax.training import counts


def sample(part):
  side, dtype = (8, 'float32') if part.tiny else (32, 'bfloat16')
  for size, batch in [('mini', 8)] if part.tiny else [('XL', 64), ('S', 256)]:
    network = networks.network_of(size, dtype, 8)
    params = jax.jit(networks.init_of(network, side))(jax.random.key(1))
    for more in [{}] if part.tiny else [train.FUSED, {}]:
      about = dict(dtype=dtype, batch=batch, **more)
      with facts.attempt(part, f'DiT-{size}/2', **about):
        network = networks.network_of(size, dtype, 8, **more)
        measure(part, size, network, params, about)


def measure(part, size, network, params, about):
  """Says what a forward pass takes, and then a whole drawing."""
  batch = about['batch']
  x, y, t, _ = networks.batch_of(network, 8 if part.tiny else 32, batch)
  forward = jax.jit(networks.velocity_of(network))
  one, _ = clock.steadily(lambda: forward(params, x, t, y), at_least=0.5)
  flops = counts.of(forward, params, x, t, y)
  found = card.rates(one, rows=batch, flops=flops, card=card.jax_name())
  facts.say(part, f'DiT-{size}/2, forward', **about, **found)

  steps = 2 if part.tiny else 15
  began = time.perf_counter()
  draw = drawing(network, steps).lower(params, x, y).compile()
  compile_s = time.perf_counter() - began
  whole, _ = clock.steadily(lambda: draw(params, x, y), at_least=1, warm=1)
  found = card.rates(
    whole, rows=batch, flops=2 * steps * flops, card=card.jax_name()
  )
  facts.say(
    part,
    f'DiT-{size}/2, {steps} steps of Heun',
    **about,
    **found,
    over_forward=whole / (2 * steps) / one,
    compile_s=compile_s,
  )


def drawing(network, steps):
  """(params, noise, y) -> latents, jitted."""
  velocity = networks.velocity_of(network)

  def draw(params, x, y):
    return samplers.integrate(
      lambda x, t: velocity(params, x, t, y),
      x,
      step=samplers.STEPS['heun'],
      num_steps=steps,
    )

  return jax.jit(draw)
