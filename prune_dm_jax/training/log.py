"""Numbers of a training run: metrics.jsonl always, TensorBoard if installed."""

import json
import pathlib
import time

from absl import logging


def read(path):
  """The whole lines of a metrics file; a torn last line is left out."""
  path = pathlib.Path(path)
  lines = path.read_text().split('\n')[:-1] if path.exists() else []
  return [json.loads(line) for line in lines]


def cut_back(path, step):
  """Drops the lines after a step, which training is about to write again."""
  lines = [line for line in read(path) if line['step'] <= step]
  text = ''.join(json.dumps(line) + '\n' for line in lines)
  temporary = pathlib.Path(path).with_suffix('.tmp')
  temporary.write_text(text)
  temporary.rename(path)
  return lines


def append(path, line):
  with open(path, 'a') as file:
    file.write(json.dumps(line) + '\n')


def tensorboard(directory, step):
  """A writer, or None without the extra `tensorboard`."""
  try:
    import tensorboardX
  except ImportError:
    return None
  return tensorboardX.SummaryWriter(str(directory), purge_step=step + 1)


def progress(name, step, num_steps, loss, rate):
  """One line: where training is, how fast, and how long it will still take."""
  logging.info(
    '%s: step %d of %d, loss %.4f, %.1f steps/s, %s left',
    name, step, num_steps, loss, rate, clock((num_steps - step) / rate),
  )  # fmt: skip


def counter(name, size, *, every=5.0):
  """A function of how many are done, which says so every few seconds."""
  began = said = time.monotonic()

  def say(done):
    nonlocal said
    now = time.monotonic()
    if now - said < every or done >= size:
      return
    said, rate = now, done / (now - began)
    left = clock((size - done) / rate)
    logging.info(
      '%s: %d of %d, %.1f a second, %s left', name, done, size, rate, left
    )

  return say


def clock(seconds):
  """Minutes and seconds, as 3:07."""
  return f'{int(seconds) // 60}:{int(seconds) % 60:02d}'
