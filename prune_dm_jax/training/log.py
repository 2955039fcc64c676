"""Numbers of a training run: metrics.jsonl always, TensorBoard if installed."""

import json
import pathlib

from prune_dm_jax.training import notes


def read(path):
  """The whole lines of a metrics file; a torn last line is left out."""
  path = pathlib.Path(path)
  return lines_of(path.read_text()) if path.exists() else []


def lines_of(text):
  return [json.loads(line) for line in text.split('\n')[:-1]]


def cut_back(path, step):
  """Drops the lines after a step, which training is about to write again."""
  until = lambda text: [one for one in lines_of(text) if one['step'] <= step]
  lines = notes.read(path, until)
  notes.write(path, ''.join(json.dumps(line) + '\n' for line in lines))
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
