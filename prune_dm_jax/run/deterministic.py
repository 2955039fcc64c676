"""--deterministic: equal bits from run to run, on GPUs too.

A CPU adds in one order. A GPU adds as its threads come, takes the product that
was fastest when it tried some, and lets NVLink's switches add what devices
send. XLA is told to do none of the first two, and NCCL to send sums round a
ring: before JAX looks for devices, as later it is not heard.
"""

import os

import jax
from absl import flags
from absl import logging

DETERMINISTIC = flags.DEFINE_bool(
  'deterministic', False, 'Equal bits from run to run on GPUs too; slower.'
)

OF_XLA = '--xla_gpu_deterministic_ops=true'


def ask():
  """Tells GPUs by the environment, if the flag is set; an NCCL_ALGO stays."""
  if DETERMINISTIC.value:
    os.environ['XLA_FLAGS'] = f'{os.environ.get("XLA_FLAGS", "")} {OF_XLA}'
    os.environ.setdefault('NCCL_ALGO', 'Ring')


def say():
  """What came of it, once JAX has its devices."""
  kind = jax.default_backend() if DETERMINISTIC.value else ''
  if kind == 'gpu':
    logging.info('--deterministic: GPUs add in one order, which is slower')
  elif kind:
    logging.info('--deterministic: on %s nothing is needed', kind)
