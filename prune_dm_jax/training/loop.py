"""The one training loop, which all that is trained here shares.

Where training stands is the State, and nothing else: every key is a function of
its step, and so is the batch, or of what the State remembers. So a run that is killed
and started again ends with the same parameters, to the bit, as one that was left alone.
"""

import collections
import pathlib
import time

import jax

from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import diagnosis
from prune_dm_jax.training import finite
from prune_dm_jax.training import log
from prune_dm_jax.training import pace
from prune_dm_jax.training import step as step_lib


def fit(
  step, create, batches, *, key, mesh, directory, name, num_steps,
  fingerprints, begin=lambda state: state, about=diagnosis.UNKNOWN,
  divide=False, **rest,
):  # fmt: skip
  """Trains to `num_steps`, from the newest whole checkpoint in `directory`.

  Args:
    step: From `step.train_step`.
    create: () -> a State, whose shapes are those of checkpoints.
    batches: first step -> iterator of this process's rows, dict of [b, ...].
    key: Of all the randomness in training.
    mesh: From `step.data_mesh`.
    directory: Holds checkpoints/, metrics.jsonl and tensorboard/.
    name: Of what is trained.
    num_steps: Where training ends.
    fingerprints: What is trained on, name -> text, kept in every checkpoint.
    begin: The State of create() -> the one to start from, where there is no
      checkpoint.
    about: `diagnosis.About` of what is trained.
    divide: As of `step.create`.
    **rest: See `train`.

  Returns:
    The trained State.

  Raises:
    ValueError: Other fingerprints than those of the checkpoint.
    FloatingPointError: A step is not finite; nothing of it is kept.
    SystemExit: It was told to end, and has saved the step that it says.
  """
  directory = pathlib.Path(directory)
  with checkpoint.manager(directory / 'checkpoints') as checkpoints:
    state = stands(
      checkpoints, create, mesh=mesh, directory=directory, begin=begin,
      fingerprints=fingerprints, about=about, divide=divide,
    )  # fmt: skip
    if int(state.step) == num_steps:
      return state
    place = lambda batch: step_lib.place(batch, mesh)
    return train(
      lambda state, batch: step(state, place(batch), key), state,
      batches(int(state.step)), checkpoints, directory=directory, name=name,
      num_steps=num_steps, fingerprints=fingerprints, about=about, **rest,
    )  # fmt: skip


def stands(
  checkpoints, create, *, mesh, directory, fingerprints, begin, about, divide
):
  """The State from which a training goes on; see `fit`."""
  diagnosis.go_on(directory, about, checkpoints)
  wanted = step_lib.shapes(create, mesh, divide=divide)
  state = checkpoint.restore_latest(checkpoints, wanted, fingerprints)
  return begin(create()) if state is None else state


def train(
  step, state, batches, checkpoints, *, directory, name, num_steps,
  checkpoint_every, log_every, fingerprints, about, snapshots=(),
  flops=lambda state, batch: 0, say=lambda step, note, line: None,
  told=lambda: False, follow=lambda state: None,
):  # fmt: skip
  """The State after `num_steps`.

  Args:
    step: (state, batch) -> state, `finite.Seen`.
    state: Where training stands.
    batches: Iterator of what the steps from there take.
    checkpoints: From `checkpoint.manager`.
    directory: See `fit`; so are name, num_steps, fingerprints and about.
    checkpoint_every: Steps between checkpoints; the last step has one.
    log_every: Steps between lines of metrics.jsonl, their mean loss and pace.
    flops: As of `pace.Pace`.
    snapshots: Steps whose parameters are kept for good, before a checkpoint is.
    say: Called with each step, the last line in words, and whether it is new.
    told: Asked after each step: whether to save and to end.
    follow: Told, before the first batch, of () -> the State, if batches need it.
  """
  start, losses, note = int(state.step), [], ''
  record, pending = recorder(directory, start), collections.deque()
  refuse = diagnosis.refuser(directory, name, about, checkpoints, state)
  save = saver(directory, checkpoints, snapshots, fingerprints)
  speed, steps = pace.Pace(flops), range(start + 1, num_steps + 1)
  follow(lambda: state)
  for i, batch in zip(steps, speed.timed(batches), strict=False):
    state, seen = step(state, batch)
    speed.add(state, batch, seen)
    losses.append(seen.loss)
    last, logged = i == num_steps, i % log_every == 0 or i == num_steps
    pending.append((i, seen))
    finite.settle(pending, refuse, lag=0 if logged else finite.LAG)
    if logged:
      note, losses = record(i, losses, speed.read()), []
    say(i, note, logged)
    stop = told()
    due = i % checkpoint_every == 0 or last or stop
    if due or i in snapshots:
      pending.append((i, finite.thorough(seen, state)))
      finite.settle(pending, refuse)
      save(i, state, due)
    if stop and not last:
      raise SystemExit(f'{name} at step {i}')
  return state


def saver(directory, checkpoints, snapshots, fingerprints):
  """A function (step, State, due) that saves a snapshot, a checkpoint, or both."""

  def save(i, state, due):
    if i in snapshots:
      folder = directory / 'snapshots'
      checkpoint.save_snapshot(folder, i, state.params, fingerprints)
    if due:
      checkpoint.save(checkpoints, i, state, fingerprints)

  return save


def recorder(directory, start):
  """A function (step, losses, rates) that writes metrics.jsonl and TensorBoard.

  It returns their mean and the rates in words. Only the first process writes.
  """
  if jax.process_index() > 0:
    return lambda step, losses, rates: ''
  path = directory / 'metrics.jsonl'
  earlier = log.cut_back(path, start)
  seconds = earlier[-1].get('seconds', 0.0) if earlier else 0.0
  writer = log.tensorboard(directory / 'tensorboard', start)
  began = time.monotonic()

  def record(step, losses, rates):
    loss = sum(map(float, losses)) / len(losses)
    spent = time.monotonic() - began
    line = {'step': step, 'loss': loss, 'seconds': seconds + spent}
    log.append(path, line | rates)
    if writer:
      for name, value in {'loss': loss, **rates}.items():
        writer.add_scalar(name, value, step)
      writer.flush()
    return f'loss {loss:.4f}{pace.words(rates)}'

  return record
