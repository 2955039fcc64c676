"""Runs many cells on this machine.

python launch/local.py --config=configs/digits.py --variants=paper \
  --prune_ratios=0.25,0.5 --seeds=0,1,2 [--at_once=2] [--retries=1]

They share all that does not depend on the cell; what is finished is skipped,
and what fails is tried again and named at the end. What a cell says is in
<workdir>/logs. --dry_run prints the commands.
"""

import argparse
import os
import pathlib
import runpy
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from configs import common  # noqa: E402
from launch import pool  # noqa: E402


def options(argv):
  """The options, and the rest: settings for every cell."""
  parser = argparse.ArgumentParser(allow_abbrev=False)
  listed = lambda of: lambda text: [of(part) for part in text.split(',')]
  parser.add_argument('--config', required=True, type=pathlib.Path)
  parser.add_argument('--variants', default=['all'], type=listed(str))
  parser.add_argument('--prune_ratios', default=[0.5], type=listed(float))
  parser.add_argument('--seeds', default=[0], type=listed(int))
  parser.add_argument('--workdir', type=pathlib.Path)
  parser.add_argument('--at_once', default=1, type=int)
  parser.add_argument('--retries', default=1, type=int)
  parser.add_argument('--dry_run', action='store_true')
  return parser.parse_known_args(argv)


def backbones(config):
  """Whose clusters `all` and `paper` mean: the config file's, if it says so."""
  if not config.is_file():
    raise ValueError(f'--config={config}: there is no such file')
  return runpy.run_path(str(config)).get('BACKBONES', common.HERE)


def name_of(cell):
  ratio = '' if cell.prune_ratio is None else f'-{cell.prune_ratio:g}'
  return f'{cell.variant}{ratio}-seed{cell.seed}'


def command(given, settings, cell):
  """The main command of one cell."""
  ratio = cell.prune_ratio
  return [
    sys.executable, '-m', 'prune_dm_jax.main',
    f'--config={given.config.absolute()}:{cell.variant}',
    f'--workdir={given.workdir.absolute()}',
    f'--config.seed={cell.seed}',
    *([] if ratio is None else [f'--config.prune_ratio={ratio}']),
    *settings,
  ]  # fmt: skip


def run(commands, given):
  """Runs each, a few at once, and says how far all are; those that failed.

  Args:
    commands: name -> command.
    given: The options.
  """
  logs = given.workdir / 'logs'
  logs.mkdir(parents=True, exist_ok=True)
  compiled = str(given.workdir.absolute() / 'compiled')
  environment = {'JAX_COMPILATION_CACHE_DIR': compiled} | os.environ
  waiting = [(name, given.retries) for name in commands]
  failed, done, began = [], 0, time.monotonic()
  start = lambda name, cores: subprocess.Popen(
    commands[name], cwd=ROOT, env=environment, 
    stdout=open(logs / f'{name}.log', 'a'), stderr=subprocess.STDOUT,
    preexec_fn=lambda: pool.bind(cores),
  )  # fmt: skip
  for name, retries, code, seconds in pool.run(start, waiting, given.at_once):
    if code and retries:
      waiting.append((name, retries - 1))
      print(f'{name} failed and is tried again; see {logs / name}.log')
      continue
    done += 1
    if code:
      failed.append(name)
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
  given, settings = options(argv)
  given.workdir = given.workdir or pathlib.Path('runs') / given.config.stem
  try:
    cells = common.sweep(
      given.variants, given.prune_ratios, given.seeds, backbones(given.config)
    )
  except ValueError as error:
    sys.exit(f'prune_dm_jax: {error}')
  if given.at_once < 1 or given.retries < 0:
    sys.exit('prune_dm_jax: --at_once is at least 1, --retries at least 0')
  commands = {name_of(cell): command(given, settings, cell) for cell in cells}
  if given.dry_run:
    print('\n'.join(map(shlex.join, commands.values())))
    return
  failed = run(commands, given)
  if failed:
    last = [f'{shlex.join(commands[name])}\n  {said(given, name)}'
            for name in failed]  # fmt: skip
    sys.exit('\n'.join(['failed:', *last]))


def said(given, name):
  """The last line of a cell's log."""
  lines = (given.workdir / 'logs' / f'{name}.log').read_text().splitlines()
  return lines[-1] if lines else 'It said nothing.'


if __name__ == '__main__':
  main(sys.argv[1:])
