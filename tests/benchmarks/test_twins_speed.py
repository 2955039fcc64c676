"""A small run of the benchmark of twins."""

import json

import numpy as np

from prune_dm_jax.benchmarks import twins
from prune_dm_jax.commands import benchmark


def test_what_is_planted_is_found_and_counted(capsys):
  benchmark.main(['twins', '--number=300', '--width=40', '--inner=20'])
  found = json.loads(capsys.readouterr().out.splitlines()[-1])
  assert found['precision'] == 1
  for distance in twins.DISTANCES:
    assert found[f'recall_{distance:g}'] == (distance <= found['threshold'])
  square = found['neighbours_seconds'] * (twins.IMAGENET / 300) ** 2
  np.testing.assert_allclose(found['imagenet_seconds'], square)


def test_a_row_is_turned_by_its_distance():
  rng = np.random.default_rng(0)
  x, noise = rng.normal(size=(2, 3, 9))
  x /= np.linalg.norm(x, axis=1, keepdims=True)
  y = twins.turned(x, noise, np.array([0, 0.01, 0.3]))
  np.testing.assert_allclose(np.linalg.norm(y, axis=1), 1)
  np.testing.assert_allclose((x * y).sum(axis=1), [1, 0.99, 0.7])


def test_rates_are_those_of_a_hand_count(monkeypatch):
  """3 and 4 are twins of 0, one of which is found, beside one that is none."""
  own = np.array([0, 1, 2, 0, 0])
  apart = np.array([-1, -1, -1, 0, 1e-3])
  first = np.array([0, 0, 2, 0, 4])
  monkeypatch.setattr(twins, 'DISTANCES', (0.0, 1e-3))
  got = twins.rates(own, apart, first)
  assert got['precision'] == 1 / 3
  assert got['recall_0'] == 1 and got['recall_0.001'] == 0
