"""A job on another machine: commands one after the other, into a log.

python -m launch.job LOG 'COMMAND' ['COMMAND' ...]

Pre-empted, submitit runs it again (`run.checkpoint`): a command goes on from
its checkpoints, and one that is finished says so at once.
"""

import ctypes
import os
import pathlib
import shlex
import signal
import subprocess
import sys

from launch import cells

SIGNALS = (signal.SIGUSR2, signal.SIGTERM)
"""SLURM tells every process of a job that it will be pre-empted or is out of
time. The job answers; the command works on until it is killed."""

PR_SET_PDEATHSIG = 1
"""Linux's: the signal that a process gets when its parent ends."""


def run(log, commands):
  """Runs the commands into a log; RuntimeError at the first that fails.

  <name>.done beside it says that none did.
  """
  log = log_of_this_node(pathlib.Path(log))
  log.parent.mkdir(parents=True, exist_ok=True)
  for command in commands:
    with open(log, 'a') as file:
      code = subprocess.run(
        command, cwd=cells.ROOT, check=False,
        env=cells.environment(log.parents[1]),
        stdout=file, stderr=subprocess.STDOUT, preexec_fn=ignore_signals,
      ).returncode  # fmt: skip
    if code:
      raise RuntimeError(f'{shlex.join(command)} ended with {code}; see {log}')
  log.with_suffix('.done').touch()


def again(log, commands):
  """The same job, for submitit to submit again."""
  from submitit.helpers import DelayedSubmission  # Not in every environment.

  return DelayedSubmission(run, log, commands)


run.checkpoint = again


def log_of_this_node(log):
  """<name>.log, of further nodes of a job <name>-node1.log and so on."""
  node = int(os.environ.get('SLURM_PROCID', '0'))
  return log.with_stem(f'{log.stem}-node{node}') if node else log


def ignore_signals():
  for number in SIGNALS:
    signal.signal(number, signal.SIG_IGN)


def end_with_parent():
  """Ends, and the command with it, when the shell that began this ends."""
  signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
  ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == '__main__':
  end_with_parent()
  try:
    run(sys.argv[1], list(map(shlex.split, sys.argv[2:])))
  except RuntimeError as error:
    cells.refuse(error)
