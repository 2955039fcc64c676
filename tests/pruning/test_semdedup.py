"""SemDeDup, against its paper's rule at an epsilon and against closed forms."""

import numpy as np
import pytest

from prune_dm_jax.pruning import greedy
from prune_dm_jax.pruning import semdedup

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(60, 3))
ROWS[40:] = ROWS[:20] + 0.05 * RNG.normal(size=(20, 3))
ROWS -= ROWS.mean(axis=0)


def kept(rows, epsilon):
  """Who has none within epsilon that is farther out: the paper's loop."""
  found = []
  for i in range(len(rows)):
    farther = [
      j
      for j in range(len(rows))
      if np.linalg.norm(rows[j]) > np.linalg.norm(rows[i])
    ]
    if all(np.linalg.norm(rows[i] - rows[j]) > epsilon for j in farther):
      found.append(i)
  return found


@pytest.mark.parametrize('epsilon', [0.01, 0.05, 0.1, 0.3, 1.0, 2.0])
def test_scores_above_an_epsilon_are_what_the_paper_keeps_at_it(epsilon):
  found = semdedup.apart(ROWS)
  assert np.flatnonzero(found > epsilon).tolist() == kept(ROWS, epsilon)


def test_on_a_line_each_is_as_far_as_the_next_one_out_of_its_side():
  found = semdedup.apart(np.array([[-9.0], [-5], [0], [2], [5.5], [6.5]]))
  np.testing.assert_allclose(found, [18, 4, 2, 3.5, 1, 15.5], rtol=1e-9)


def test_of_unit_features_half_the_squared_score_is_one_less_the_cosine():
  rows = RNG.normal(size=(30, 4))
  rows /= np.linalg.norm(rows, axis=1)[:, None]
  center = rows.mean(axis=0)
  out = np.argsort(rows @ center)  # The least alike to the centre first.
  cosines = rows[out] @ rows[out].T
  wanted = [1 - cosines[k, :k].max() for k in range(1, 30)]
  found = semdedup.apart(rows - center)[out[1:]]
  np.testing.assert_allclose(found**2 / 2, wanted, rtol=1e-6)


def test_of_copies_all_but_one_score_nothing():
  found = semdedup.apart(np.tile(ROWS[:20] - ROWS[:20].mean(axis=0), (3, 1)))
  assert (found.reshape(3, 20) == 0).sum(axis=0).tolist() == [2] * 20
  assert not semdedup.apart(np.zeros((3, 2))).any()


def test_of_a_large_cluster_few_distances_are_in_memory_at_a_time(monkeypatch):
  whole = semdedup.apart(ROWS)
  monkeypatch.setattr(greedy, 'SMALL', 10)
  monkeypatch.setattr(greedy, 'NUMBERS', 180)
  np.testing.assert_allclose(semdedup.apart(ROWS), whole, rtol=1e-9)
