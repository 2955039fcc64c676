"""A step of training a DiT, beside the same step of the same DiT in PyTorch.

Forward, backward, AdamW and the moving average, in float32.

ours_over_torch_eager     our steps a second over those of PyTorch as written,
                          with its attention and its AdamW fused
ours_over_torch_compile   the same of torch.compile, where that works
fraction_of_matmul_peak   products of a step a second, over those that XLA does
                          in a product of two large matrices
*_seconds                 of one step; images_a_second: ours

Medians of rounds in which all take turns. A network is a size and a patch of
latents of 32x32, as S/4, or digits: what configs/digits.py trains.
"""

import json
import os
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from prune_dm_jax import benchmarks
from prune_dm_jax.benchmarks import networks
from prune_dm_jax.benchmarks import scores
from prune_dm_jax.flow import path
from prune_dm_jax.models import dit
from prune_dm_jax.training import step as step_lib

CHANNELS = 4
DIGITS = dict(size='mini', patch=2, side=8, classes=10, batch=64)
WIDE = 2048
"""The side of the matrices whose product is the peak."""


def options(argv):
  parser = benchmarks.parser('train', __doc__)
  parser.add_argument('--networks', default='S/4,digits')
  parser.add_argument('--batch', type=int, default=32, help='but for digits')
  parser.add_argument('--rounds', type=int, default=7)
  return parser.parse_args(argv)


def main(argv):
  given = options(argv)
  rows = {n: row_of(n, given.batch) for n in given.networks.split(',')}
  os.environ.setdefault('OMP_WAIT_POLICY', 'passive')
  with benchmarks.peers():
    from prune_dm_jax.benchmarks import torch_peers
    from prune_dm_jax.benchmarks import torch_train
  found = {'device': str(jax.devices()[0])}
  for name, row in rows.items():
    found[name] = compare(row, given.rounds, torch_peers, torch_train)
    for key, value in found[name].items():
      print(f'{name:6} {key:28} {value:.4g}')
  print(json.dumps(found))


def row_of(name, batch):
  """What is trained under a name, as size, patch, side, classes and batch."""
  if name == 'digits':
    return DIGITS
  size, _, patch = name.partition('/')
  if size not in dit.SIZES or patch not in ('2', '4', '8'):
    sys.exit(
      f'prune_dm_jax: {name!r} is no network; take digits, or a size of '
      f'{", ".join(dit.SIZES)} with a patch of 2, 4 or 8, as S/4'
    )
  return dict(size=size, patch=int(patch), side=32, classes=1000, batch=batch)


def compare(row, rounds, peers, torch_train):
  """Ratios of one network."""
  network, loss, params, batch = problem(row)
  step, flops = ours(row, network, loss, params, batch)
  calls = {'ours': step, 'matmul': matmul()}
  given = row, params, batch, np.asarray(jax.jit(loss)(params, *batch))
  given += peers, torch_train
  calls['torch_eager'] = torch_step(*given, compiled=False)
  try:
    calls['torch_compile'] = torch_step(*given, compiled=True)
  except Exception as error:  # Its compilers fail in ways of their own.
    why = str(error).strip().split('\n')[0]
    print(f'torch.compile is left out: {why}', file=sys.stderr)
  for call in calls.values():
    call()
  seconds = scores.in_turns(calls, rounds)
  return ratios(seconds, flops, row['batch'])


def problem(row):
  """A network, its loss, parameters away from zeros, and x, y, t, noise."""
  shape = (row['batch'], row['side'], row['side'], CHANNELS)
  network = dit.DiT(**keywords(row))
  rng = np.random.default_rng(0)
  x, noise = rng.normal(size=(2, *shape)).astype(np.float32)
  y = rng.integers(0, row['classes'], len(x))
  t = rng.uniform(size=len(x)).astype(np.float32)
  init = jax.jit(network.init)
  params = init(jax.random.key(0), x[:1], t[:1], y[:1])['params']
  loss = networks.loss_of(network)
  return network, loss, networks.awake(params), (x, y, t, noise)


def keywords(row):
  """Those of the network, and of its twin in PyTorch."""
  return networks.options(
    row['size'], CHANNELS, patch=row['patch'], classes=row['classes']
  )


def ours(row, network, loss, params, batch):
  """() -> None, one more step of the product's; FLOPs of its products."""
  x, y, t, _ = batch
  mesh = step_lib.data_mesh(jax.devices()[:1])
  optimizer = optax.adamw(1e-4, weight_decay=0)
  key = jax.random.key(1)
  init = lambda key: (network.init(key, x[:1], t[:1], y[:1])['params'], ())
  state = step_lib.create(init, optimizer, key, mesh)
  state = step_lib.with_params(state, params, mesh)
  objective = path.objective(
    loss, path.uniform_time, latent=lambda batch: batch['x'],
    label_dropout=0.1, null_class=row['classes'],
  )  # fmt: skip
  step = step_lib.train_step(objective, optimizer, mesh=mesh, ema_decay=0.9999)
  placed = step_lib.place({'x': x, 'label': y}, mesh)

  def call():
    nonlocal state
    state, seen = step(state, placed, key)
    jax.block_until_ready((state, seen))

  mean = jax.grad(lambda params, *batch: loss(params, *batch).mean())
  return call, scores.count(mean, params, *batch)


def torch_step(row, params, batch, losses, peers, torch_train, *, compiled):
  """() -> the loss of one more step of PyTorch, whose network has these losses."""
  module = peers.dit(**keywords(row), channels=CHANNELS, image_size=row['side'])
  peers.load(module, params)
  found = peers.loss(module, *batch).detach()
  np.testing.assert_allclose(found, losses, rtol=1e-4)
  x, y, *_ = batch
  loss = torch_train.flow_loss(
    module, x, y, null_class=row['classes'], compiled=compiled
  )
  step = torch_train.stepper(module, loss)
  step()
  return lambda: step().item()


def matmul():
  """() -> None, a product of two large matrices by XLA."""
  product = jax.jit(jnp.matmul)
  wide = jnp.ones((WIDE, WIDE))
  return lambda: jax.block_until_ready(product(wide, wide))


def ratios(seconds, flops, size):
  over = lambda a, b: float(np.median(seconds[a] / seconds[b]))
  peak = 2 * WIDE**3 / seconds['matmul']
  found = {
    f'ours_over_{name}': over(name, 'ours')
    for name in seconds
    if name.startswith('torch')
  }
  found['fraction_of_matmul_peak'] = float(
    np.median(flops / seconds['ours'] / peak)
  )
  of_each = {f'{n}_seconds': float(np.median(s)) for n, s in seconds.items()}
  images = size / of_each['ours_seconds']
  return {**found, **of_each, 'images_a_second': images}
