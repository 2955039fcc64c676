"""The models of several cells, of one shape as one program.

What a cell has when it is trained so is what it has when it is trained alone, but
for rounding; its time.json says the seconds of all of them.
"""

import contextlib
import functools
import json

from prune_dm_jax.run import artifacts
from prune_dm_jax.run import interrupt
from prune_dm_jax.run import live
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import examples
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import train
from prune_dm_jax.training import together

OWN = (
  'variant', 'prune_ratio', 'seed', 'score', 'select', 'twins', 'junk',
)  # fmt: skip
"""Keys of the configuration that say what is kept, and in which order it is
seen: of no other value is the program another one."""


def troubles(config, number):
  """Why what a config trains, on so many devices, is not trained beside others."""
  wrong = {
    f'{number} devices are here': number > 1,
    'config.runtime.accumulate is not 1': config.runtime.accumulate > 1,
    'config.runtime.shard_optimizer is True': config.runtime.shard_optimizer,
    f'config.train.dynamic is {config.train.dynamic!r}': config.train.dynamic,
  }
  return [
    f'--together is for whole steps on one device, but {why}; leave it out, or '
    'that'
    for why, holds in wrong.items()
    if holds
  ]


def build(runs, *, at_once, into=lambda name: contextlib.nullcontext()):
  """Builds `train` of each of the runs, so many of one shape in a program.

  Args:
    runs: name -> a Run, selected.
    at_once: How many are in a program.
    into: name -> a context in which what is said is of that one.

  Returns:
    name -> the error of each that could not be trained.
  """
  missing, ended = {}, dict.fromkeys(runs)
  for name, run in sorted(runs.items()):
    if not artifacts.whole(cells.known_folder(run) / run.config.model):
      missing.setdefault(shape(run), {})[name] = run
  fit = functools.partial(train_all, at_once=at_once, into=into)
  for those in missing.values():
    nested(those, {}, ended, fit, into)
  return {name: error for name, error in ended.items() if error}


def shape(run):
  """Text that is the same for all whose training is the same program."""
  trained = examples.of_cell(cells.known_folder(run))
  said = {k: v for k, v in run.config.to_dict().items() if k not in OWN}
  steps = fitting.exposed(run, trained.weight.sum()).steps
  apart = steps, bool(trained.t_min.any()), run.paths.latents.name
  return json.dumps([said, *apart], sort_keys=True)


def nested(rest, prepared, ended, fit, into):
  """The folder of each is begun, all are trained, and each is finished.

  A folder is made in the making of the one before it, so that all are locked.

  Args:
    rest: name -> Run, of those to be begun.
    prepared: name -> what `fitting.prepared` gives, of those that are.
    ended: name -> None, or the error of one that did not come to its end.
    fit: prepared -> what is to be known of them in `ended`.
    into: As in `build`.
  """
  if not rest:
    ended.update(fit(prepared))
    return
  (name, run), *others = rest.items()
  further = lambda: nested(dict(others), prepared, ended, fit, into)
  begun = []

  def make(folder, trained):
    begun.append(name)
    fitted = train.FITS[run.config.model]
    with together.noted(ended, name):
      prepared[name] = fitted(run, folder, trained, by=fitting.prepared)
    further()
    if ended[name]:
      raise ended[name]

  with into(name), together.noted(ended, name):
    train.build_by(run, make)
  if not begun:
    further()


def train_all(prepared, *, at_once, into):
  """name -> None, or the error of what was not trained to its end."""
  for one in list(prepared.values())[:1]:
    live.training(one['directory'])
  try:
    with interrupt.training() as told:
      return together.fit(prepared, at_once=at_once, told=told, into=into)
  except together.WRONG as error:  # Of what all of them read.
    return dict.fromkeys(prepared, error)
