"""GraNd and MoSo, in units of a gradient of the mean loss of the same batch.

Programs as of `prune-dm benchmark scores`; `loss` is a forward pass.
"""

import jax
import numpy as np

from prune_dm_jax.benchmarks import scores as programs_of
from prune_dm_jax.benchmarks.gpu import card
from prune_dm_jax.benchmarks.gpu import clock
from prune_dm_jax.benchmarks.gpu import facts
from prune_dm_jax.benchmarks.gpu import networks

WIDE = [('S', 256, 'bfloat16'), ('S', 16, 'bfloat16'), ('S', 256, 'float32')]
ORDER = 'gradient', 'loss', 'grand', 'both', 'dot', 'chunked', 'vmap'
FEW = 16
"""Examples whose gradients are in memory together, at most."""


def scores(part):
  for size, batch, dtype in [('mini', 8, 'float32')] if part.tiny else WIDE:
    network = networks.network_of(size, dtype, 8)
    calls = calls_of(network, 8 if part.tiny else 32, batch)
    if batch > FEW:
      del calls['vmap']
    about = dict(dtype=dtype, batch=batch)
    compare(part, f'DiT-{size}/2', calls, about, 8 if part.tiny else 32)


def calls_of(network, side, batch):
  """name -> () -> what it gives, in ORDER."""
  loss = networks.loss_of(network)
  rest = networks.batch_of(network, side, batch)
  init = jax.jit(networks.init_of(network, side))
  params = networks.awake(init(jax.random.key(1)))
  programs = programs_of.programs(loss)
  programs['loss'] = jax.jit(loss)
  whole = programs['gradient'](params, *rest)
  given = {name: (params, *rest) for name in ORDER}
  given['dot'] = (whole, params, *rest)
  return {name: lambda n=name: programs[n](*given[n]) for name in ORDER}


def compare(part, what, calls, about, side):
  """Says what each takes, and how far fast norms are from exact ones."""
  unit = 0.0
  size = what.removeprefix('DiT-').removesuffix('/2')
  for name, call in calls.items():
    with facts.attempt(part, f'{what}, {name}', **about):
      seconds, _ = clock.steadily(call, at_least=0.7)
      unit = seconds if name == 'gradient' else unit
      flops = (
        networks.gradient_flops(size, 8, about['batch'], side)
        if name == 'gradient'
        else 0
      )
      found = card.rates(
        seconds, rows=about['batch'], flops=flops, card=card.jax_name()
      )
      units = {'units': seconds / unit} if unit else {}
      facts.say(part, f'{what}, {name}', **about, **found, **units)
  with facts.attempt(part, f'{what}, norms', **about):
    fast, exact = (np.sqrt(calls[name]()) for name in ('grand', 'chunked'))
    error = np.abs(fast / exact - 1).max()
    facts.say(part, f'{what}, norms', **about, largest_relative_error=error)
