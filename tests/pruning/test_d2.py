"""D2, against its sums written out and against closed forms."""

import numpy as np
import pytest

from prune_dm_jax.pruning import d2
from prune_dm_jax.pruning import greedy

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(60, 3))
ROWS -= ROWS.mean(axis=0)


def order(rows):
  return np.argsort(d2.places(rows), kind='stable').tolist()


def graph(rows, number):
  """Dense weights of an undirected graph of `number` nearest neighbours."""
  squared = ((rows[:, None] - rows) ** 2).sum(axis=-1)
  pairs = [
    (i, j)
    for i in range(len(rows))
    for j in sorted(range(len(rows)), key=lambda j: squared[i, j])[
      1 : number + 1
    ]
  ]
  width = np.mean([squared[pair] for pair in pairs])
  found = np.zeros_like(squared)
  for i, j in pairs:
    found[i, j] = found[j, i] = np.exp(-squared[i, j] / width)
  return found


def test_messages_go_there_and_back_as_the_paper_writes_them():
  edges, far = graph(ROWS, 10), np.linalg.norm(ROWS, axis=1)
  value = [far[i] + edges[i] @ far for i in range(60)]
  picked = []
  while len(picked) < 60:
    left = [i for i in range(60) if i not in picked]
    pick = max(left, key=lambda i: value[i])
    for j in left:
      value[j] -= edges[pick, j] * max(value[pick], 0)
    picked.append(pick)
  assert order(ROWS) == picked


def test_what_is_nobodys_neighbour_any_more_is_picked_by_its_difficulty(
  monkeypatch,
):
  """Of pairs a pair's width from each other, both have d (1 + 1/e) and then less."""
  monkeypatch.setattr(d2, 'NEAREST', 1)
  rows = np.array([[50, 0], [51, 0], [-40, 0], [-41, 0], [-20, 9], [-20, 10.0]])
  e, far = np.exp(-1), np.linalg.norm(rows, axis=1)
  value = far + e * far[[1, 0, 3, 2, 5, 4]]
  firsts = [1, 3, 5]
  value[[0, 2, 4]] -= e * value[firsts]
  assert order(rows) == np.argsort(-value).tolist()


def test_a_copy_of_what_is_picked_is_worth_nothing_beside_it(monkeypatch):
  monkeypatch.setattr(d2, 'NEAREST', 1)
  rows = np.repeat(ROWS[::6] - ROWS[::6].mean(axis=0), 2, axis=0)
  farthest = np.argsort(-np.linalg.norm(rows[::2], axis=1))
  assert [i // 2 for i in order(rows)[:10]] == farthest.tolist()


def test_a_unit_of_features_changes_nothing():
  assert order(1e-3 * ROWS) == order(ROWS)


@pytest.mark.parametrize('size', [1, 2, 11])
def test_clusters_of_few_and_of_the_same_have_an_order(size):
  for rows in (RNG.normal(size=(size, 3)), np.zeros((size, 3))):
    assert sorted(d2.places(rows - rows.mean(axis=0))) == list(range(size))


def test_of_a_large_cluster_few_distances_are_in_memory_at_a_time(monkeypatch):
  whole = order(ROWS)
  monkeypatch.setattr(greedy, 'SMALL', 10)
  monkeypatch.setattr(greedy, 'NUMBERS', 180)
  assert order(ROWS) == whole
