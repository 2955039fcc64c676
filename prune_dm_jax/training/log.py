"""Numbers of a training run: metrics.jsonl always, TensorBoard if installed."""

import json
import pathlib


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
