"""Several processes of one run were given the same: else they would train together
what none of them was asked for.

Each writes what it was given where all can read it, and compares all of them.
"""

import json
import sys

import jax
from absl import flags
from jax._src import distributed

from prune_dm_jax.run import made_with
from prune_dm_jax.run import processes
from prune_dm_jax.run.artifacts import flat

KEY = 'prune_dm_jax/given/'

OWN = (
  'config', 'workdir', 'coordinator', 'num_processes', 'process_id', 'lost_after',
)  # fmt: skip
"""Flags that are a process's own, or compared by what they mean."""


def defined():
  """The flags of this package, those of the program first."""
  ours_or_main = ('prune_dm_jax', sys.argv[0])
  every = reversed(flags.FLAGS.flags_by_module_dict().items())
  return [
    f for module, of in every if module.startswith(ours_or_main) for f in of
  ]


def given(config, workdir):
  """key -> value, of all that processes are to have in common."""
  found = {f'config.{key}': value for key, value in flat(config.to_dict())}
  del found['config.runtime.workers']  # A machine may have its own number.
  found |= {f'--{f.name}': f.value for f in defined() if f.name not in OWN}
  found['--workdir'] = str(workdir.absolute())
  return found | {'prune_dm_jax': made_with.ours(), 'jax': jax.__version__}


def check(config, workdir):
  """Raises ValueError, in every process, if one was given something else."""
  number = processes.number()
  if number == 1:
    return
  client = distributed.global_state.client
  own = json.dumps(given(config, workdir))
  client.key_value_set(f'{KEY}{jax.process_index()}', own)
  read = lambda i: json.loads(
    client.blocking_key_value_get(f'{KEY}{i}', processes.WEEK)
  )
  first = read(0)
  for i in range(1, number):
    compare(first, read(i), i)


def compare(first, other, i):
  """Raises ValueError naming a key that process i has otherwise than the first."""
  for key in sorted(first.keys() | other.keys()):
    one, two = first.get(key), other.get(key)
    if one != two:
      raise ValueError(
        f'{key} is {one!r} to process 0 and {two!r} to process {i}; start the '
        'same command on each'
      )
