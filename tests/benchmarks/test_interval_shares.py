"""How often intervals hold: that they are counted, and that worse ones are seen."""

import argparse
import json

import numpy as np

from prune_dm_jax.benchmarks import intervals
from prune_dm_jax.metrics import balance
from prune_dm_jax.report import answer

GIVEN = argparse.Namespace(samples=40, width=3, draws=60, sweeps=800)


def test_those_are_counted_that_have_the_truth():
  values = np.array([[0, -1, 1], [3, 2, 4], [0.5, 0.5, 0.5], [9, 0.6, 9]])
  assert intervals.held(values, 0.5) == 0.5


def test_of_the_frechet_distance_one_reference_stays():
  fixed, anew = (
    [b for _, b in intervals.pairs(GIVEN, 'shifted', name)]
    for name in ('frechet_distance', 'vendi')
  )
  assert all(np.array_equal(b, fixed[0]) for b in fixed)
  assert not np.array_equal(anew[1], anew[0])


def test_intervals_half_as_wide_hold_less(monkeypatch):
  wide = intervals.of_classes(GIVEN)
  whole = balance.with_interval

  def narrow(*args):
    value, low, high = whole(*args)
    return value, (value + low) / 2, (value + high) / 2

  monkeypatch.setattr(balance, 'with_interval', narrow)
  less = intervals.of_classes(GIVEN)
  name = 'total_variation, shift 0.2'
  assert less[name] < wide[name] - 0.05


def test_more_degrees_of_freedom_claim_more_that_is_false(monkeypatch):
  found = intervals.of_sweeps(GIVEN)
  assert max(found.values()) < 0.09
  monkeypatch.setattr(answer, 'freedom', lambda parts: 9.0)
  assert intervals.of_sweeps(GIVEN)['3 seeds, 8-fold'] > 0.2


def test_all_is_printed_and_in_the_last_line(capsys):
  intervals.main(['--samples=20', '--width=2', '--draws=2', '--sweeps=10'])
  *rows, last = capsys.readouterr().out.splitlines()
  found = json.loads(last)
  parts = ('sets', 'balance', 'false_claims', 'found')
  assert sum(len(found[part]) for part in parts) == len(rows)
  for name in ('precision', 'vendi', 'kernel_distance', 'frechet_distance'):
    assert f'{name}, shifted' in found['sets']
