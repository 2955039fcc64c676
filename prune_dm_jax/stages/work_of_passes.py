"""What there is to do at surrogates: passes, and the training of those of a part."""

from prune_dm_jax.stages import held_out_losses as held_out_lib
from prune_dm_jax.stages import passes
from prune_dm_jax.stages import surrogate
from prune_dm_jax.stages.work_item import Work


def a_pass(run, need, looks_at, program=''):
  """Of all training examples, at every draw of the bank, so many times."""
  options, number = run.config.surrogate, len(run.train)
  times = options.num * looks_at
  yield Work(
    'scores', need.replace('_', ' '), getattr(run.paths, need).name,
    program or need, times * number,
    disk=4.0 * times * number * run.config.bank.num_draws,
  )  # fmt: skip


def losses(run):
  yield from a_pass(run, 'losses', run.config.surrogate.evaluations)


def gradients(run):
  yield from a_pass(run, 'gradients', 1)


def class_losses(run):
  """At the end of surrogates, told each class that is asked for and its own."""
  yield from a_pass(run, 'class_losses', 1 + len(passes.asked(run)), 'losses')


def of_halves(run):
  """The training of surrogates of halves."""
  options = run.config.surrogate
  return Work(
    'scores', 'training of 2 on halves', run.paths.half_surrogates.name,
    'surrogate', 2 * options.steps * options.batch_size,
    snapshots=2 * options.evaluations,
  )  # fmt: skip


def held_out_losses(run):
  """CLD's surrogates of halves, and their losses at each of their looks."""
  options, draws = run.config.surrogate, run.config.bank.num_draws
  yield of_halves(run)
  number = len(run.train)
  also = 2 * min(held_out_lib.MOST, number // 2)
  yield Work(
    'scores', 'losses of halves', run.paths.held_out_losses.name, 'losses',
    options.evaluations * (number + also),
    disk=4.0 * options.evaluations * number * draws,
  )  # fmt: skip


def influences(run):
  """CLD's surrogates, the gradients of what is held out, and two losses each."""
  number, draws = len(run.train), run.config.bank.num_draws
  others = 2 * min(held_out_lib.MOST, number // 2)
  yield of_halves(run)
  yield Work(
    'scores', 'gradients of held-out', f'{run.paths.influences.name} gradients',
    'held_out_gradient', others * draws,
  )  # fmt: skip
  yield Work(
    'scores', 'influences', run.paths.influences.name, 'influences', number,
    disk=4.0 * number * draws,
  )  # fmt: skip


def agreements(run):
  """MoSo's surrogates of subsets, and its two passes at each of their looks."""
  options, draws = run.config.moso, run.config.bank.num_draws
  each = len(run.train) // options.num_subsets
  steps, _ = surrogate.subset_steps(run, each)
  times = options.checkpoints * draws * len(run.train)
  batch = run.config.surrogate.batch_size
  yield Work(
    'scores', f'training of {options.num_subsets} on subsets',
    run.paths.subset_surrogates.name, 'surrogate',
    options.num_subsets * steps * batch,
    snapshots=options.num_subsets * options.checkpoints,
  )  # fmt: skip
  for name in ('mean_gradient', 'along'):
    yield Work(
      'scores', name.replace('_', ' '), f'{run.paths.agreements.name} {name}',
      name, times, disk=4.0 * times,
    )  # fmt: skip


PASSES = {
  'losses': losses,
  'gradients': gradients,
  'surrogates': agreements,
  'held_out_losses': held_out_losses,
  'class_losses': class_losses,
  'influences': influences,
}
"""What a method needs, see METHODS -> run -> its Work."""
