"""Several processes as one: which of them writes, and who waits for whom.

Each process runs the same stages in the same order. What takes devices they do
together; what takes one machine the first does alone, and the others wait. All
see the same --workdir, and only the first writes there, but for checkpoints,
which Orbax writes by all.
"""

import atexit
import itertools
import os
import sys

import jax
import numpy as np
from absl import flags
from jax._src import distributed
from jax.experimental import multihost_utils
from orbax.checkpoint import multihost

from prune_dm_jax.run import interrupt
from prune_dm_jax.run import native
from prune_dm_jax.run import peers
from prune_dm_jax.run import progress

COORDINATOR = flags.DEFINE_string(
  'coordinator', '', 'host:port of process 0; auto: as a TPU pod tells it.'
)
NUM_PROCESSES = flags.DEFINE_integer(
  'num_processes', 1, 'How many processes there are.'
)
PROCESS_ID = flags.DEFINE_integer(
  'process_id', 0, 'Which of them this is, from 0.'
)

LOST_AFTER = flags.DEFINE_integer(
  'lost_after', 60,
  'Seconds of silence after which a process is taken for lost.', lower_bound=10,
)  # fmt: skip

MEET = 240
"""Seconds beyond --lost_after in which all processes must have met."""

WEEK = 7 * 24 * 3600 * 1000
"""Milliseconds that one process may work while others wait."""

waits = itertools.count()


def connect():
  """Joins the other processes that the flags or SLURM's environment name.

  Raises:
    ValueError: --coordinator, --num_processes and --process_id do not fit.
  """
  coordinator, number = COORDINATOR.value, NUM_PROCESSES.value
  if coordinator == 'auto':
    join()
  elif coordinator:
    if not 0 <= PROCESS_ID.value < number:
      raise ValueError(
        f'--process_id={PROCESS_ID.value} of --num_processes={number}: '
        'processes are numbered from 0'
      )
    check_address(coordinator)
    join(coordinator, number, PROCESS_ID.value)
  elif number != 1 or PROCESS_ID.value:
    raise ValueError(
      f'--num_processes={number} and --process_id={PROCESS_ID.value} need '
      '--coordinator, the host:port of process 0'
    )
  elif of_slurm():
    join(local_device_ids=devices_of_task())


def check_address(coordinator):
  """Raises ValueError if it is no host:port."""
  host, _, port = coordinator.rpartition(':')
  if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
    raise ValueError(
      f'--coordinator={coordinator} is no host:port of process 0, as '
      '10.0.0.1:7788'
    )


def join(*given, **named):
  """jax.distributed.initialize of these; from then on they heed one another.

  They find out sooner than JAX, which would abort, that one is missing.
  """
  jax.config.update('jax_enable_preemption_service', False)
  native.listen(lost)
  at, number_of, *_ = *given, 'an address that is found here', 'the'
  what = f'waiting for {number_of} processes at {at}'
  with progress.doing(what, patience=progress.SLOW):
    jax.distributed.initialize(
      *given,
      **named,
      initialization_timeout=MEET + LOST_AFTER.value,
      heartbeat_timeout_seconds=2 * LOST_AFTER.value + 60,
    )
  if number() > 1:
    client = distributed.global_state.client
    together = peers.Peers(
      client, jax.process_index(), number(), LOST_AFTER.value
    )
    interrupt.state.together = together
    atexit.register(together.quit)


def lost():
  """The sentence of why XLA ends this process: it is without others."""
  return (
    peers.missing(0)
    if interrupt.state.together
    else peers.never_met(MEET + LOST_AFTER.value)
  )


def explain():
  """Ends the program if another is missing, which is why something failed."""
  if interrupt.state.together:
    interrupt.state.together.explain()


def of_slurm():
  """Whether srun started this process as one of several."""
  return int(os.environ.get('SLURM_STEP_NUM_TASKS', 1)) > 1


def devices_of_task():
  """All devices of the node, if there is one task a node; else its own one."""
  nodes, tasks = os.environ['SLURM_STEP_NUM_NODES'], 'SLURM_STEP_NUM_TASKS'
  return [] if nodes == os.environ[tasks] else None


def number():
  return jax.process_count() if jax.distributed.is_initialized() else 1


def first():
  """Whether this process is the one that writes."""
  return not jax.distributed.is_initialized() or jax.process_index() == 0


def wait():
  """Returns when every process got here."""
  if number() > 1:
    barrier = multihost.get_barrier_sync_fn(processes=set(range(number())))
    barrier(key=f'prune_dm_jax/{next(waits)}', timeout_ms=WEEK)


def agree(value):
  """What the first process thinks of a bool."""
  if number() == 1:
    return value
  wait()
  return bool(multihost_utils.broadcast_one_to_all(np.int32(value)))


def told(text):
  """What text(), 16 digits in hexadecimal, is to the first process."""
  if number() == 1:
    return text()
  wait()
  own = bytes.fromhex(text()) if first() else bytes(8)
  words = multihost_utils.broadcast_one_to_all(np.frombuffer(own, np.uint32))
  return np.asarray(words).tobytes().hex()


def array(values):
  """What an array is to the first process; to the others, of the same shape."""
  if number() == 1:
    return values
  wait()
  return np.asarray(multihost_utils.broadcast_one_to_all(values))


def everyone(work):
  """work() by each process; they go on when all of them have done it."""
  work()
  wait()


def alone(work):
  """work() by the first process; the others wait, and end if it fails."""
  failed = True
  try:
    if first():
      work()
    failed = False
  finally:
    if agree(failed) and not first():
      sys.exit('process 0 could not go on, and says why')
