"""A run that only trains, for tests of what ends it: python trained.py FOLDER ...

It says its steps on stdout. --pace is how long one takes; with --stay it goes on
to a stage that has nothing to save.
"""

import itertools
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
import optax
from absl import flags

from prune_dm_jax.run import command_line
from prune_dm_jax.run import interrupt
from prune_dm_jax.run import processes
from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import loop
from prune_dm_jax.training import step as step_lib

PACE = flags.DEFINE_float('pace', 0.1, 'Seconds of a step.')
STAY = flags.DEFINE_bool('stay', False, 'Whether it never ends.')
STEPS = 20


def objective(params, extra, batch, keys):
  noise = jax.vmap(jax.random.normal)(keys)
  return jnp.square(params - batch['x'] - noise), ()


def batches(rows, start):
  for i in itertools.count(start):
    time.sleep(PACE.value)
    yield {'x': (np.arange(4.0) + i)[rows]}


def say(step, note, line):
  print(f'step {step}', flush=True)


def train(folder):
  mesh, key, optimizer = (
    step_lib.data_mesh(),
    jax.random.key(0),
    optax.adam(0.1),
  )
  rows = step_lib.rows_here(mesh, 4)
  with interrupt.training() as told:
    state = loop.fit(
      step_lib.train_step(objective, optimizer, mesh=mesh, ema_decay=0.5),
      lambda: step_lib.create(lambda key: (jnp.zeros(()), ()), optimizer, key, mesh),
      lambda start: batches(rows, start), key=key, mesh=mesh, directory=folder,
      name='test', num_steps=STEPS, checkpoint_every=50, log_every=2,
      fingerprints={}, say=say, told=told,
    )  # fmt: skip
  print('trained', checkpoint.digest(state), flush=True)
  if STAY.value:
    processes.alone(lambda: time.sleep(1000))


if __name__ == '__main__':
  interrupt.listen()
  _, folder, *_ = flags.FLAGS(sys.argv)
  command_line.plainly(processes.connect)
  command_line.plainly(lambda: train(folder))
