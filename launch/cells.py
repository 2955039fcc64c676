"""The cells of a sweep as commands, for every launcher.

A command makes what is missing and goes on where an earlier run was killed, so
that it may be run again at any moment.
"""

import json
import pathlib
import runpy
import shlex
import signal
import subprocess
import sys

from configs import common
from launch import checkout
from launch import options
from launch import signals
from prune_dm_jax.pruning import METHODS


def planned(parser, argv):
  """The options, the rest (settings for every cell), and the cells.

  What is wrong with them ends the program with a sentence.
  """
  given, settings = parser.parse_known_args(argv)
  given.folder = pathlib.Path.cwd()
  options.check_words(settings)
  given.workdir = given.workdir or pathlib.Path('runs') / given.config.stem
  try:
    cells = common.sweep(
      given.variants, given.prune_ratios, given.seeds, backbones(given.config)
    )
  except ValueError as error:
    options.refuse(error)
  return given, settings, cells


def backbones(config):
  """Whose clusters `all` and `paper` mean: the config file's, if it says so."""
  if not config.is_file():
    raise ValueError(f'--config={config}: there is no such file')
  return runpy.run_path(str(config)).get('BACKBONES', common.HERE)


def name_of(cell):
  ratio = '' if cell.prune_ratio is None else f'-{cell.prune_ratio:g}'
  return f'{cell.variant}{ratio}-seed{cell.seed}'


def command(given, settings, cell, until=''):
  """The main command of one cell."""
  ratio, until = cell.prune_ratio, until or given.until
  return [
    given.python, '-m', 'prune_dm_jax.main',
    f'--config={given.config.absolute()}:{cell.variant}',
    f'--workdir={given.workdir.absolute()}',
    f'--config.seed={cell.seed}',
    *([] if ratio is None else [f'--config.prune_ratio={ratio}']),
    *settings,
    *([] if until == options.STAGES[-1] else [f'--until={until}']),
  ]  # fmt: skip


def foresee(given, settings, cells, topology, python=''):
  """Says what cells would take; ends with 1, and why, if they cannot begin.

  Args:
    given: The options.
    settings: For every cell.
    cells: As `planned` has them.
    topology: The devices of a cell, unless --topology says which.
    python: Which one looks, if not the one that runs the cells.
  """
  asked = dict(
    commands={
      name_of(cell): command(given, settings, cell)[3:] for cell in cells
    },
    topology=given.topology or topology,
    until=given.until,
    workdir=str(given.workdir),
    together=getattr(given, 'together', 1),
  )
  looked = look(python or given.python, json.dumps(asked))
  if 'ModuleNotFoundError' in looked.stderr:
    missing = looked.stderr.splitlines()[-1]
    print(f'what cells take is not known here: {missing}', file=sys.stderr)
    return
  print(looked.stdout, end='', file=sys.stderr)
  if looked.returncode:
    print(looked.stderr, end='', file=sys.stderr)
    sys.exit(1)


def look(python, asked):
  """What launch.forecast says, which takes some seconds."""
  try:
    return subprocess.run(
      [python, '-m', 'launch.forecast'], env=checkout.found(), input=asked,
      capture_output=True, text=True, check=False,
    )  # fmt: skip
  except FileNotFoundError:
    options.refuse(f'--python={python}: there is no such program')
  except KeyboardInterrupt:
    signals.leave(signals.Told(signal.SIGINT, 'stopped by SIGINT'))


def jobs(given, settings, cells):
  """name -> commands: of the shared part, if there is one, and of the cells."""
  common_part = shared(given, settings, cells)
  return (
    {'shared': common_part} if common_part else {},
    {name_of(cell): [command(given, settings, cell)] for cell in cells},
  )


def shared(given, settings, cells):
  """Commands that make, one after the other, what cells have in common.

  The latents; the scores of each method and backbone, with what these are
  taken at; the judge's features and clusters. Of these what --until asks for.
  Random scores differ by cell, and are made there in no time.
  """
  at = options.STAGES.index
  asked = lambda stage: at(given.until) >= at(stage)
  cells = [
    cell if row_of(cell).of_number else cell._replace(prune_ratio=None)
    for cell in cells
  ]
  last = 'scores' if asked('scores') else given.until
  first, *_ = cells
  found = [command(given, settings, first, 'latents')] * asked('train')
  found += [
    command(given, settings, cell, last) for cell in one_of_each_score(cells)
  ]
  if asked('judge'):
    found.append(command(given, settings, first, 'judge'))
  return found


def row_of(cell):
  return METHODS[common.VARIANTS[cell.variant]['score']['method']]


def one_of_each_score(cells):
  """The first cell of each method, backbone and number that share scores."""
  score = lambda cell: tuple(common.VARIANTS[cell.variant]['score'].values())
  of = {}
  for cell in cells:
    ratio = cell.prune_ratio if row_of(cell).of_number else None
    of.setdefault((*score(cell), ratio), cell)
  return [cell for cell in of.values() if not row_of(cell).of_cell]


def listing(jobs):
  """The commands of jobs, as text."""
  lines = []
  for name, commands in jobs.items():
    lines += [f'# {name}', *map(shlex.join, commands)]
  return '\n'.join(lines)


def job(given, name, commands):
  """Arguments of Python, for commands one after the other."""
  log = str(log_of(given, name))
  words = map(shlex.join, commands)
  return ['-m', 'launch.job', log, str(given.folder), *words]


def log_of(given, name):
  """Where a command's output is."""
  return given.workdir.absolute() / 'logs' / f'{name}.log'


def finish(given, failed):
  """Ends the program with what failed and its last lines, if anything did.

  Args:
    failed: name -> commands.
  """
  if failed:
    last = [f'{in_turn(commands)}\n  {said(log_of(given, name))}'
            for name, commands in failed.items()]  # fmt: skip
    sys.exit('\n'.join(['failed:', *last]))


def in_turn(commands):
  """As one line for a shell."""
  return ' && '.join(map(shlex.join, commands))


def said(log):
  """The last line of a log."""
  lines = log.read_text().splitlines() if log.exists() else []
  return lines[-1] if lines else 'It said nothing.'
