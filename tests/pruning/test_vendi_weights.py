"""Vendi's weights, against the greatest entropy, by other means."""

import jax
import numpy as np
import pytest
import scipy.optimize

from prune_dm_jax.pruning import vendi_weights

RNG = np.random.default_rng(0)
ROWS = (RNG.normal(size=(80, 6)) * [3, 1, 1, 1, 0.5, 0.2]).astype(np.float32)


def entropy(rows, p):
  """Of the eigenvalues of weighed cosines [N, N], the paper's way round."""
  unit = rows / np.linalg.norm(rows, axis=1)[:, None]
  root = np.sqrt(p / p.sum())
  values = np.linalg.eigvalsh(root[:, None] * (unit @ unit.T) * root)
  values = values[values > 1e-12]
  return -(values * np.log(values)).sum()


def test_of_directions_that_share_nothing_all_weigh_the_same():
  many = np.array([1, 2, 4, 13])
  rows = np.repeat(np.eye(4, dtype=np.float32) * [[1], [5], [2], [9]], many, 0)
  found = vendi_weights.weights(rows.astype(np.float32))
  np.testing.assert_allclose(found, np.repeat(20 / 4 / many, many), rtol=1e-5)


def test_what_is_a_mix_of_others_weighs_less_than_they_do():
  """Of e1, e2 and e1 + e2 all entropy there is, ln 2, is without the last."""
  rows = np.array([[1, 0], [0, 1], [1, 1]], np.float32)
  found = vendi_weights.weights(rows)
  assert found[0] == pytest.approx(found[1], rel=1e-5) and found[2] < 0.7
  assert entropy(rows, found) > np.log(2) - vendi_weights.CLOSE


@pytest.mark.parametrize('seed', range(3))
def test_the_entropy_is_as_close_to_the_greatest_as_is_said(seed):
  rows = np.random.default_rng(seed).normal(size=(9, 4)) * [3, 1, 1, 0.3]
  soft = lambda z: np.exp(z - z.max())
  best = scipy.optimize.minimize(lambda z: -entropy(rows, soft(z)), np.zeros(9))
  found = entropy(rows, vendi_weights.weights(rows.astype(np.float32)))
  assert -best.fun - vendi_weights.CLOSE <= found <= -best.fun + 1e-4
  assert found > entropy(rows, np.ones(9)) + vendi_weights.CLOSE


def test_a_turn_never_lowers_the_entropy_and_bounds_what_is_left():
  log, said = np.zeros((6, 6), np.float32), []
  found, now = np.ones(80), 0.0
  for _ in range(60):
    found, matrix, most = vendi_weights.turned(ROWS, found, log, now)
    said.append((now, most))
    log, now = vendi_weights.logarithm(matrix)
    assert now == pytest.approx(entropy(ROWS, found), abs=1e-5)
  rises, tops = zip(*said[1:], strict=True)
  assert (np.diff(rises) > -1e-6).all() and min(tops) > now


def test_the_part_that_weighs_most_is_more_varied_than_a_draw():
  order = np.argsort(-vendi_weights.weights(ROWS))
  for many in (8, 20, 40):
    draws = [np.random.default_rng(s).permutation(80)[:many] for s in range(50)]
    most = max(entropy(ROWS[draw], np.ones(many)) for draw in draws)
    assert entropy(ROWS[order[:many]], np.ones(many)) > most


def test_few_rows_are_in_memory_at_a_time(monkeypatch):
  whole = vendi_weights.weights(ROWS)
  monkeypatch.setattr(vendi_weights, 'NUMBERS', 7 * 6)
  np.testing.assert_allclose(vendi_weights.weights(ROWS), whole, rtol=1e-4)


def test_a_picture_without_a_direction_weighs_least():
  rows = np.concatenate([ROWS, np.zeros((1, 6), np.float32)])
  score, error, group = vendi_weights.scores(
    {'features': rows}, key=jax.random.key(0)
  )
  assert score.argmin() == 80 and score.mean() == pytest.approx(1)
  assert np.isnan(error).all() and not group.any()
