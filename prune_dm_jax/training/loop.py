"""The one training loop, which all that is trained here shares.

Where training stands is the step, and nothing else: the batch and every key are
functions of it. So a run that is killed and started again ends with the same
parameters, to the bit, as one that was left alone.
"""

import math
import pathlib
import time

import jax

from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import log
from prune_dm_jax.training import step as step_lib


def fit(
  step,
  create,
  batches,
  *,
  key,
  mesh,
  directory,
  name,
  num_steps,
  checkpoint_every,
  log_every,
  fingerprints,
  begin=lambda state: state,
  snapshots=(),
):
  """Trains to `num_steps`, from the newest whole checkpoint in `directory`.

  Args:
    step: From `step.train_step`.
    create: () -> a State, whose shapes are those of checkpoints.
    batches: first step -> iterator of this process's rows, dict of [b, ...].
    key: Of all the randomness in training.
    mesh: From `step.data_mesh`.
    directory: Holds checkpoints/, metrics.jsonl and tensorboard/.
    name: For the progress lines.
    num_steps: Where training ends.
    checkpoint_every: Steps between checkpoints; the last step has one.
    log_every: Steps between lines of metrics.jsonl, each the mean loss of the
      steps since the line before.
    fingerprints: What is trained on, name -> text, kept in every checkpoint.
    begin: The State of create() -> the one to start from, where there is no
      checkpoint.
    snapshots: Steps whose parameters are kept for good, in snapshots/. Each is
      whole before a checkpoint of its step begins, so that none is missed.

  Returns:
    The trained State.

  Raises:
    ValueError: Other fingerprints than those of the checkpoint.
    FloatingPointError: The loss is no longer finite.
    SystemExit: The processes were told to end, and have saved where they are.
  """
  directory = pathlib.Path(directory)
  with checkpoint.manager(directory / 'checkpoints') as checkpoints:
    state = checkpoint.restore_latest(
      checkpoints, step_lib.shapes(create, mesh), fingerprints
    )
    state = begin(create()) if state is None else state
    start = int(state.step)
    if start == num_steps:
      return state
    record = recorder(directory, name, start, num_steps)
    losses = []
    rest = range(start + 1, num_steps + 1)
    for i, batch in zip(rest, batches(start), strict=False):
      state, loss = step(state, step_lib.place(batch, mesh), key)
      losses.append(loss)
      if i % log_every == 0 or i == num_steps:
        record(i, sum(float(loss) for loss in losses) / len(losses))
        losses = []
      stop = checkpoints.reached_preemption(i)
      if i in snapshots:
        checkpoint.save_snapshot(
          directory / 'snapshots', i, state.params, fingerprints
        )
      if i % checkpoint_every == 0 or i == num_steps or stop:
        checkpoint.save(checkpoints, i, state, fingerprints)
      if stop and i < num_steps:
        raise SystemExit(f'{name}: stopped at step {i}; run again to go on')
  return state


def recorder(directory, name, start, num_steps):
  """A function (step, loss) that writes metrics.jsonl, TensorBoard, progress."""
  if jax.process_index() > 0:
    return lambda step, loss: None
  path = directory / 'metrics.jsonl'
  earlier = log.cut_back(path, start)
  seconds = earlier[-1]['seconds'] if earlier else 0.0
  writer = log.tensorboard(directory / 'tensorboard', start)
  began = time.monotonic()

  def record(step, loss):
    if not math.isfinite(loss):
      raise FloatingPointError(f'{name}: the loss is {loss} at step {step}')
    spent = time.monotonic() - began
    line = {'step': step, 'loss': loss, 'seconds': seconds + spent}
    log.append(path, line)
    if writer:
      writer.add_scalar('loss', loss, step)
      writer.flush()
    log.progress(name, step, num_steps, loss, (step - start) / spent)

  return record
