"""GraNd and MoSo, in units of a gradient of the mean loss of the same batch.

Programs as of `prune-dm benchmark scores`; `loss` is a forward pass.
"""

import jax
import numpy as np

from prune_dm_jax.benchmarks import networks
from prune_dm_jax.benchmarks import scores as programs_of
from prune_dm_jax.benchmarks.gpu import card
from prune_dm_jax.benchmarks.gpu import clock
from prune_dm_jax.benchmarks.gpu import facts
from prune_dm_jax.benchmarks.gpu import train

WIDE = [
  ('S', 256, 'bfloat16', train.FUSED),
  ('S', 256, 'bfloat16', {}),
  ('S', 16, 'bfloat16', {}),
  ('S', 256, 'float32', {}),
]
ORDER = 'gradient', 'loss', 'grand', 'both', 'dot', 'chunked', 'vmap'
UNFUSED = 'dot', 'chunked', 'vmap'
"""What cuDNN's attention is not for: it has no forward mode."""
CHANNELS, FEW = 8, 16
"""Of a latent; and examples whose gradients are in memory together, at most."""


def scores(part):
  side = 8 if part.tiny else 32
  tiny = [('mini', 8, 'float32', {})]
  for size, batch, dtype, more in tiny if part.tiny else WIDE:
    network = networks.network_of(size, dtype, CHANNELS, **more)
    calls = calls_of(network, side, batch)
    for name in UNFUSED if more else ['vmap'] if batch > FEW else []:
      del calls[name]
    flops = networks.gradient_flops(size, CHANNELS, batch, side)
    what, about = f'DiT-{size}/2', dict(dtype=dtype, batch=batch, **more)
    compare(part, what, calls, flops, about)
    if 'chunked' in calls:
      norms(part, f'{what}, norms', calls, about)


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


def compare(part, what, calls, flops, about):
  """Says what each takes; `flops` are those of the gradient."""
  spent, name = {}, card.jax_name()
  for call in calls:
    with facts.attempt(part, f'{what}, {call}', **about):
      spent[call], _ = clock.steadily(calls[call], at_least=0.7)
      counted = dict(flops=flops, card=name) if call == 'gradient' else {}
      found = card.rates(spent[call], rows=about['batch'], **counted)
      if 'gradient' in spent:
        found['units'] = spent[call] / spent['gradient']
      facts.say(part, f'{what}, {call}', **about, **found)


def norms(part, what, calls, about):
  """Says how far fast norms are from those of vmap(grad)."""
  with facts.attempt(part, what, **about):
    fast, exact = (np.sqrt(calls[name]()) for name in ('grand', 'chunked'))
    error = np.abs(fast / exact - 1).max()
    facts.say(part, what, **about, largest_relative_error=error)
