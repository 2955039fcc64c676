"""GraNd and MoSo against one ordinary gradient, and against other ways.

A unit is the gradient of the mean loss of the same batch, as training takes it.

grand_over_gradient      gradient norms of all examples, fast
moso_dot_over_gradient   <G, g_i> of all examples, by forward mode
moso_units               norms and mean gradient in one pass, and the dots
*_flops_over_*           matrix products, counted in the traced programs
loop_over_grand          PyTorch, a backward pass an example: the published way
opacus_over_grand        opacus's ghost norms, spared what norms do not need
opacus_both_over_both    opacus's norms with the mean gradient, against ours
vmap_over_grand          vmap of grad, all at once; chunked_over_grand: by four
*_peak_over_*            buffers that XLA assigns: temporary and output

Medians of rounds in which all take turns.
"""

import json
import os
import time

import jax
import jax.numpy as jnp
import numpy as np

from prune_dm_jax import benchmarks
from prune_dm_jax.benchmarks import networks
from prune_dm_jax.models import dit
from prune_dm_jax.pruning import gradient_norms
from prune_dm_jax.pruning import gradients
from prune_dm_jax.pruning import moso
from prune_dm_jax.training import counts

SIDE, CHANNELS = 32, 4
PAUSE = 0.2
"""Seconds in which the threads of the other one come to rest."""


def options(argv):
  parser = benchmarks.parser('scores', __doc__)
  parser.add_argument('--size', default='S', choices=dit.SIZES)
  parser.add_argument('--patches', default='4,2')
  parser.add_argument('--batch', type=int, default=32)
  parser.add_argument('--rounds', type=int, default=5)
  return parser.parse_args(argv)


def main(argv):
  given = options(argv)
  os.environ.setdefault('OMP_WAIT_POLICY', 'passive')
  with benchmarks.peers():
    import opacus  # noqa: F401

    from prune_dm_jax.benchmarks import torch_peers as peers
  found = {'batch': given.batch, 'device': str(jax.devices()[0])}
  for patch in map(int, given.patches.split(',')):
    name = f'{given.size}/{patch}'
    found[name] = compare(given, patch, peers)
    for key, value in found[name].items():
      print(f'{name:6} {key:36} {value:.4g}')
  print(json.dumps(found))


def compare(given, patch, peers):
  """Ratios at one patch size."""
  loss, params, batch = problem(given, patch)
  ours = programs(loss)
  whole = ours['gradient'](params, *batch)
  arguments = {name: (params, *batch) for name in ours}
  arguments['dot'] = (whole, params, *batch)
  calls = {
    name: lambda f=f, a=arguments[name]: jax.block_until_ready(f(*a))
    for name, f in ours.items()
  }
  calls |= torch_calls(given, patch, peers, params, batch)
  check(calls)
  seconds = in_turns(calls, given.rounds)
  flops = {n: count(f, *arguments[n]) for n, f in ours.items()}
  peak = {n: memory(f, *arguments[n]) for n, f in ours.items()}
  return ratios(seconds, flops, peak)


def problem(given, patch):
  """The loss, parameters away from their zeros, and x, y, t, noise."""
  network = dit.DiT(**networks.options(given.size, CHANNELS, patch=patch))
  keys = jax.random.split(jax.random.key(0), 5)
  shape = (given.batch, SIDE, SIDE, CHANNELS)
  x, noise = (jax.random.normal(key, shape) for key in keys[:2])
  t = jax.random.uniform(keys[2], shape[:1])
  y = jax.random.randint(keys[3], shape[:1], 0, networks.CLASSES)
  params = jax.jit(network.init)(keys[4], x[:1], t[:1], y[:1])['params']
  return networks.loss_of(network), networks.awake(params), (x, y, t, noise)


def programs(loss):
  """name -> jitted (params, *batch), but `dot` is given a direction first."""
  alone = lambda params, *row: loss(params, *(leaf[None] for leaf in row))[0]

  def vmap(params, *batch):
    each = jax.vmap(jax.grad(alone), (None, 0, 0, 0, 0))(params, *batch)
    of = lambda leaf: jnp.square(leaf).reshape(len(batch[0]), -1).sum(axis=1)
    return sum(map(of, jax.tree.leaves(each)))

  def both(params, *batch):
    ones = jnp.ones(len(batch[0]))
    return gradient_norms.norms_and_gradient(loss, params, ones, *batch)

  by = lambda function: lambda *args: function(loss, *args)
  return {
    'gradient': jax.jit(jax.grad(lambda p, *batch: loss(p, *batch).mean())),
    'grand': jax.jit(by(gradient_norms.squared_norms)),
    'both': jax.jit(both),
    'dot': jax.jit(lambda g, p, *batch: moso.agreement(loss, p, g, *batch)),
    'vmap': jax.jit(vmap),
    'chunked': jax.jit(by(gradients.squared_norms_by_vmap)),
  }


def torch_calls(given, patch, peers, params, batch):
  """name -> call of the PyTorch network with the same parameters."""
  options = networks.options(given.size, CHANNELS, patch=patch)
  module = peers.dit(**options, channels=CHANNELS, image_size=SIDE)
  peers.load(module, params)
  x, y, t, noise = map(np.array, batch)
  rows = (x, y.astype(np.int64), t, noise)
  names = dict(
    torch_gradient=peers.gradient,
    loop=peers.loop,
    opacus=peers.ghost,
    opacus_both=peers.ghost_and_gradient,
  )
  return {name: lambda f=f: f(module, rows) for name, f in names.items()}


def check(calls):
  """All ways give the same norms; this also compiles, and warms up."""
  expected = np.sqrt(calls['vmap']())
  for name in ('grand', 'chunked'):
    np.testing.assert_allclose(np.sqrt(calls[name]()), expected, rtol=1e-4)
  for name in ('loop', 'opacus'):
    np.testing.assert_allclose(calls[name](), expected, rtol=1e-3)
  for name in ('both', 'dot', 'opacus_both', 'torch_gradient'):
    calls[name]()


def in_turns(calls, rounds):
  """name -> [rounds] seconds, each of a call that follows one of its own.

  The first of a turn gets its memory anew: 2 s of a step of S/2 that takes 5.
  """
  seconds = {name: np.empty(rounds) for name in calls}
  for i in range(rounds):
    for name, call in calls.items():
      time.sleep(PAUSE)
      call()
      began = time.perf_counter()
      call()
      seconds[name][i] = time.perf_counter() - began
  return seconds


def ratios(seconds, flops, peak):
  over = lambda a, b: float(np.median(seconds[a] / seconds[b]))
  both = (seconds['both'] + seconds['dot']) / seconds['gradient']
  flops_over = lambda a: flops[a] / flops['gradient']
  return dict(
    gradient_seconds=float(np.median(seconds['gradient'])),
    torch_gradient_over_gradient=over('torch_gradient', 'gradient'),
    grand_over_gradient=over('grand', 'gradient'),
    moso_dot_over_gradient=over('dot', 'gradient'),
    both_over_gradient=over('both', 'gradient'),
    moso_units=float(np.median(both)),
    grand_flops_over_gradient_flops=flops_over('grand'),
    both_flops_over_gradient_flops=flops_over('both'),
    moso_flops_over_gradient_flops=flops_over('dot'),
    loop_over_grand=over('loop', 'grand'),
    opacus_over_grand=over('opacus', 'grand'),
    opacus_both_over_both=over('opacus_both', 'both'),
    vmap_over_grand=over('vmap', 'grand'),
    chunked_over_grand=over('chunked', 'grand'),
    grand_peak_over_gradient_peak=peak['grand'] / peak['gradient'],
    grand_peak_over_vmap_peak=peak['grand'] / peak['vmap'],
    moso_dot_peak_over_gradient_peak=peak['dot'] / peak['gradient'],
  )


def memory(program, *arguments):
  """Bytes of temporary and output buffers."""
  found = program.lower(*arguments).compile().memory_analysis()
  return found.temp_size_in_bytes + found.output_size_in_bytes


def count(program, *arguments):
  """FLOPs of the matrix products that the results need."""
  traced = jax.make_jaxpr(program)(*arguments).jaxpr
  return counts.products(counts.needed(traced))
