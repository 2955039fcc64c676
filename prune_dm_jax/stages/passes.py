"""Passes over the training split at a surrogate's parameters.

Each is written part by part, so that one that is killed goes on where it was.
Rows are split over all devices; no example knows of another but through MoSo's
mean gradient.
"""

import functools
import shutil

import jax.numpy as jnp
import numpy as np

from prune_dm_jax.pruning import diffusion_classifier
from prune_dm_jax.pruning import noise_bank
from prune_dm_jax.pruning.gradients import GRADIENTS
from prune_dm_jax.run import artifacts
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


def losses(run, folder):
  """losses.npy [R, E, n, draws]: each surrogate at each of its evaluations."""
  options = run.config.surrogate
  steps = surrogate.evenly(options.steps, options.evaluations)
  of = functools.partial(of_surrogate, run, folder, 'losses', loss_pass(run))
  found = [[of(r, step) for step in steps] for r in range(options.num)]
  finish(folder, losses=np.array(found))


def gradients(run, folder):
  """gradients.npy [R, n, draws]: gradient norms at the end of each surrogate."""
  options = run.config.surrogate
  call = norm_pass(run)
  of = functools.partial(of_surrogate, run, folder, 'gradients', call)
  found = [of(r, options.steps) for r in range(options.num)]
  finish(folder, gradients=np.array(found))


def loss_pass(run):
  """(params, rows) -> [B, draws] losses."""
  return over_bank(run, 'losses', loss_of(run, dit.fastest))


def class_losses(run, folder):
  """class_losses.npy [R, 1 + A, n, draws]: squared errors, summed, told a class.

  Its own first, then each label of `asked`; the noises are the same.
  """
  options = run.config.surrogate
  of = functools.partial(of_surrogate, run, folder, 'losses', loss_pass(run))
  found = [
    [of(r, options.steps, told) for told in (None, *asked(run))]
    for r in range(options.num)
  ]
  dimensions = np.float32(np.prod(dit.latent_shape(run)))
  finish(folder, class_losses=np.array(found) * dimensions)


def asked(run):
  """The labels that a surrogate is told beside a picture's own."""
  null_class = run.config.dit.label_dropout > 0
  return diffusion_classifier.asked(dit.number_of_classes(run), null_class)


def norm_pass(run):
  """(params, rows) -> [B, draws] gradient norms."""
  loss, way = gradient_loss(run), way_of(run)
  norms = lambda *args: jnp.sqrt(way.squared_norms(loss, *args))
  return over_bank(run, 'gradients', norms)


def loss_of(run, network_of=dit.network_of):
  """`dit.loss_of` the surrogate."""
  return dit.loss_of(run, network_of(run, run.config.surrogate.size))


def gradient_loss(run):
  """The same, by the fastest attention where gradients are by fast norms."""
  fast = run.config.score.gradient == 'fast'
  return loss_of(run, dit.fastest if fast else dit.network_of)


def way_of(run):
  """The GRADIENTS of the configuration, if they cover the surrogate."""
  way = GRADIENTS[run.config.score.gradient]
  network = dit.network_of(run, run.config.surrogate.size)
  x, one = jnp.zeros((1, *dit.latent_shape(run))), jnp.zeros(1)
  params = dit.fresh(run, network)
  way.check(loss_of(run), params, x, one.astype(int), one, x)
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


def read(run, kept, told=None):
  """Places [b] in `kept` -> codes, label, or what is told, and index in the data."""
  rows = latents.reader(run)
  if told is None:
    return lambda places: {**rows(kept[places]), 'index': kept[places]}
  label = lambda places: np.full(len(places), told, np.int32)
  return lambda places: {
    **rows(kept[places]), 'index': kept[places], 'label': label(places),
  }  # fmt: skip


def over_bank(run, name, function):
  """((params, codebook), rows) -> [B, draws] of a function that gives [B]."""
  draws = bank(run)

  def rows(given, batch):
    params, codebook = given
    x, y, index = codebook[batch['codes']], batch['label'], batch['index']
    return noise_bank.over_draws(function, draws, params, x, y, index)

  return progress.compiling(name, apply.row_by_row(rows, run.mesh))


def of_surrogate(run, folder, what, call, r, step, told=None):
  """[n, ...] of a call `over_bank`, at a surrogate of all that is trained on."""
  name = f'{what} of surrogate {r} step {step}'
  name = name if told is None else f'{name} told {told}'
  params = surrogate.params_at(run, run.paths.surrogates / str(r), step)
  return in_parts(run, folder, name, call, params, run.train, told)


def in_parts(run, folder, name, call, params, kept, told=None):
  """[n, ...] of a call `over_bank`, from parts on disk where they are."""
  call = functools.partial(call, (params, latents.codebook(run)))
  size, part = len(kept), run.config.runtime.part_size
  say = progress.counter(name, size)
  found = []
  for first in range(0, size, part):
    rows = kept[first : first + part]
    make = functools.partial(mapped, run, call, rows, told)
    found.append(at_part(folder, f'{name} rows {first}-{len(rows)}', make))
    say(first + len(rows))
  return np.concatenate(found)


def mapped(run, call, kept, told=None):
  at_once = run.config.runtime.score_batch_size * run.mesh.size
  size = min(at_once, len(run.train))
  return apply.mapped(
    call, read(run, kept, told), len(kept), mesh=run.mesh, batch_size=size
  )


def at_part(folder, name, make):
  """An array of make(), kept under parts/ until the whole is there."""
  called = name.replace(' ', '-')
  of_part = lambda: {'part': checked(make(), name)}
  return parts.at_hand_together(folder / 'parts', called, of_part)['part']


def checked(made, name):
  """What was made, if all of it is finite."""
  if not np.isfinite(made).all():
    first = np.argwhere(~np.isfinite(made))[0].tolist()
    raise ValueError(
      f'{name}: the number at {first} is not finite, as its network was trained '
      'badly; a lower --config.surrogate.learning_rate trains another surrogate, '
      '--config.train.learning_rate another model of a cell'
    )
  return made


def finish(folder, **arrays):
  """Writes the whole, and drops its parts."""
  for name, array in arrays.items():
    artifacts.write_array(folder / f'{name}.npy', array)
  processes.wait()
  if processes.first():
    shutil.rmtree(folder / 'parts')


PASSES = {
  'losses': losses,
  'gradients': gradients,
  'class_losses': class_losses,
}
