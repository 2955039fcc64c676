"""Cells of one process, one after the other, and their models as one program.

Run by the Python that runs the cells, as a launcher does without JAX:

python -m launch.together < ASKED, a JSON of commands and at_once

What a cell says is in its log, and what is wrong with it, if anything is, in the
last line. Ends with 1 if not all of them are finished.
"""

import contextlib
import json
import sys
import traceback

from prune_dm_jax.run import interrupt

if __name__ == '__main__':
  interrupt.listen()  # The imports that follow take seconds.

import jax
from absl import logging

from launch import forecast
from prune_dm_jax import main as main_lib
from prune_dm_jax import stages
from prune_dm_jax.run import command_line
from prune_dm_jax.run import live
from prune_dm_jax.stages import together


def main():
  asked = json.load(sys.stdin)
  first, *_ = asked['commands'].values()
  sys.argv = ['together', *first]  # From there --config.name=value is taken.
  whole = lambda config, workdir: run(
    **asked, until=main_lib.UNTIL.value, workdir=workdir
  )
  command_line.run(whole, first, __doc__)


def run(commands, at_once, *, until, workdir):
  """Runs the cells up to and with the stage `until`.

  Args:
    commands: name -> arguments of main.
    at_once: How many models train in one program; 0: all of them on an
      accelerator, and on a CPU, where it is slower, one after the other.
    until: The last stage.
    workdir: Where they are.
  """
  at_once = at_once or (1 if jax.default_backend() == 'cpu' else len(commands))
  into = lambda name: log_into(workdir / 'logs' / f'{name}.log')
  runs, failed = {}, set()
  for name, words in commands.items():
    with into(name), noted(failed, name), live.page(workdir):
      runs[name] = stages.opened(forecast.configured(words), workdir, until)
  there = {name: run for name, run in runs.items() if run}
  if at_once > 1:
    failed |= train(there, at_once, until, into)
  for name in [name for name in there if name not in failed]:
    with into(name), noted(failed, name), live.page(workdir):
      stages.go_on(there[name], until)
  if failed:
    names = ', '.join(n for n in commands if n in failed)
    command_line.refuse(f'not finished, as their logs say: {names}')


def train(runs, at_once, until, into):
  """Trains the models of cells, if `until` asks for them; names of what failed."""
  failed, ready = set(), {}
  for name, run in runs.items():
    way = stages.way_to(run, until)
    if 'train' in way:
      with into(name), noted(failed, name), live.page(run.workdir):
        for why in together.troubles(run.config, run.mesh.size):
          raise ValueError(why)
        stages.build_all(run, way[: way.index('train')])
        ready[name] = run
  if ready:
    first, *_ = ready.values()
    with live.page(first.workdir), live.stage(['train'], 'train'):
      wrong = together.build(ready, at_once=at_once, into=into)
    for name, error in wrong.items():
      with into(name), noted(failed, name):
        raise error
  return failed


@contextlib.contextmanager
def log_into(path):
  """A context in which log lines are added to a file."""
  handler = logging.get_absl_handler().python_handler
  with open(path, 'a', buffering=1) as file:
    before = handler.setStream(file)
    try:
      yield
    finally:
      handler.setStream(before)


@contextlib.contextmanager
def noted(failed, name):
  """A context of one cell; what is wrong is the last of what it says."""
  try:
    yield
  except Exception as error:
    failed.add(name)
    said = command_line.sentence(error) or traceback.format_exc()
    stream = logging.get_absl_handler().python_handler.stream
    print(f'prune_dm_jax: {said}', file=stream)


if __name__ == '__main__':
  main()
