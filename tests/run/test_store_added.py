"""Rows that are added to the store before anyone asks for them."""

import pytest
import test_store

from prune_dm_jax.run import store


def test_what_is_added_before_is_not_computed_and_copies_once(tmp_path):
  first, own = range(30), test_store.hashes(*range(60))
  test_store.rows(tmp_path / 'a', first)
  with store.adding(tmp_path / 'a', together=8) as (known, add):
    assert known(own).tolist() == [i < 30 for i in range(60)]
    for some in ([3, 31, 31, 32], [32, 33, *range(40, 46)], [33, 40]):
      add(test_store.hashes(*some), test_store.values(some))
    assert not known(own[46:]).any() and known(own[31:34]).all()
  assert test_store.sizes_of_parts(tmp_path / 'a') == [9, 14, 16]
  found, asked = test_store.rows(tmp_path / 'a', range(60))
  test_store.assert_right(found, range(60))
  assert asked == [30, *range(34, 40), *range(46, 60)]


def test_what_was_added_before_it_was_stopped_is_kept(tmp_path):
  with pytest.raises(KeyboardInterrupt):
    with store.adding(tmp_path / 'a', together=99) as (_, add):
      add(test_store.hashes(1, 2), test_store.values([1, 2]))
      raise KeyboardInterrupt
  assert test_store.rows(tmp_path / 'a', range(4))[1] == [0, 3]
