"""Passes over the training split at a surrogate's parameters.

Each is written part by part, so that one that is killed goes on where it was.
Rows are split over all devices; no example knows of another but through MoSo's
mean gradient.
"""

import functools
import shutil

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import PartitionSpec as P

from prune_dm_jax.flow import path as path_lib
from prune_dm_jax.pruning import moso
from prune_dm_jax.pruning import noise_bank
from prune_dm_jax.pruning.gradients import GRADIENTS
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import parts
from prune_dm_jax.run import processes
from prune_dm_jax.run import progress
from prune_dm_jax.stages import dit
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import latents
from prune_dm_jax.stages import surrogate
from prune_dm_jax.training import apply


def build(run, need):
  """Where one of PASSES is, of every training example."""
  path = getattr(run.paths, need)
  return artifacts.build_together(path, functools.partial(PASSES[need], run))


def build_agreements(run):
  """Where the terms of MoSo's scores are, after its surrogates of subsets."""
  surrogate.build_on_subsets(run)
  return build(run, 'agreements')


def losses(run, folder):
  """losses.npy [R, E, n, draws]: each surrogate at each of its evaluations."""
  options = run.config.surrogate
  steps = surrogate.evenly(options.steps, options.evaluations)
  call = over_bank(run, 'losses', loss_of(run))
  of = functools.partial(of_surrogate, run, folder, 'losses', call)
  found = [[of(r, step) for step in steps] for r in range(options.num)]
  finish(folder, losses=np.array(found))


def gradients(run, folder):
  """gradients.npy [R, n, draws]: gradient norms at the end of each surrogate."""
  options = run.config.surrogate
  call = norm_pass(run)
  of = functools.partial(of_surrogate, run, folder, 'gradients', call)
  found = [of(r, options.steps) for r in range(options.num)]
  finish(folder, gradients=np.array(found))


def norm_pass(run):
  """(params, rows) -> [B, draws] gradient norms."""
  loss, way = loss_of(run), way_of(run)
  norms = lambda *args: jnp.sqrt(way.squared_norms(loss, *args))
  return over_bank(run, 'gradients', norms)


def loss_of(run):
  """The loss of training, (params, x, y, t, noise) -> [B], at the surrogate."""
  network = dit.network_of(run, run.config.surrogate.size)
  path = path_lib.PATHS[run.config.flow.path]
  return path_lib.loss(dit.velocity(network), path)


def way_of(run):
  """The GRADIENTS of the configuration, if they cover the surrogate."""
  way = GRADIENTS[run.config.score.gradient]
  network = dit.network_of(run, run.config.surrogate.size)
  params = jax.eval_shape(dit.init_of(run, network), jax.random.key(0))
  row = read(run, run.train)(np.zeros(1, int))
  x = latents.codebook(run)[row['codes']]
  way.check(loss_of(run), params, x, row['label'], jnp.zeros(1), x)
  return way


def bank(run):
  """The noise bank, the same for every pass."""
  options = run.config.bank
  return noise_bank.bank(
    fitting.key_for(options.seed, 'bank'),
    num_draws=options.num_draws,
    t_min=options.t_min,
    t_max=options.t_max,
  )


def read(run, kept):
  """Places [b] in `kept` -> codes, label and index in the full data."""
  rows = latents.reader(run)
  return lambda places: {**rows(kept[places]), 'index': kept[places]}


def over_bank(run, name, function):
  """(params, rows) -> [B, draws] of (params, x, y, t, noise) -> [B]."""
  draws, codes = bank(run), latents.codebook(run)

  def rows(params, batch):
    x, y, index = codes[batch['codes']], batch['label'], batch['index']
    return noise_bank.over_draws(function, draws, params, x, y, index)

  return progress.compiling(name, apply.row_by_row(rows, run.mesh))


def of_surrogate(run, folder, what, call, r, step):
  """[n, ...] of call(params, rows), from parts on disk where they are."""
  name = f'{what} of surrogate {r} step {step}'
  params = surrogate.params_at(run, run.paths.surrogates / str(r), step)
  size, part = len(run.train), run.config.runtime.part_size
  say = progress.counter(name, size)
  found = []
  for first in range(0, size, part):
    rows = run.train[first : first + part]
    make = functools.partial(mapped, run, functools.partial(call, params), rows)
    found.append(at_part(folder, f'{name} rows {first}-{len(rows)}', make))
    say(first + len(rows))
  return np.concatenate(found)


def mapped(run, call, kept):
  size = min(run.config.runtime.score_batch_size, len(run.train))
  return apply.mapped(
    call, read(run, kept), len(kept), mesh=run.mesh, batch_size=size
  )


def at_part(folder, name, make):
  """An array of make(), kept under parts/ until the whole is there."""
  where, called = folder / 'parts', name.replace(' ', '-')
  found = parts.named(where, called)
  if not processes.agree(found is not None):
    found = {'part': checked(make(), name)}
    if processes.first():
      parts.save_named(where, called, **found)
  return found['part']


def checked(made, name):
  """What was made, if all of it is finite."""
  if not np.isfinite(made).all():
    first = np.argwhere(~np.isfinite(made))[0].tolist()
    raise ValueError(
      f'{name}: the number at {first} is not finite, of a surrogate that was '
      'trained badly; a lower --config.surrogate.learning_rate trains another'
    )
  return made


def finish(folder, **arrays):
  """Writes the whole, and drops its parts."""
  for name, array in arrays.items():
    artifacts.write_array(folder / f'{name}.npy', array)
  processes.wait()
  if processes.first():
    shutil.rmtree(folder / 'parts')


def agreements(run, folder):
  """MoSo's terms: dots.npy and squared_norms.npy [C, n, draws], subset.npy [n].

  Each example at the surrogate of its own subset, with the mean gradient of
  that subset.
  """
  trained = run.paths.subset_surrogates
  subset = damage.read_array(trained / 'subset.npy')
  draws = run.config.bank.num_draws
  shape = (2, run.config.moso.checkpoints, len(subset), draws)
  found = np.empty(shape, np.float32)
  gradient, along = gradient_pass(run), along_pass(run)
  say, done = progress.counter('agreements', found[0].size), 0
  for r in range(run.config.moso.num_subsets):
    kept = run.train[subset == r]
    _, steps = surrogate.subset_steps(run, len(kept))
    for c, step in enumerate(steps):
      params = surrogate.params_at(run, trained / str(r), step)
      for draw in range(draws):
        make = functools.partial(
          terms, run, gradient, along, params, kept, draw
        )
        name = f'subset {r} checkpoint {c} draw {draw}'
        found[:, c, subset == r, draw] = at_part(folder, name, make)
        done += len(kept)
        say(done)
  finish(folder, dots=found[0], squared_norms=found[1], subset=subset)


def terms(run, gradient, along, params, kept, draw):
  """[2, n]: <G, g_i> with G the mean gradient of `kept`, and || g_i ||^2."""
  draw = np.int32(draw)
  total = jax.tree.map(jnp.zeros_like, params)
  norms = []
  size = min(run.config.runtime.score_batch_size, len(kept))
  batches = apply.padded(
    read(run, kept), len(kept), mesh=run.mesh, batch_size=size
  )
  for batch, here in batches:
    total, some = gradient(params, total, draw, batch)
    norms.append(apply.whole(some)[:here])
  mean = jax.tree.map(lambda leaf: leaf / len(kept), total)
  dots = mapped(run, functools.partial(along, (params, mean, draw)), kept)
  return np.stack([dots, np.concatenate(norms)])


def gradient_pass(run):
  """(params, total, draw, rows) -> total + their gradients, squared norms [B]."""
  loss, way = loss_of(run), way_of(run)
  draws, codes = bank(run), latents.codebook(run)

  def local(params, total, draw, batch):
    x, y, index = codes[batch['codes']], batch['label'], batch['index']
    of_rows = lambda params, *rest: way.norms_and_gradient(
      loss, params, batch['weight'], *rest
    )
    norms, gradient = noise_bank.at_draw(
      of_rows, draws, draw, params, x, y, index
    )
    gradient = jax.lax.psum(gradient, 'data')
    return jax.tree.map(jnp.add, total, gradient), norms

  split = jax.shard_map(
    local,
    mesh=run.mesh,
    in_specs=(P(), P(), P(), P('data')),
    out_specs=(P(), P('data')),
    check_vma=False,
  )
  jitted = jax.jit(split, donate_argnums=1)
  return progress.compiling('mean gradients', jitted)


def along_pass(run):
  """((params, direction, draw), rows) -> <direction, g_i> [B]."""
  loss, draws, codes = loss_of(run), bank(run), latents.codebook(run)

  def rows(given, batch):
    params, direction, draw = given
    x, y, index = codes[batch['codes']], batch['label'], batch['index']
    along = lambda params, *rest: moso.agreement(loss, params, direction, *rest)
    return noise_bank.at_draw(along, draws, draw, params, x, y, index)

  return progress.compiling('agreements', apply.row_by_row(rows, run.mesh))


PASSES = {'losses': losses, 'gradients': gradients, 'agreements': agreements}
