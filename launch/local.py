"""Runs many cells on this machine.

python launch/local.py --config=configs/digits.py --variants=paper \
  --prune_ratios=0.25,0.5 --seeds=0,1,2 [--at_once=2] [--retries=1]

They share all that does not depend on the cell; what is finished is skipped,
and what fails is tried again and named at the end. What a cell says is in
<workdir>/logs. What all of it takes is said first, and all that is missing, which
ends it. --dry_run prints the commands, and that.

Told to end, by Ctrl-C or a signal, it tells the cells, waits until they have saved
and ends; so it does when a cell was told to. The same command goes on.
"""

import contextlib
import pathlib
import shlex
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from launch import cells as cells_lib
from launch import pool
from launch import signals


def parser():
  parser = cells_lib.parser()
  parser.add_argument('--at_once', default=1, type=int)
  parser.add_argument('--retries', default=1, type=int)
  return parser


def run(commands, given):
  """Runs each, a few at once, and says how far all are; those that failed.

  Args:
    commands: name -> command.
    given: The options.
  """
  log = lambda name: cells_lib.log_of(given, name)
  (given.workdir / 'logs').mkdir(parents=True, exist_ok=True)
  waiting = [(name, given.retries) for name in commands]
  failed, done, began = {}, 0, time.monotonic()
  start = lambda name, cores: subprocess.Popen(
    commands[name], cwd=cells_lib.ROOT,
    env=cells_lib.environment(given.workdir),
    stdout=open(log(name), 'a'), stderr=subprocess.STDOUT,
    preexec_fn=lambda: pool.bind(cores),
  )  # fmt: skip
  ended = pool.run(start, waiting, given.at_once)
  with contextlib.closing(ended):  # Whatever ends this ends the cells.
    for name, retries, code, seconds in ended:
      if code == signals.AGAIN:
        raise signals.Told(0, f'{name} was told to end')
      if code and retries:
        waiting.append((name, retries - 1))
        print(f'{name} failed and is tried again; see {log(name)}')
        continue
      done += 1
      if code:
        failed[name] = [commands[name]]
      print(line(name, code, seconds, done, len(commands), began), flush=True)
  return failed


def line(name, code, seconds, done, number, began):
  """How one cell ended, and how far all of them are."""
  spent = time.monotonic() - began
  left = spent / done * (number - done)
  return (
    f'{done} of {number}: {name} {"FAILED" if code else "done"} after '
    f'{seconds:.0f} s; {spent / 60:.0f} min spent, about {left / 60:.0f} left'
  )


def main(argv):
  given, settings, cells = cells_lib.planned(parser(), argv)
  if given.at_once < 1 or given.retries < 0:
    cells_lib.refuse('--at_once is at least 1, --retries at least 0')
  commands = {
    cells_lib.name_of(cell): cells_lib.command(given, settings, cell)
    for cell in cells
  }
  if given.dry_run:
    print('\n'.join(map(shlex.join, commands.values())), flush=True)
  signals.listen()
  try:
    cells_lib.foresee(given, settings, cells, 'here')
    if given.dry_run:
      return
    failed = run(commands, given)
  except signals.Told as told:
    signals.leave(told)
  cells_lib.finish(given, failed)


if __name__ == '__main__':
  main(sys.argv[1:])
