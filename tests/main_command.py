"""The main command as it is typed, on the quick preset of digits."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[1]
CONFIG = '--config=configs/digits_quick.py'


def run(workdir, variant, *options, env=None):
  """A finished process of the main command."""
  command = [sys.executable, '-m', 'prune_dm_jax.main', f'{CONFIG}:{variant}']
  return subprocess.run(
    [*command, f'--workdir={workdir}', *options],
    cwd=ROOT, env=env, capture_output=True, text=True, check=False,
  )  # fmt: skip


def files(folder):
  """path -> content of everything under a folder, locks left out."""
  return {
    p.relative_to(folder): p.read_bytes()
    for p in sorted(pathlib.Path(folder).rglob('*'))
    if p.is_file() and '.locks' not in p.parts
  }
