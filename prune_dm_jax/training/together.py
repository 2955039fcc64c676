"""Trainings of one shape as one program: vmap over their States.

  (state, batch, key) of each, stacked -> the step of `step.train_step`, vmapped,
  scanned over the steps between two moments at which the host has something to do

Each sees its own batches and keys, and keeps its own checkpoints, log and
diagnosis, those of `loop.fit`: what was begun together goes on alone, and the
other way round, to the same parameters but for rounding.
"""

import collections
import contextlib
import functools
import itertools
import math
import pathlib
import time

import jax
import jax.numpy as jnp
import numpy as np

from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import diagnosis
from prune_dm_jax.training import finite
from prune_dm_jax.training import loop
from prune_dm_jax.training import pace

STANDS = ('mesh', 'directory', 'fingerprints', 'begin', 'about', 'divide')
"""What `loop.stands` is given of the arguments of `loop.fit`."""

MOST = 10
"""Steps between which a signal is heard, and whose batches are in memory."""

WRONG = (ValueError, FloatingPointError, OSError)
"""What is wrong with one training, and ends no other."""


def fit(
  trainings, *, at_once, told=lambda: False,
  into=lambda name: contextlib.nullcontext(),
):  # fmt: skip
  """Trains each to its end, so many of them in one program.

  Args:
    trainings: name -> all arguments of `loop.fit` but `told`, as dicts, without
      snapshots; their steps are the same program, on one device.
    at_once: How many are in a program.
    told: As of `loop.train`.
    into: name -> a context in which what is said is of that one.

  Returns:
    name -> the error of each that did not come to its end.

  Raises:
    SystemExit: They were told to end, and have saved the step that it says.
  """
  failed = {}
  with contextlib.ExitStack() as open_ones:
    for some in batched(trainings, at_once):  # So many States are held.
      those, states = {}, {}
      for name, one in some.items():
        folder = pathlib.Path(one['directory']) / 'checkpoints'
        kept = open_ones.enter_context(checkpoint.manager(folder))
        with into(name), noted(failed, name):
          given = {key: one[key] for key in STANDS}
          states[name] = loop.stands(kept, one['create'], **given)
          those[name] = one, kept
      train_from_each_step(those, states, failed, told, into)
  return failed


def train_from_each_step(those, states, failed, told, into):
  """Trains some, of name -> (arguments, checkpoints) and name -> State, which is
  emptied: those that stand at one step together.
  """
  standing = {name: int(state.step) for name, state in states.items()}
  for start in sorted(set(standing.values())):
    names = [name for name, step in standing.items() if step == start]
    own = {name: states.pop(name) for name in names}
    one, _ = those[names[0]]
    if start < one['num_steps']:
      train({n: those[n] for n in names}, own, start, failed, told, into)


def batched(those, number):
  """Parts of a dict, as even as can be: few sizes are few programs."""
  parts = -(-len(those) // number)
  return [dict(itertools.islice(those.items(), i, None, parts))
          for i in range(parts)]  # fmt: skip


@contextlib.contextmanager
def noted(failed, name):
  """A context of one training, in which what is wrong with it ends no other."""
  try:
    yield
  except WRONG as error:
    failed[name] = error


def train(those, states, start, failed, told, into):
  """Trains some whose States, which are emptied, are at one step; what fails is
  added to `failed`, and the others go on.
  """
  one, *_ = next(iter(those.values()))
  number = stride(one)
  first = number - start % number
  taken = batches(
    those, start, itertools.chain([first], itertools.repeat(number))
  )
  keys = jnp.stack([each['key'] for each, _ in those.values()])
  keep = {
    name: keeper(*each, states[name], start + first)
    for name, each in those.items()
  }
  advance, state = program(one['step']), stacked([*states.values()])
  states.clear()
  batch = next(taken)
  for i in range(start + first, one['num_steps'] + 1, number):
    state, seen = advance(state, batch, keys)
    batch = next(taken) if i < one['num_steps'] else None
    seen, stop = jax.tree.map(np.asarray, seen), told()
    for j, name in enumerate(those):
      if name not in failed:
        with into(name), noted(failed, name):
          keep[name](i, at(seen, j), functools.partial(at, state, j), stop)
    if stop and i < one['num_steps']:
      raise SystemExit(f'{one["name"]} at step {i}, of {len(those)} together')
  for name, (_, checkpoints) in those.items():
    with into(name), noted(failed, name):
      checkpoints.wait_until_finished()


def stride(one):
  """Steps of a program: a divisor of what the host does something after."""
  every = math.gcd(one['log_every'], one['checkpoint_every'], one['num_steps'])
  return next(n for n in range(min(every, MOST), 0, -1) if every % n == 0)


def stacked(trees):
  return jax.tree.map(lambda *leaves: jnp.stack(leaves), *trees)


def at(tree, i):
  """One of what is stacked."""
  return jax.tree.map(lambda leaf: leaf[i], tree)


def program(step):
  """(States [K], batches [K, S, B, ...], keys [K]) -> States, Seen [K, S, ...]."""

  def all_steps(state, batch, key):
    return jax.lax.scan(lambda s, rows: step(s, rows, key), state, batch)

  return jax.jit(jax.vmap(all_steps), donate_argnums=0)


def batches(those, start, numbers):
  """Yields the next batches of each, name -> [K, S, B, ...], S of `numbers`."""
  each = [one['batches'](start) for one, *_ in those.values()]
  some = lambda rows, number: list(itertools.islice(rows, number))
  join = lambda trees: jax.tree.map(lambda *leaves: np.stack(leaves), *trees)
  for number in numbers:
    yield join([join(some(rows, number)) for rows in each])


def keeper(one, checkpoints, state, first):
  """A function (step, Seen [S], () -> State, stop) that does what `loop.train`
  does between steps, of one training; `first` is the step of its first call.
  """
  directory = pathlib.Path(one['directory'])
  record = loop.recorder(directory, int(state.step))
  refuse = diagnosis.refuser(
    directory, one['name'], one['about'], checkpoints, state
  )
  losses, began = [], time.monotonic()

  def keep(i, seen, state, stop):
    nonlocal losses, began
    for s in np.flatnonzero(~seen.ok):
      refuse(i - len(seen.ok) + 1 + int(s), at(seen, s))
    losses += [*seen.loss]
    last = i == one['num_steps']
    if i % one['log_every'] == 0 or last:
      rows = len(losses) * seen.losses.shape[1]
      rates = pace.rates(time.monotonic() - began, rows, 0, '')
      note = record(i, losses, rates if i > first else {})
      one['say'](i, note, True)
      losses, began = [], time.monotonic()
    if i % one['checkpoint_every'] == 0 or last or stop:
      own = state()
      asked = collections.deque([(i, finite.thorough(at(seen, -1), own))])
      finite.settle(asked, refuse)
      checkpoint.save(checkpoints, i, own, one['fingerprints'])

  return keep
