"""What sampling costs beside the passes of the network that it needs.

  prune-dm benchmark sampling [--size=S --batch=16 --steps=8 --solvers=euler,heun]

forward_seconds        one pass of the network, jitted alone, for the batch
SOLVER_over_forward    sampling, over as many passes as it takes; goal 1.05

On latents of digits: 8 x 8 x 4, patches of 2, without guidance. Medians of
rounds in which all take turns, each beside the passes of its own round.
"""

import functools
import time

import jax
import jax.numpy as jnp
import numpy as np

from prune_dm_jax import benchmarks
from prune_dm_jax import flow
from prune_dm_jax.benchmarks import networks
from prune_dm_jax.flow import path
from prune_dm_jax.flow import samplers
from prune_dm_jax.models import dit

SHAPE, CLASSES = (8, 8, 4), 10
KEYS = dict(diffusion='sigma', last_step=0.04, rtol=1e-3, atol=1e-6)
"""What solvers are told, besides the number of steps."""


def options(argv):
  parser = benchmarks.parser('sampling', __doc__)
  parser.add_argument('--size', default='S', choices=dit.SIZES)
  parser.add_argument('--batch', type=int, default=16)
  parser.add_argument('--steps', type=int, default=8)
  parser.add_argument('--rounds', type=int, default=9)
  parser.add_argument('--solvers', default='euler,heun,euler_maruyama')
  return parser.parse_args(argv)


def main(argv):
  given = options(argv)
  params, velocity, y = problem(given)
  index = jnp.arange(given.batch)
  draw = {name: drawn(given, name, velocity) for name in names(given)}
  calls = {
    name: functools.partial(call, params, index, y)
    for name, call in draw.items()
  }
  passes = {n: int(np.median(call()[1])) for n, call in calls.items()}
  x, t = calls[names(given)[0]]()[0], jnp.full(given.batch, 0.5)
  forward = functools.partial(jax.jit(velocity), params, x, t, y)
  found = vars(given) | {'device': str(jax.devices()[0])}
  found |= compare(calls, passes, forward, given.rounds)
  benchmarks.show(found)


def names(given):
  return given.solvers.split(',')


def problem(given):
  """Parameters away from their zeros, velocity(params, x, t, y), labels [B]."""
  options = networks.options(given.size, SHAPE[-1], classes=CLASSES)
  network = dit.DiT(**options)
  y = jnp.arange(given.batch) % CLASSES
  x, t = jnp.zeros((given.batch, *SHAPE)), jnp.zeros(given.batch)
  params = jax.jit(network.init)(jax.random.key(0), x, t, y)['params']
  return networks.awake(params), networks.velocity_of(network), y


def drawn(given, name, velocity):
  """(params, index [B], y [B]) -> samples and evaluations, jitted."""
  own = flow.SOLVERS[name]
  every = KEYS | {'num_steps': given.steps}
  keys = {key: every[key] for key in own.keys}
  noise = functools.partial(samplers.noise_at, shape=SHAPE)
  key = jax.random.key(1)

  def draw(params, index, y):
    return own.integrate(
      lambda x, t: velocity(params, x, t, y),
      noise(key, index),
      lambda i: noise(jax.random.fold_in(key, i + 1), index),
      path=path.linear,
      **keys,
    )

  return jax.jit(draw)


def compare(calls, passes, forward, rounds):
  """Seconds of a pass, and of each way over those of the passes it takes."""
  took = {'forward': [], **{name: [] for name in calls}}
  seconds(forward, 3)
  for _ in range(rounds):
    for name, call in calls.items():
      alone = seconds(forward, passes[name]) / passes[name]
      took['forward'].append(alone)
      took[name].append(seconds(call, 1) / passes[name] / alone)
  found = {'forward_seconds': float(np.median(took.pop('forward')))}
  for name, ratios in took.items():
    found[f'{name}_passes'] = passes[name]
    found[f'{name}_over_forward'] = float(np.median(ratios))
  return found


def seconds(call, times):
  began = time.perf_counter()
  for _ in range(times):
    jax.block_until_ready(call())
  return time.perf_counter() - began
