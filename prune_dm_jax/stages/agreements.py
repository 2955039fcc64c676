"""MoSo's terms: how gradients agree with the mean gradient of their subset."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P

from prune_dm_jax.pruning import moso
from prune_dm_jax.pruning import noise_bank
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import progress
from prune_dm_jax.stages import latents
from prune_dm_jax.stages import passes
from prune_dm_jax.stages import surrogate
from prune_dm_jax.training import apply


def build(run):
  """Where they are, after the surrogates of subsets."""
  surrogate.build_on_subsets(run)
  make = functools.partial(write, run)
  return artifacts.build_together(run.paths.agreements, make)


def write(run, folder):
  """MoSo's terms: dots.npy and squared_norms.npy [C, n, draws], subset.npy [n].

  Each example at the surrogate of its own subset, with the mean gradient of
  that subset.
  """
  trained = run.paths.subset_surrogates
  subset = damage.read_array(trained / 'subset.npy')
  draws = run.config.bank.num_draws
  shape = (2, run.config.moso.checkpoints, len(subset), draws)
  found, codebook = np.empty(shape, np.float32), latents.codebook(run)
  calls = gradient_pass(run), mean_of_sums(run), along_pass(run)
  say, done = progress.counter('agreements', found[0].size), 0
  for r in range(run.config.moso.num_subsets):
    kept = run.train[subset == r]
    _, steps = surrogate.subset_steps(run, len(kept))
    for c, step in enumerate(steps):
      given = surrogate.params_at(run, trained / str(r), step), codebook
      for draw in range(draws):
        make = functools.partial(terms, run, calls, given, kept, draw)
        name = f'subset {r} checkpoint {c} draw {draw}'
        found[:, c, subset == r, draw] = passes.at_part(folder, name, make)
        done += len(kept)
        say(done)
  passes.finish(folder, dots=found[0], squared_norms=found[1], subset=subset)


def terms(run, calls, given, kept, draw):
  """[2, n]: <G, g_i> with G the mean gradient of `kept`, and || g_i ||^2."""
  gradient, mean_of, along = calls
  draw, sums = np.int32(draw), nothing_on_each(run, given[0])
  norms = []
  at_once = run.config.runtime.score_batch_size * run.mesh.size
  size = min(at_once, len(kept))
  batches = apply.padded(
    passes.read(run, kept), len(kept), mesh=run.mesh, batch_size=size
  )
  for batch, here in batches:
    sums, some = gradient(given, sums, draw, batch)
    norms.append(apply.whole(some)[:here])
  mean = mean_of(sums, np.float32(len(kept)))
  dots = passes.mapped(run, functools.partial(along, (given, mean, draw)), kept)
  return np.stack([dots, np.concatenate(norms)])


def on_each(run, params):
  """Shapes [devices, ...]: each device has the sum of its own rows."""
  own = NamedSharding(run.mesh, P('data'))
  return jax.tree.map(
    lambda leaf: jax.ShapeDtypeStruct(
      (run.mesh.size, *leaf.shape), leaf.dtype, sharding=own
    ),
    params,
  )


def nothing_on_each(run, params):
  """Zeros of these."""
  zeros = lambda of: jnp.zeros(of.shape, of.dtype, device=of.sharding)
  return jax.tree.map(zeros, on_each(run, params))


def gradient_pass(run):
  """(given, sums, draw, rows) -> sums + their gradients, squared norms [B].

  Nothing is sent between devices.
  """
  loss, way = passes.gradient_loss(run), passes.way_of(run)
  draws = passes.bank(run)

  def local(given, sums, draw, batch):
    params, codes = given
    x, y, index = codes[batch['codes']], batch['label'], batch['index']
    of_rows = lambda params, *rest: way.norms_and_gradient(
      loss, params, batch['weight'], *rest
    )
    norms, gradient = noise_bank.at_draw(
      of_rows, draws, draw, params, x, y, index
    )
    return jax.tree.map(lambda a, b: a + b[None], sums, gradient), norms

  return summing(run, local, 'mean gradients')


def summing(run, local, name):
  """local(given, sums, draw, rows), jitted: each device adds to sums of its own."""
  split = jax.shard_map(
    local,
    mesh=run.mesh,
    in_specs=(P(), P('data'), P(), P('data')),
    out_specs=P('data'),
    check_vma=False,
  )
  return progress.compiling(name, jax.jit(split, donate_argnums=1))


def mean_of_sums(run):
  """(sums [devices, ...], n) -> [...] of all devices over n, on each."""

  def mean(sums, number):
    of_all = jax.lax.psum(sums, 'data')
    return jax.tree.map(lambda leaf: leaf[0] / number, of_all)

  split = jax.shard_map(
    mean, mesh=run.mesh, in_specs=(P('data'), P()), out_specs=P(),
    check_vma=False,
  )  # fmt: skip
  return jax.jit(split)


def along_pass(run):
  """(((params, codebook), direction, draw), rows) -> <direction, g_i> [B]."""
  loss, draws = passes.loss_of(run), passes.bank(run)

  def rows(given, batch):
    (params, codebook), direction, draw = given
    x, y, index = codebook[batch['codes']], batch['label'], batch['index']
    along = lambda params, *rest: moso.agreement(loss, params, direction, *rest)
    return noise_bank.at_draw(along, draws, draw, params, x, y, index)

  return progress.compiling('agreements', apply.row_by_row(rows, run.mesh))
