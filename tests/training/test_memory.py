"""What a State remembers of its examples, on four devices and on one."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from prune_dm_jax.training import memory
from prune_dm_jax.training import step as step_lib

SIZE, BATCH = 12, 8
KEY = jax.random.key(0)


def told(params, extra, batch, keys):
  """Losses that the batch says, along whose x the parameter falls."""
  del extra, keys
  return batch['loss'] + params * batch['x'], batch['time']


@functools.cache
def step_and_state(devices, parts=1):
  mesh, optimizer = step_lib.data_mesh(jax.devices()[:devices]), optax.sgd(1.0)
  init = memory.beside(lambda key: (jnp.zeros(()), ()), SIZE)
  step = step_lib.train_step(
    memory.weighed(told), optimizer, mesh=mesh, ema_decay=0.5, parts=parts,
    absorb=memory.remember,
  )  # fmt: skip
  return (
    step,
    functools.partial(step_lib.create, init, optimizer, KEY, mesh),
    mesh,
  )


def batches(number):
  """Of 1.5 batches a pass, in which some rows come twice."""
  rng = np.random.default_rng(0)
  for i in range(number):
    place = i * BATCH + np.arange(BATCH)
    row = rng.integers(SIZE, size=BATCH)
    row[-1] = row[0]
    at = np.stack([place // SIZE, place % SIZE, place * 0], axis=1)
    yield dict(
      row=row.astype(np.int32), at=at.astype(np.int32),
      loss=rng.uniform(1, 2, BATCH).astype(np.float32),
      time=rng.uniform(0, 1, BATCH).astype(np.float32),
      x=rng.normal(size=BATCH).astype(np.float32),
      weight=rng.choice([1, 2], BATCH).astype(np.float32),
    )  # fmt: skip


def remembered(devices, number=6, parts=1):
  step, create, mesh = step_and_state(devices, parts)
  state = create()
  for batch in batches(number):
    state, seen = step(state, step_lib.place(batch, mesh), KEY)
  return state, seen


def by_hand(number=6):
  """now, then: in units of the decayed mean of the losses of 1/20 of time."""
  now, then, last = np.ones(SIZE), np.ones(SIZE), 0
  past, params = [], 0.0
  for batch in batches(number):
    losses = batch['loss'] + params * batch['x']
    params -= (batch['weight'] * batch['x']).mean()
    past = [(0.99 * w, b, v) for w, b, v in past]
    bins = (batch['time'] * 20).astype(int)
    past += [(1, b, v) for b, v in zip(bins, losses, strict=True)]
    if batch['at'][-1, 0] > last:
      then, last = now.copy(), batch['at'][-1, 0]
    for row, b, loss in zip(batch['row'], bins, losses, strict=True):
      own = [(w, v) for w, at, v in past if at == b]
      mean = sum(w * v for w, v in own) / sum(w for w, _ in own)
      now[row] = loss / mean
  return now, then, params


@pytest.mark.parametrize(('devices', 'parts'), [(1, 1), (4, 1), (1, 2)])
def test_the_last_loss_of_each_is_remembered_in_units_of_its_time(
  devices, parts
):
  state, _ = remembered(devices, parts=parts)
  now, then, params = by_hand()
  np.testing.assert_allclose(state.extra.now, now, rtol=1e-5)
  np.testing.assert_allclose(state.extra.then, then, rtol=1e-5)
  np.testing.assert_allclose(state.params, params, rtol=1e-5)
  assert state.extra.at.tolist() == [3, 11, 0]  # 48 places are 4 passes of 12.


def test_a_loss_counts_by_its_weight():
  _, seen = remembered(4, number=1)
  (batch,) = batches(1)
  np.testing.assert_allclose(seen.losses, batch['weight'] * batch['loss'])
  np.testing.assert_allclose(seen.loss, seen.losses.mean(), rtol=1e-6)


def test_losses_of_nothing_are_not_divided_by_it():
  step, create, mesh = step_and_state(4)
  (batch,) = batches(1)
  batch = batch | {'loss': 0 * batch['loss']}
  state, seen = step(create(), step_lib.place(batch, mesh), KEY)
  assert seen.ok and (state.extra.now <= 1).all()


def test_of_the_same_row_the_last_one_counts():
  """Told apart before they are written, as a GPU writes in any order."""
  found = memory.repeated(jnp.array([3, 1, 3, 3, 2, 1]))
  assert found.tolist() == [True, True, True, False, False, False]


def test_of_an_example_so_many_bytes_are_remembered_as_the_doctor_says():
  init = lambda key: ((), ())
  sizes = [
    sum(leaf.nbytes for leaf in jax.tree.leaves(memory.beside(init, size)(KEY)))
    for size in (10, 11)
  ]
  assert sizes[1] - sizes[0] == memory.EACH
