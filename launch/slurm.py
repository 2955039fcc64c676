"""Runs many cells on a SLURM cluster, by submitit: pip install -e '.[slurm]'.

python launch/slurm.py --config=configs/imagenet.py --variants=paper \
  --prune_ratios=0.25,0.5 --seeds=0,1,2 --partition=gpu --time=48h \
  [--gpus=4] [--nodes=1] [--cpus=32] [--mem=256GB] [--account=...] \
  [--at_once=8] [--requeues=20] [--config.data.path=PATH]

Two jobs, from a checkout and into a --workdir that all nodes see. The first
makes, one after the other, what cells have in common; the second is an array of
the cells, and begins when the first has ended well (afterok), so that no cell
waits on another's lock with GPUs in its hands. --gpus are those of each node,
which one process uses; with several --nodes the same command runs on each.

A job that is pre-empted or out of time is queued again, --requeues times if
its time ran out, and goes on where it was: it is told two minutes before, and
saves the step that it is in. The same command skips what
is finished, and is what to run if cells failed. What a cell says is in
<workdir>/logs, what submitit says in <workdir>/logs/submitit.

What all of it takes is said first, of H100s unless --topology=a100:4 or others are
meant, and all that is missing, which ends it. --dry_run prints the commands, both
sbatch files, and that; it needs no cluster.
--executor=local runs the same jobs as processes of this machine, --at_once of
them (one, unless said) and for as long as they take, debug in this process. Told to
end, it waits until they have saved.
"""

import argparse
import contextlib
import itertools
import os
import pathlib
import shlex
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from launch import cells as cells_lib
from launch import checkout
from launch import job as job_lib
from launch import options
from launch import pool
from launch import signals

MOST = 256
"""Cells at once on a cluster, unless --at_once says otherwise."""


def parser():
  parser = options.parser(__doc__)
  add = parser.add_argument
  add('--executor', default='slurm', choices=('slurm', 'local', 'debug'))
  add('--partition', help='as sbatch has it')
  add('--account', help='as sbatch has it')
  add('--gpus', default=4, type=int, help='of each node; 4')
  add('--nodes', default=1, type=int, help='of a cell; 1')
  add('--time', default='24h', type=minutes, help='of a job, as 90m; 24h')
  add('--cpus', default=32, type=int, help='of each node; 32')
  add('--mem', default='128GB', help='of each node; 128GB')
  add('--at_once', default=0, type=int, help='cells at a time; 0: 256, local 1')
  add('--requeues', default=20, type=int, help='if out of time; 20')
  return parser


def minutes(text):
  """'36h' or '90m' -> minutes."""
  number, unit = text[:-1], text[-1:]
  if unit not in ('h', 'm') or not number.isdecimal() or not int(number):
    raise argparse.ArgumentTypeError(f'{text!r} is not a time as 36h or 90m')
  return int(number) * (60 if unit == 'h' else 1)


def load_submitit():
  try:
    import submitit
  except ImportError:
    options.refuse(
      'submitit is missing, which also writes what --dry_run prints; pip '
      "install -e '.[slurm]'"
    )
  return submitit


def folder(given):
  """Where submitit keeps a job, and what it says of it."""
  return given.workdir.absolute() / 'logs' / 'submitit' / '%j'


def parameters(given, name, **more):
  """Those of an sbatch file, as submitit calls them."""
  return dict(
    job_name=name,
    nodes=given.nodes,
    ntasks_per_node=1,
    gpus_per_node=given.gpus,
    cpus_per_task=given.cpus,
    mem=given.mem,
    time=given.time,
    signal_delay_s=120,
    stderr_to_stdout=True,
    srun_args=[f'--cpus-per-task={given.cpus}'],  # Not sbatch's, since 22.05.
    additional_parameters={
      'requeue': True,
      'chdir': str(checkout.ROOT),
      'kill-on-invalid-dep': 'yes',
    },
    **{key: getattr(given, key) for key in ('partition', 'account')
       if getattr(given, key)},
    **more,
  )  # fmt: skip


def of_shared(given):
  return parameters(given, f'{given.config.stem}-shared')


def of_cells(given, first):
  """Those of the array, which waits for the job `first`, if there is one."""
  after = {'dependency': f'afterok:{first}'} if first else {}
  at_once = given.at_once or MOST
  name = given.config.stem
  return parameters(given, name, array_parallelism=at_once, **after)


def submit(executor, given, jobs):
  """name -> submitted job; several are one array."""
  logs = [str(cells_lib.log_of(given, name)) for name in jobs]
  folders = itertools.repeat(given.folder)
  found = executor.map_array(job_lib.run, logs, jobs.values(), folders)
  return dict(zip(jobs, found, strict=True))


def on_cluster(submitit, given, shared, cells):
  """Submits both jobs, and says how to follow them."""
  try:
    executor = submitit.SlurmExecutor(folder(given), given.requeues)
  except RuntimeError:
    options.refuse(
      'there is no srun here: run this on a machine of a SLURM cluster, or '
      'with --dry_run or --executor=local'
    )
  first = ''
  if shared:
    executor.update_parameters(**of_shared(given))
    first = submit(executor, given, shared)['shared'].job_id
    print(f'shared: job {first}')
  executor = submitit.SlurmExecutor(folder(given), given.requeues)
  executor.update_parameters(**of_cells(given, first))
  submitted = submit(executor, given, cells)
  for name, job in submitted.items():
    print(f'{name}: job {job.job_id}')
  print(
    f'logs: {given.workdir.absolute() / "logs"}\n'
    f'follow: squeue --me; tail -F {given.workdir.absolute()}/logs/*.log'
  )


def on_this_machine(given, shared, cells):
  """Runs the shared job, then cells, a few at once; names those that failed."""
  begun = here if given.executor == 'local' else debug
  for jobs in (shared, cells):
    failed = {}
    with contextlib.closing(begun(given, jobs)) as ended:
      for name, _, code, _ in ended:
        if code == signals.AGAIN:
          raise signals.Told(0, f'{name} was told to end')
        if code:
          failed[name] = jobs[name]
        print(f'{name} {"FAILED" if code else "done"}', flush=True)
    cells_lib.finish(given, failed)


def here(given, jobs):
  """Runs jobs as processes of this machine, and yields as `pool.run` does."""
  gpus = {'CUDA_VISIBLE_DEVICES': ','.join(map(str, range(given.gpus)))}
  start = lambda name, cores: pool.begin(
    [sys.executable, *cells_lib.job(given, name, jobs[name])], cores,
    cwd=checkout.ROOT, env=os.environ | gpus,
  )  # fmt: skip
  return pool.run(start, [(name, 0) for name in jobs], given.at_once or 1)


def debug(given, jobs):
  """Runs jobs in this process; for a code yields what is wrong, if anything."""
  executor = load_submitit().DebugExecutor(folder(given))
  for name in jobs:
    job = submit(executor, given, {name: jobs[name]})[name]
    yield name, 0, job.exception(), 0


def foresee(submitit, given, shared, cells):
  """The commands and the sbatch files, as text."""
  make = getattr(submitit.slurm.slurm, '_make_sbatch_string', None)
  if make is None:
    options.refuse(
      f'submitit {submitit.__version__} has no _make_sbatch_string, which is '
      'what writes sbatch files in 1.5: install that, or leave out --dry_run'
    )
  runs = [shlex.quote(sys.executable), '-u', '-m', 'submitit.core._submit',
          shlex.quote(str(folder(given)))]  # fmt: skip
  sbatch = lambda **more: make(' '.join(runs), folder(given), **more)
  text = [cells_lib.listing(shared | cells)]
  if shared:
    text += ['', '# sbatch of shared', sbatch(**of_shared(given))]
  array = {'map_count': len(cells)} if len(cells) > 1 else {}
  first = '<job of shared>' if shared else ''
  text += ['', '# sbatch of cells', sbatch(**of_cells(given, first), **array)]
  return '\n'.join(text)


def topology(given):
  """The devices of a cell: of which kind, a cluster does not say."""
  return f'h100:{given.nodes}x{given.gpus}' if given.gpus else 'cpu:1'


def check(given):
  """Refuses numbers that no job has."""
  if min(given.nodes, given.cpus) < 1:
    options.refuse('--nodes and --cpus are at least 1')
  if min(given.gpus, given.at_once, given.requeues) < 0:
    options.refuse('--gpus, --at_once and --requeues are at least 0')
  if given.executor != 'slurm' and given.nodes > 1:
    options.refuse('several --nodes need --executor=slurm')


def main(argv):
  given, settings, cells = cells_lib.planned(parser(), argv)
  check(given)
  submitit = load_submitit()
  signals.listen()
  planned = cells_lib.jobs(given, settings, cells)
  if given.dry_run:
    print(foresee(submitit, given, *planned), flush=True)
  try:
    cells_lib.foresee(given, settings, cells, topology(given))
    if given.dry_run:
      return
    given.config = given.config.absolute()
    given.workdir = given.workdir.absolute()
    os.chdir(checkout.ROOT)  # Where a job finds `launch`.
    if given.executor == 'slurm':
      on_cluster(submitit, given, *planned)
    else:
      on_this_machine(given, *planned)
  except signals.Told as told:
    signals.leave(told)


if __name__ == '__main__':
  main(sys.argv[1:])
