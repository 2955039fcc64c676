"""Trainings whose batches follow from their own losses."""

import itertools
import types

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from configs import digits_sweep
from prune_dm_jax.data import dynamic as dynamic_lib
from prune_dm_jax.flow import path
from prune_dm_jax.run import checks
from prune_dm_jax.stages import dynamic
from prune_dm_jax.stages import together
from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import loop
from prune_dm_jax.training import memory
from prune_dm_jax.training import step as step_lib

KEY = jax.random.key(0)
KEPT = np.array([3, 5, 8, 13, 21, 34, 55, 89, 144, 233])
STEPS, UNTIL = 16, 12


def read(indices):
  data = np.random.default_rng(0).normal(size=(KEPT.max() + 1, 4))
  x = data[indices].astype(np.float32)
  return {'x': x, 'label': indices.astype(np.int32)}


def velocity(params, x, t, y):
  return params[None] * x


OBJECTIVE = path.objective(
  path.loss(velocity, path.linear), path.uniform_time,
  latent=lambda batch: batch['x'], label_dropout=0.0, null_class=0,
)  # fmt: skip
OPTIMIZER = optax.adam(0.1)
MESH = step_lib.data_mesh()
STEP = step_lib.train_step(
  memory.weighed(OBJECTIVE), OPTIMIZER, mesh=MESH, ema_decay=0.5,
  absorb=memory.remember,
)  # fmt: skip


def fit(
  folder, schedule='infobatch', stop_after=STEPS, workers=0, weights=None
):
  """The State, and the indices of each batch."""
  options = types.SimpleNamespace(
    dynamic=schedule, dynamic_share=0.5, dynamic_until=UNTIL / STEPS,
    steps=STEPS, batch_size=4,
  )  # fmt: skip
  feed = dynamic.Feed(dynamic.order(options, len(KEPT), weights, 0), KEPT)
  init = memory.beside(lambda key: (jnp.zeros(4), ()), len(KEPT))
  seen, rows = [], step_lib.rows_here(MESH, 4)

  def batches(start):
    given = feed.batches(start, read, rows=rows, workers=workers)
    for batch in itertools.islice(given, stop_after - start):
      seen.append(batch['label'])
      yield batch
    raise KeyboardInterrupt

  state = loop.fit(
    STEP, lambda: step_lib.create(init, OPTIMIZER, KEY, MESH), batches, key=KEY,
    mesh=MESH, directory=folder, name='test', num_steps=STEPS,
    checkpoint_every=3, log_every=5, fingerprints={}, follow=feed.follow,
  )  # fmt: skip
  last = range(STEPS - 1, STEPS + 1)
  for step, label in zip(last, seen[-2:], strict=True):
    np.testing.assert_array_equal(feed.examples(step), label)
  assert len(feed.examples(STEPS + 50)) == 0
  return state, np.array(seen)


@pytest.fixture(scope='module')
def whole(tmp_path_factory):
  """schedule -> what is left alone."""
  return {
    name: fit(tmp_path_factory.mktemp('whole'), name)
    for name in dynamic_lib.SCHEDULES
  }


@pytest.mark.parametrize('schedule', dynamic_lib.SCHEDULES)
@pytest.mark.parametrize('stop_after', [2, 5, 9, 14])
def test_a_broken_run_sees_the_same_and_ends_the_same(
  tmp_path, schedule, stop_after, whole
):
  with pytest.raises(KeyboardInterrupt):
    fit(tmp_path, schedule, stop_after)
  state, seen = fit(tmp_path, schedule)
  expected, batches = whole[schedule]
  assert checkpoint.digest(state) == checkpoint.digest(expected)
  np.testing.assert_array_equal(seen, batches[-len(seen) :])


def test_what_is_drawn_follows_from_the_losses(whole):
  (one, seen), (_, other) = whole.values()
  np.testing.assert_array_equal(seen[:2], other[:2])  # The first pass.
  assert not np.array_equal(seen[3:], other[3:])
  np.testing.assert_array_equal(np.sort(seen[:2].ravel()), np.unique(seen[:2]))
  assert np.isin(seen, KEPT).all() and np.isfinite(one.extra.now).all()
  late = seen[UNTIL:].ravel()[: len(KEPT)]
  assert set(late) == set(KEPT)


@pytest.mark.slow
def test_workers_change_nothing(tmp_path, whole):
  state, _ = fit(tmp_path, workers=1)
  assert checkpoint.digest(state) == checkpoint.digest(whole['infobatch'][0])


def config_of(variant='unpruned', **changes):
  config = digits_sweep.get_config(variant)
  config.train.update(changes)
  return config


@pytest.mark.parametrize(
  ('changes', 'said'),
  [
    ({'dynamic': 'Infobatch'}, "config.train.dynamic is 'Infobatch'; choose"),
    ({'dynamic_share': 1.0}, 'config.train.dynamic_share is 1.0; it must be'),
    ({'dynamic_until': 1.5}, 'config.train.dynamic_until is 1.5; it must be'),
    (
      {'dynamic': 'infobatch', 'exposure': 'epochs'},
      "but config.train.exposure is 'epochs'; take iterations",
    ),
    (
      {'variant': 'vae_random', 'dynamic': 'easy_to_uniform'},
      'but a vae has no such losses',
    ),
  ],
)
def test_what_has_no_such_passes_is_refused(changes, said):
  variant = changes.pop('variant', 'unpruned')
  with pytest.raises(ValueError, match=said):
    checks.check(config_of(variant, **changes), devices=1)


def test_it_is_not_trained_beside_others():
  for schedule in dynamic_lib.SCHEDULES:
    config = config_of(dynamic=schedule)
    checks.check(config, devices=1)
    (said,) = together.troubles(config, 1)
    assert said.startswith('--together') and repr(schedule) in said
