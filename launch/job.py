"""A job: commands one after the other, in a folder, into a log.

python -m launch.job LOG FOLDER 'COMMAND' ['COMMAND' ...]

Pre-empted or out of time, it tells its command, which saves the step that it is
in, and submitit runs it again (`run.checkpoint`): a command goes on where it was,
and one that is finished says so at once. A command that was told to end by others,
or misses another node, ends with 75: then SLURM is asked to queue the job again.
"""

import os
import pathlib
import shlex
import signal
import subprocess
import sys
import time

from launch import checkout
from launch import options
from launch import signals

SIGNALS = (signal.SIGUSR2, signal.SIGTERM)
"""SLURM tells every process of a job that it will be pre-empted or is out of
time. The job answers, and tells the command, once, by SIGUSR1."""

PAUSE = 0.1
"""Seconds between looks at the command."""

running = []
"""The command at work."""


def run(log, commands, folder=checkout.ROOT):
  """Runs the commands, in a folder if this machine sees it, else in the checkout;
  RuntimeError at the first that fails.

  <name>.done beside it says that none did.
  """
  log = log_of_this_node(pathlib.Path(log))
  log.parent.mkdir(parents=True, exist_ok=True)
  for command in commands:
    code = ended(command, log, folder)
    if code == signals.AGAIN:
      queue_again(log)
    if code:
      raise RuntimeError(f'{shlex.join(command)} ended with {code}; see {log}')
  log.with_suffix('.done').touch()


def ended(command, log, folder):
  """The exit code of a command that writes into a log."""
  with open(log, 'a') as file:
    process = subprocess.Popen(
      command, cwd=folder if os.path.isdir(folder) else checkout.ROOT,
      env=checkout.environment(log.parents[1]),
      stdout=file, stderr=subprocess.STDOUT, preexec_fn=ignore_signals,
    )  # fmt: skip
  running.append(process)
  try:
    while process.poll() is None:  # In wait(), `again` could not wait for it.
      time.sleep(PAUSE)
    return process.returncode
  finally:
    signals.end([process])
    running.remove(process)


def queue_again(log):
  """Ends this job, which SLURM, if it runs it, queues once more."""
  of_slurm = os.environ.get('SUBMITIT_EXECUTOR') == 'slurm'
  if of_slurm and os.environ.get('SLURM_PROCID', '0') != '0':
    time.sleep(signals.PATIENCE)  # The first node asks, and ends this one.
  elif of_slurm:
    job = os.environ['SLURM_JOB_ID']
    subprocess.run(['scontrol', 'requeue', job], check=False)
  with open(log, 'a') as file:
    print('prune_dm_jax: the job ends, to be run again', file=file)
  sys.exit(signals.AGAIN)


def again(*given):
  """The same job, for submitit to submit again, once its command has saved."""
  signals.end(running)
  from submitit.helpers import DelayedSubmission  # Not in every environment.

  return DelayedSubmission(run, *given)


run.checkpoint = again


def log_of_this_node(log):
  """<name>.log, of further nodes of a job <name>-node1.log and so on."""
  node = int(os.environ.get('SLURM_PROCID', '0'))
  return log.with_stem(f'{log.stem}-node{node}') if node else log


def ignore_signals():
  for number in SIGNALS:
    signal.signal(number, signal.SIG_IGN)


if __name__ == '__main__':
  signals.listen()
  signals.end_with_parent()
  try:
    if len(sys.argv) < 4:
      options.refuse("a job is given LOG FOLDER 'COMMAND' ['COMMAND' ...]")
    log, folder, *commands = sys.argv[1:]
    run(log, list(map(shlex.split, commands)), folder)
  except signals.Told as told:
    signals.leave(told)
  except RuntimeError as error:
    options.refuse(error)
