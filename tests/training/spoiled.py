"""A small training of which one number can be spoiled."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import optax

from prune_dm_jax.training import diagnosis
from prune_dm_jax.training import loop
from prune_dm_jax.training import step as step_lib

KEY = jax.random.key(0)
OPTIMIZER = optax.adam(0.1)
MESH = step_lib.data_mesh()
ABOUT = diagnosis.About(
  learning_rate=0.1,
  setting='config.train.learning_rate',
  examples=lambda step: (
    np.arange(4) + 4 * step,
    [f'picture {i + 4 * step}' for i in range(4)],
  ),
)


def loss(params, extra, batch, keys):
  """Of the root, whose gradient at 0 is not finite although it is."""
  rooted = jnp.sqrt(jnp.square(params['w'] * batch['root']))
  return jnp.square(params['w'] - batch['x']) + rooted, batch['seen']


STEP = step_lib.train_step(
  loss,
  OPTIMIZER,
  mesh=MESH,
  ema_decay=0.5,
  absorb=lambda extra, seen, key: extra + jax.lax.psum(seen.sum(), 'data'),
)


def create():
  init = lambda key: ({'w': jnp.ones(())}, jnp.zeros(()))
  return step_lib.create(init, OPTIMIZER, KEY, MESH)


def batches(start, bad=None, **spoil):
  """Batch i, of which one, at the step `bad`, has other numbers in its row 2."""
  for i in itertools.count(start + 1):
    batch = {
      'x': np.arange(4.0) + 4 * i,
      'root': np.ones(4),
      'seen': np.ones(4),
    }
    for name, value in spoil.items() if i == bad else ():
      batch[name][2] = value
    yield {name: rows.astype(np.float32) for name, rows in batch.items()}


def planted(bad, change):
  """A step whose State is changed before the step `bad`."""

  def step(state, batch, key):
    if int(state.step) == bad - 1:
      state = jax.device_put(change(state), jax.tree.map(
        lambda leaf: leaf.sharding, state
      ))  # fmt: skip
    return STEP(state, batch, key)

  return step


def fit(directory, *, step=STEP, batches=batches, num_steps=10, **options):
  given = dict(checkpoint_every=3, log_every=5, fingerprints={}, about=ABOUT)
  return loop.fit(
    step, create, batches, key=KEY, mesh=MESH, directory=directory,
    name='test', num_steps=num_steps, **given | options,
  )  # fmt: skip


WHOLE = []


def whole():
  """The State of a run that was left alone."""
  state = create()
  for batch in itertools.islice(batches(0), 0 if WHOLE else 10):
    state, _ = STEP(state, step_lib.place(batch, MESH), KEY)
  WHOLE[:] = WHOLE or [jax.device_get(state)]
  return WHOLE[0]
