"""Runs many cells as an XManager experiment: pip install -e '.[xmanager]'.

python launch/xm.py --config=configs/digits.py --variants=paper \
  --prune_ratios=0.25,0.5 --seeds=0,1,2 [--at_once=2] [--python=PATH]

The first work unit makes what cells have in common; then each cell is one, a
few at once, as a plain binary of this machine. What a cell says is in
<workdir>/logs; what failed is named at the end. The same command again skips
what is finished. What all of it takes is said first, and all that is missing, which ends
it. --dry_run prints the commands, and that, and does not need XManager.

XManager notes its experiments in ~/.xmanager. It brings many packages of Google
Cloud, and holds protobuf below 7: where that does not suit, install it in an
environment of its own with ml_collections, and name the Python that has
prune_dm_jax by --python.

--container runs the same commands in a container that Docker builds from
--image, with what --extra names; it sees this checkout, the --workdir, each of
--mount=PATH,PATH and --gpus GPUs, at the same paths.
"""

import asyncio
import contextlib
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

from absl import flags
from absl import logging

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from launch import cells as cells_lib
from launch import checkout
from launch import options


def parser():
  parser = options.parser(__doc__)
  add = parser.add_argument
  add('--at_once', default=1, type=int, help='cells at a time; 1')
  add('--container', action='store_true', help='run in one, by Docker')
  add('--image', default='python:3.12', help='of it; python:3.12')
  add('--extra', default='cuda12', help='that is installed in it; cuda12')
  add('--mount', default=[], type=options.listed(str), help='paths it sees')
  add('--gpus', default=4, type=int, help='that it sees; 4')
  return parser


def load_xmanager():
  try:
    from xmanager import xm
    from xmanager import xm_local
  except ImportError:
    options.refuse("xmanager is missing; pip install -e '.[xmanager]'")
  flags.FLAGS(sys.argv[:1])  # XManager has some; none is for us.
  return xm, xm_local


def binary(xm, given):
  """What is run: a Python of this machine."""
  return xm.Binary(path=given.python)


def container(xm, given):
  """What is run: Python in an image that has what we depend on.

  Only setup.py is in it: the code is mounted.
  """
  source = pathlib.Path(tempfile.mkdtemp()) / 'prune'
  source.mkdir()
  shutil.copy(checkout.ROOT / 'setup.py', source)
  extra = f'[{given.extra}]' if given.extra else ''
  return xm.PythonContainer(
    path=str(source),
    base_image=given.image,
    docker_instructions=[
      'COPY prune/ /source',
      f"RUN pip install '/source{extra}'",
    ],
    entrypoint=xm.CommandList(
      [f'cd {shlex.quote(str(checkout.ROOT))}', 'python "$@"']
    ),
  )


def executor(xm, xm_local, given):
  """This machine, and what a container sees of it."""
  if not given.container:
    return xm_local.Local(experimental_stream_output=False)
  paths = [checkout.ROOT, given.workdir, *map(pathlib.Path, given.mount)]
  same = {str(path.absolute()): str(path.absolute()) for path in paths}
  return xm_local.Local(
    requirements=xm.JobRequirements(local_gpu=given.gpus),
    docker_options=xm_local.DockerOptions(volumes=same),
  )


async def run(xm, xm_local, given, shared, cells):
  """Runs the experiment, and says how each work unit ended."""
  at_once = asyncio.Semaphore(given.at_once)

  async def unit(name, commands):
    words = cells_lib.job(given, name, commands)
    args = xm.SequentialArgs.from_collection(words)
    job = xm.Job(executable, executor(xm, xm_local, given), name, args)
    done(given, name).unlink(missing_ok=True)
    async with at_once:
      added = await experiment.add(job)
      with contextlib.suppress(xm.ExperimentUnitError):
        await added.wait_until_complete()
    ended = 'done' if done(given, name).exists() else 'FAILED'
    print(f'{name} {ended}', flush=True)

  make = container if given.container else binary
  title = f'prune {given.config.stem}'
  async with xm_local.create_experiment(title) as experiment:
    [executable] = experiment.package(
      [xm.Packageable(make(xm, given), xm_local.Local.Spec())]
    )
    await asyncio.gather(*(unit(*job) for job in shared.items()))
    if all(done(given, name).exists() for name in shared):
      await asyncio.gather(*(unit(*job) for job in cells.items()))
    logging.set_verbosity(logging.FATAL)  # It would trace what failed again.


def done(given, name):
  """The file that says that a work unit ended well: a container cannot."""
  return cells_lib.log_of(given, name).with_suffix('.done')


def seen_by(given):
  """The devices of a cell, and the Python that knows what they would do."""
  if given.container:
    return f'h100:{given.gpus}' if given.gpus else 'cpu:1', sys.executable
  return 'here', given.python


def run_all(xm, xm_local, given, shared, cells):
  """Runs the experiment, and ends the program with what failed."""
  given.workdir.mkdir(parents=True, exist_ok=True)  # Docker would, as root.
  os.chdir(checkout.ROOT)
  failed = lambda jobs: {
    name: commands
    for name, commands in jobs.items()
    if not done(given, name).exists()
  }
  try:
    asyncio.run(run(xm, xm_local, given, shared, cells))
  except RuntimeError:  # XManager raises what failed once more.
    if not failed(shared | cells):
      raise
  cells_lib.finish(given, failed(shared) or failed(cells))


def python(given):
  """The Python of --python, by its whole path."""
  found = shutil.which(given.python)
  if not found:
    options.refuse(f'--python={given.python}: there is no such program')
  return str(pathlib.Path(found).absolute())


def check_docker(given):
  """Refuses --container where no Docker answers."""
  if not given.container:
    return
  info = ['docker', 'info']
  if (
    not shutil.which('docker')
    or subprocess.run(info, capture_output=True, check=False).returncode
  ):
    options.refuse('--container: no Docker answers on this machine')


def main(argv):
  given, settings, cells = cells_lib.planned(parser(), argv)
  if given.at_once < 1 or given.gpus < 0:
    options.refuse('--at_once is at least 1, --gpus at least 0')
  given.python = 'python' if given.container else python(given)
  jobs = cells_lib.jobs(given, settings, cells)
  if given.dry_run:
    print(cells_lib.listing(jobs[0] | jobs[1]), flush=True)
  else:
    modules = load_xmanager()
    check_docker(given)
  cells_lib.foresee(given, settings, cells, *seen_by(given))
  if given.dry_run:
    return
  given.config = given.config.absolute()
  given.workdir = given.workdir.absolute()
  run_all(*modules, given, *jobs)


if __name__ == '__main__':
  main(sys.argv[1:])
