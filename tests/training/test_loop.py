import itertools
import json
import weakref

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from prune_dm_jax.training import apply
from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import log
from prune_dm_jax.training import loop
from prune_dm_jax.training import step as step_lib

KEY = jax.random.key(0)
OPTIMIZER = optax.adam(0.1)


def noisy(params, extra, batch, keys):
  noise = jax.vmap(jax.random.normal)(keys)
  return jnp.square(params - batch['x'] - noise), ()


def batches(start):
  """Batch i holds the numbers from 4 i on."""
  return ({'x': np.arange(4.0) + 4 * i} for i in itertools.count(start))


def fit(directory, num_steps, *, batches=batches, objective=noisy, **options):
  mesh = step_lib.data_mesh()
  init = lambda key: (jnp.zeros(()), ())
  given = dict(checkpoint_every=3, log_every=2, fingerprints={}) | options
  return loop.fit(
    step_lib.train_step(objective, OPTIMIZER, mesh=mesh, ema_decay=0.5),
    lambda: step_lib.create(init, OPTIMIZER, KEY, mesh),
    batches, key=KEY, mesh=mesh, directory=directory, name='test',
    num_steps=num_steps, **given,
  )  # fmt: skip


def stops_at(number):
  """Batches that end in an error after so many, as a kill would."""

  def until(start):
    yield from itertools.islice(batches(start), number - start)
    raise KeyboardInterrupt

  return until


@pytest.mark.parametrize('killed_after', [1, 3, 4, 7, 9])
def test_a_broken_run_ends_as_one_that_was_left_alone(tmp_path, killed_after):
  whole = fit(tmp_path / 'whole', 10)
  with pytest.raises(KeyboardInterrupt):
    fit(tmp_path / 'broken', 10, batches=stops_at(killed_after))
  resumed = fit(tmp_path / 'broken', 10)
  assert checkpoint.digest(resumed) == checkpoint.digest(whole)
  lines = [
    log.read(tmp_path / n / 'metrics.jsonl') for n in ('whole', 'broken')
  ]
  steps = [[line['step'] for line in each] for each in lines]
  assert steps[0] == [2, 4, 6, 8, 10]
  assert len(set(steps[1])) == len(steps[1]) and steps[1][-1] == 10


@pytest.mark.parametrize('killed_after', [2, 4, 5, 9])
def test_snapshots_are_kept_for_good_whatever_broke_off(tmp_path, killed_after):
  options = dict(snapshots=(2, 5, 10))
  with pytest.raises(KeyboardInterrupt):
    fit(tmp_path, 10, batches=stops_at(killed_after), **options)
  fit(tmp_path, 10, **options)
  target = jnp.zeros(())
  for step in (2, 5, 10):
    got = checkpoint.read_snapshot(
      tmp_path / 'snapshots', step, target, artifact=tmp_path
    )
    assert float(got) == float(fit(tmp_path / f'until {step}', step).params)


def test_a_damaged_snapshot_is_refused_and_says_what_to_move(tmp_path):
  fit(tmp_path, 2, snapshots=(2,))
  for file in (tmp_path / 'snapshots' / '2' / 'record').iterdir():
    file.write_text(file.read_text().replace('digest', 'digits'))
  with pytest.raises(ValueError, match='snapshots/2 is damaged') as error:
    checkpoint.read_snapshot(
      tmp_path / 'snapshots', 2, jnp.zeros(()), artifact='all of it'
    )
  assert 'move all of it away' in str(error.value)


def test_a_finished_run_is_loaded_and_not_trained(tmp_path):
  first = fit(tmp_path, 5)
  again = fit(tmp_path, 5, batches=stops_at(0))
  assert checkpoint.digest(first) == checkpoint.digest(again)


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path):
  broken = lambda params, extra, batch, keys: (
    params + batch['x'] * jnp.nan,
    (),
  )
  with pytest.raises(FloatingPointError, match=r'at step 1 the loss \(nan\)'):
    fit(tmp_path, 10, objective=broken)


def test_each_logged_loss_is_the_mean_since_the_one_before(tmp_path):
  of_batch = lambda params, extra, batch, keys: (0 * params + batch['x'], ())
  fit(tmp_path, 5, objective=of_batch)
  got = [line['loss'] for line in log.read(tmp_path / 'metrics.jsonl')]
  np.testing.assert_allclose(got, [3.5, 11.5, 17.5])


def test_a_torn_last_line_is_left_out(tmp_path):
  path = tmp_path / 'metrics.jsonl'
  path.write_text(json.dumps({'step': 1}) + '\n{"step": 2, "lo')
  assert log.read(path) == [{'step': 1}]
  assert log.cut_back(path, 5) == [{'step': 1}]
  log.append(path, {'step': 2})
  assert [line['step'] for line in log.read(path)] == [1, 2]


@pytest.mark.parametrize(
  'damaged',
  [b'{"step": 1, "lo\xffs": 2}\n', b'{"step": 1, "loss\n{"step": 2}\n', b'3\n'],
)
def test_damaged_notes_are_moved_aside_and_training_goes_on(tmp_path, damaged):
  whole = fit(tmp_path / 'whole', 6)
  fit(tmp_path / 'begun', 3)
  names = ('metrics.jsonl', 'diagnosis.json')
  for name in names:
    (tmp_path / 'begun' / name).write_bytes(damaged)
  assert checkpoint.digest(fit(tmp_path / 'begun', 6)) == (
    checkpoint.digest(whole)
  )
  for name in names:
    aside = tmp_path / 'begun' / f'{name}.damaged'
    assert aside.read_bytes() == damaged
  assert log.read(tmp_path / 'begun' / 'metrics.jsonl')[-1]['step'] == 6


def test_tensorboard_is_written_too(tmp_path):
  fit(tmp_path, 4)
  (events,) = (tmp_path / 'tensorboard').glob('events*')
  assert b'loss' in events.read_bytes()


@pytest.mark.parametrize('size', [1, 4, 5, 11, 12])
def test_every_row_is_mapped_once(size):
  rows = np.arange(12.0).reshape(12, 1)
  said = []
  got = apply.mapped(
    lambda batch: {'twice': 2 * batch['x']}, lambda i: {'x': rows[i]}, size,
    mesh=step_lib.data_mesh(), batch_size=5, say=said.append,
  )  # fmt: skip
  assert said[-1] == size
  np.testing.assert_array_equal(got['twice'], 2 * rows[:size])


def test_batches_that_were_mapped_are_not_kept_beside_the_whole():
  made, alive = [], []

  def call(batch):
    rows = np.array(batch['x'])
    made.append(weakref.ref(rows))
    return rows

  apply.mapped(
    call, lambda i: {'x': i[:, None]}, 40, mesh=step_lib.data_mesh(), batch_size=4,
    say=lambda done: alive.append(sum(ref() is not None for ref in made)),
  )  # fmt: skip
  assert len(made) == 10 and max(alive) < 3


def test_the_next_batch_is_under_way_before_a_result_is_fetched():
  """And no other: what is computed ahead needs memory."""
  rows, began, fetched = np.arange(12.0).reshape(12, 1), [], []

  def call(batch):
    began.append(len(fetched))
    return batch['x']

  apply.mapped(
    call, lambda i: {'x': rows[i]}, 12, mesh=step_lib.data_mesh(),
    batch_size=4, say=fetched.append,
  )  # fmt: skip
  assert fetched == [4, 8, 12] and began == [0, 0, 1]


def test_where_to_begin_is_asked_only_where_there_is_no_checkpoint(tmp_path):
  asked = []

  def begin(state):
    asked.append(int(state.step))
    mesh = step_lib.data_mesh()
    return step_lib.with_params(state, np.full((), 7, np.float32), mesh)

  whole = fit(tmp_path / 'whole', 6, begin=begin)
  with pytest.raises(KeyboardInterrupt):
    fit(tmp_path / 'broken', 6, batches=stops_at(4), begin=begin)
  resumed = fit(tmp_path / 'broken', 6, begin=begin)
  assert asked == [0, 0]
  assert checkpoint.digest(resumed) == checkpoint.digest(whole)
  other = fit(tmp_path / 'other', 6)
  assert checkpoint.digest(other) != checkpoint.digest(whole)
