"""Runs many cells on this machine, one after the other.

python launch/local.py --config=configs/digits.py --variants=all \
  --prune_ratios=0.5 --seeds=0

They share all that does not depend on the cell; what is finished is skipped,
and what fails is named at the end. --dry_run prints the commands.
"""

import argparse
import os
import pathlib
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from configs import common  # noqa: E402


def options(argv):
  """The options, and the rest: settings for every cell."""
  parser = argparse.ArgumentParser(allow_abbrev=False)
  listed = lambda of: lambda text: [of(part) for part in text.split(',')]
  parser.add_argument('--config', required=True, type=pathlib.Path)
  parser.add_argument('--variants', default=['all'], type=listed(str))
  parser.add_argument('--prune_ratios', default=[0.5], type=listed(float))
  parser.add_argument('--seeds', default=[0], type=listed(int))
  parser.add_argument('--workdir', type=pathlib.Path)
  parser.add_argument('--dry_run', action='store_true')
  return parser.parse_known_args(argv)


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


def run(commands, environment):
  """Runs each; those that failed."""
  failed, began = [], time.monotonic()
  for done, each in enumerate(commands):
    print(f'cell {done + 1} of {len(commands)}: {shlex.join(each[2:])}')
    if subprocess.run(each, cwd=ROOT, env=environment).returncode:
      failed.append(each)
    spent = time.monotonic() - began
    left = spent / (done + 1) * (len(commands) - done - 1)
    print(f'{spent / 60:.0f} min spent, about {left / 60:.0f} left', flush=True)
  return failed


def main(argv):
  given, settings = options(argv)
  given.workdir = given.workdir or pathlib.Path('runs') / given.config.stem
  try:
    cells = common.sweep(given.variants, given.prune_ratios, given.seeds)
  except ValueError as error:
    sys.exit(f'prune_dm_jax: {error}')
  commands = [command(given, settings, cell) for cell in cells]
  if given.dry_run:
    print('\n'.join(map(shlex.join, commands)))
    return
  compiled = str(given.workdir.absolute() / 'compiled')
  failed = run(commands, {'JAX_COMPILATION_CACHE_DIR': compiled} | os.environ)
  if failed:
    sys.exit('\n'.join(['failed:', *map(shlex.join, failed)]))


if __name__ == '__main__':
  main(sys.argv[1:])
