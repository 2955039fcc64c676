"""Runs many cells on this machine.

python launch/local.py --config=configs/digits.py --variants=paper \
  --prune_ratios=0.25,0.5 --seeds=0,1,2 [--at_once=2] [--together=8]

They share all that does not depend on the cell; what is finished is skipped,
and what fails is tried again and named at the end. What a cell says is in
<workdir>/logs. What all of it takes is said first, and all that is missing, which
ends it. --dry_run prints the commands, and that.

With --together=K so many cells of one model share a process, and on an accelerator
train as one program; --in_one_program=N says how many of them do, 1 that they
train one after the other, as on a CPU. If not all of them are finished, those
cells are run once more, alone.

Told to end, by Ctrl-C or a signal, it tells the cells, waits until they have saved
and ends; so it does when a cell was told to. The same command goes on.
"""

import contextlib
import functools
import itertools
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from configs import common
from launch import cells as cells_lib
from launch import checkout
from launch import options
from launch import pool
from launch import signals

MOST = 64
"""Cells of one process: the folders of all that train are held at once."""


def parser():
  parser = options.parser(__doc__)
  number = functools.partial(parser.add_argument, type=int)
  number('--at_once', default=1, help='processes at a time; 1')
  number('--retries', default=1, help='of what fails; 1')
  number('--together', default=1, help='cells of a process; 1')
  number('--in_one_program', default=0, help='of these; 0: as is faster')
  return parser


def run(commands, groups, given):
  """Runs each, a few at once, and says how far all are; those that failed.

  Args:
    commands: name -> command.
    groups: name -> names of cells that share a process.
    given: The options.
  """
  log = lambda name: cells_lib.log_of(given, name)
  (given.workdir / 'logs').mkdir(parents=True, exist_ok=True)
  number = len(commands)
  asked = {
    name: together(commands, cells, given) for name, cells in groups.items()
  }
  beside = [given.python, '-m', 'launch.together']
  commands = commands | dict.fromkeys(groups, beside)
  apart = set(itertools.chain(*groups.values()))
  waiting = [(n, given.retries) for n in commands if n not in apart]
  failed, done, began = {}, 0, time.monotonic()
  start = lambda name, cores: pool.begin(
    commands[name], cores, stdin=file_of(asked.get(name, '')),
    env=checkout.environment(given.workdir),
    stdout=open(log(name), 'a'), stderr=subprocess.STDOUT,
  )  # fmt: skip
  ended = pool.run(start, waiting, given.at_once)
  with contextlib.closing(ended):  # Whatever ends this ends the cells.
    for name, retries, code, seconds in ended:
      if code == signals.AGAIN:
        raise signals.Told(0, f'{name} was told to end')
      if code and name in groups:
        waiting += [(cell, retries) for cell in groups[name]]
        print(f'{name}: its cells are run alone; see {log(name)}', flush=True)
        continue
      if code and retries:
        waiting.append((name, retries - 1))
        print(f'{name} failed and is tried again; see {log(name)}')
        continue
      done += len(groups.get(name, [name]))
      if code:
        failed[name] = [commands[name]]
      print(line(name, code, seconds, done, number, began), flush=True)
  return failed


def grouped(cells, number):
  """name -> names of up to so many cells whose models are of one kind."""
  kind = lambda cell: common.VARIANTS[cell.variant].get('model', 'dit')
  cells = sorted(cells, key=kind)  # Else in their order.
  found = {}
  for model, those in itertools.groupby(cells, kind):
    names = [cells_lib.name_of(cell) for cell in those]
    size = -(-len(names) // -(-len(names) // number))  # Of even parts.
    for i in range(0, len(names), size) if number > 1 else ():
      some = names[i : i + size]
      found[f'{model}-{i + 1}-to-{i + len(some)}'] = some
  return found


def together(commands, cells, given):
  """What a process that some cells share is asked for, as JSON."""
  words = {cell: commands[cell][3:] for cell in cells}
  return json.dumps(dict(commands=words, at_once=given.in_one_program))


def file_of(text):
  """An open file without a name, to be read: no other launcher has a part in it."""
  file = tempfile.TemporaryFile('w+')
  file.write(text)
  file.seek(0)
  return file


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
    options.refuse('--at_once is at least 1, --retries at least 0')
  if not 1 <= given.together <= MOST or given.in_one_program < 0:
    options.refuse(
      f'--together is from 1 to {MOST}, --in_one_program at least 0'
    )
  commands = {
    cells_lib.name_of(cell): cells_lib.command(given, settings, cell)
    for cell in cells
  }
  groups = grouped(cells, given.together)
  if given.dry_run:
    for name, some in groups.items():
      print(f'# one process, {name}: {" ".join(some)}')
    print('\n'.join(map(shlex.join, commands.values())), flush=True)
  signals.listen()
  try:
    cells_lib.foresee(given, settings, cells, 'here')
    if given.dry_run:
      return
    failed = run(commands, groups, given)
  except signals.Told as told:
    signals.leave(told)
  cells_lib.finish(given, failed)


if __name__ == '__main__':
  main(sys.argv[1:])
