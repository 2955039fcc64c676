"""A small run of the benchmark of sampling."""

import itertools
import json

import pytest

from prune_dm_jax.benchmarks import samples
from prune_dm_jax.commands import benchmark


@pytest.mark.slow
def test_a_small_run_counts_the_passes_of_each_way(capsys):
  benchmark.main(['sampling', '--size=mini', '--batch=2', '--steps=3',
                  '--rounds=1'])  # fmt: skip
  found = json.loads(capsys.readouterr().out.splitlines()[-1])
  assert [found[f'{n}_passes'] for n in ('euler', 'heun')] == [3, 6]
  assert found['euler_maruyama_passes'] == 3
  assert found['heun_over_forward'] > 0 < found['forward_seconds']


def test_a_way_is_measured_beside_as_many_passes(monkeypatch):
  """A pass takes 2 s of this clock, and a way of 4 passes takes 9."""
  clock = itertools.count()
  now = [0.0]
  monkeypatch.setattr(samples.time, 'perf_counter', lambda: now[0])
  spend = lambda s: now.__setitem__(0, now[0] + s) or next(clock)
  found = samples.compare(
    {'way': lambda: spend(9)}, {'way': 4}, lambda: spend(2), rounds=3
  )
  assert found['forward_seconds'] == 2
  assert found['way_over_forward'] == pytest.approx(9 / 8)
