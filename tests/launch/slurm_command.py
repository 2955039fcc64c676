"""launch/slurm.py, as one types it."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
QUICK = f'--config={ROOT}/configs/digits_quick.py'


def slurm(workdir, *options):
  command = [
    sys.executable, str(ROOT / 'launch' / 'slurm.py'), f'--workdir={workdir}',
    *options,
  ]  # fmt: skip
  return subprocess.run(
    command, cwd=workdir, capture_output=True, text=True, check=False
  )
