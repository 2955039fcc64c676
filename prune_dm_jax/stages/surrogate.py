"""Surrogates: DiTs in a short pretraining, whose parameters scores are taken at.

Those of the whole training split feed losses and gradients. MoSo has others,
each trained on one of several disjoint random subsets, which it then scores; CLD
has two, of halves that are held out for each other.
"""

import functools

import jax

from prune_dm_jax.pruning import moso
from prune_dm_jax.pruning import uniform
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.stages import dit
from prune_dm_jax.stages import fitting
from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import step as step_lib


def build(run):
  """Where DiTs in a short pretraining on all of the training split are."""
  return built(run, run.paths.surrogates, train_full)


def build_on_subsets(run):
  """Where MoSo's surrogates of disjoint subsets are."""
  return built(run, run.paths.subset_surrogates, train_on_subsets)


def build_on_halves(run):
  """Where CLD's surrogates of the two halves are."""
  return built(run, run.paths.half_surrogates, train_on_halves)


def built(run, path, make):
  make = functools.partial(make, run)
  return artifacts.build_together(path, make, settle=damage.reopen)


def evenly(steps, number):
  """`number` steps, evenly spaced, of which the last is the end."""
  return [round(steps * (e + 1) / number) for e in range(number)]


def train(run, folder, kept, name, steps, snapshots):
  """Trains one, or finds it trained; its RAW parameters are what is kept."""
  options = run.config.surrogate.copy_and_resolve_references()
  options.steps = steps
  dit.fit(
    run, folder, kept, name=name, size=options.size, options=options,
    seed=options.seed, ema_decay=0.0, snapshots=snapshots,
  )  # fmt: skip


def train_full(run, folder):
  """`surrogate.num` of them on the whole training split, in 0/, 1/, ..."""
  options = run.config.surrogate
  snapshots = evenly(options.steps, options.evaluations)
  for r in range(options.num):
    name = f'surrogate {r}'
    train(run, folder / str(r), run.train, name, options.steps, snapshots)


def train_on_subsets(run, folder):
  """subset.npy [n], of the training split, and a surrogate of each in r/."""
  subset = subsets(run)
  artifacts.write_array(folder / 'subset.npy', subset)
  for r in range(run.config.moso.num_subsets):
    kept = run.train[subset == r]
    steps, snapshots = subset_steps(run, len(kept))
    name = f'surrogate of subset {r}'
    train(run, folder / str(r), kept, name, steps, snapshots)


def subsets(run):
  """[n] which subset each example of the training split is in."""
  number, seed = run.config.moso.num_subsets, run.config.moso.subsets_seed
  seed = run.config.surrogate.seed if seed < 0 else seed
  if 2 * number > len(run.train):
    raise ValueError(
      f'config.moso.num_subsets is {number}, of {len(run.train)} examples: '
      'each needs two at least'
    )
  return moso.subsets(drawn(run.train, 'subsets', seed=seed), number)


def train_on_halves(run, folder):
  """half.npy [n], of the training split, and a surrogate of each in 0/ and 1/."""
  options = run.config.surrogate
  half = moso.subsets(drawn(run.train, 'halves', seed=options.seed), 2)
  artifacts.write_array(folder / 'half.npy', half)
  snapshots = evenly(options.steps, options.evaluations)
  for r in range(2):
    kept, name = run.train[half == r], f'surrogate of half {r}'
    train(run, folder / str(r), kept, name, options.steps, snapshots)


def drawn(index, role, *, seed):
  """[n] uniform draws of examples, each of its own index."""
  key = fitting.key_for(seed, role)
  return uniform.scores({'index': index}, key=key)[0]


def subset_steps(run, size):
  """Steps of a subset's surrogate, and those at which it scores."""
  options = run.config.moso
  steps = -(-options.epochs * size // run.config.surrogate.batch_size)
  return steps, evenly(steps, options.checkpoints)


def params_at(run, folder, step):
  """The parameters of a surrogate at one of its snapshots."""
  network = dit.network_of(run, run.config.surrogate.size)
  init = dit.init_of(run, network)
  target = step_lib.shapes(lambda: init(jax.random.key(0)), run.mesh)
  return checkpoint.read_snapshot(
    folder / 'snapshots', step, target, artifact=folder.parent
  )
