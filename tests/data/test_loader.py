import functools
import itertools

import numpy as np
import pytest

from prune_dm_jax.data import loader

KEPT = np.array([3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610])


def read(indices):
  return {'index': np.asarray(indices)}


def order(number, **options):
  """The indices of the first batches: [number, b]."""
  given = dict(batch_size=4, seed=0) | options
  batches = loader.batches(KEPT, read, **given)
  return np.stack([b['index'] for b in itertools.islice(batches, number)])


def test_every_kept_example_once_an_epoch_and_no_other():
  seen = order(9).reshape(3, -1)  # 3 epochs of 3 batches
  for epoch in seen:
    np.testing.assert_array_equal(np.sort(epoch), KEPT)
  assert not np.array_equal(seen[0], seen[1])


def test_a_batch_size_that_does_not_divide_loses_no_one():
  seen = order(12, batch_size=5).ravel()  # 60 = 5 epochs of 12
  assert (np.unique(seen, return_counts=True)[1] == 5).all()


def test_the_seed_alone_decides_the_order():
  np.testing.assert_array_equal(order(6), order(6))
  assert not np.array_equal(order(6), order(6, seed=1))


@pytest.mark.parametrize('start', [0, 1, 3, 7, 100])
def test_a_resume_sees_what_would_have_come(start):
  np.testing.assert_array_equal(order(start + 3)[start:], order(3, start=start))


@pytest.mark.parametrize('number', [1, 2, 4])
def test_processes_make_up_the_global_batch(number):
  parts = [order(7, rows=r) for r in np.arange(4).reshape(number, -1)]
  np.testing.assert_array_equal(np.concatenate(parts, axis=1), order(7))


@pytest.mark.parametrize('workers', [1, 2])
def test_workers_do_not_change_the_order(tmp_path, workers):
  path = tmp_path / 'rows.npy'
  np.save(path, np.arange(1000) * 10)
  from_file = functools.partial(loader.rows, {'value': path})
  take = lambda **options: [
    b['value']
    for b in itertools.islice(
      loader.batches(KEPT, from_file, batch_size=4, seed=0, start=2, **options),
      5,
    )
  ]
  np.testing.assert_array_equal(take(workers=workers), order(7)[2:] * 10)


@pytest.mark.parametrize('workers', [0, 2])
def test_reading_ahead_gives_every_batch_once_in_order(workers):
  batches = [np.arange(i, i + 3) for i in range(7)]
  found = [b['index'] for b in loader.ahead(read, batches, workers=workers)]
  np.testing.assert_array_equal(found, batches)
