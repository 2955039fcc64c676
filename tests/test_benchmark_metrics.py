"""The contest of metrics, at a size that says nothing about speed."""

import json

import pytest

REASON = "they are of the extra: pip install -e '.[benchmark]'"
for name in ('faiss', 'prdc', 'vendi_score'):
  pytest.importorskip(name, reason=f'{name}: {REASON}')

from prune_dm_jax import benchmark_metrics  # noqa: E402


def test_every_ratio_of_the_table_is_there(capfd):
  benchmark_metrics.main(
    ['--samples=300', '--width=16', '--vendi_width=16', '--queries=50',
     '--points=500', '--points_width=16', '--pairs=1']
  )  # fmt: skip
  found = json.loads(capfd.readouterr().out.splitlines()[-1])
  for name in ('prdc', 'prdc_peak', 'sqrtm', 'vendi', 'faiss'):
    assert found[f'{name}_over_ours'] > 0
