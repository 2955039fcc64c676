"""The contest of metrics, at a size that says nothing about speed."""

import json

import pytest

from prune_dm_jax.benchmarks import metrics

REASON = "they are of the extra: pip install -e '.[benchmark]'"
SMALL = [
  '--samples=300', '--width=16', '--vendi_width=16', '--queries=50',
  '--points=500', '--points_width=16', '--pairs=1',
]  # fmt: skip


def printed(capfd, *options):
  metrics.main([*SMALL, *options])
  return json.loads(capfd.readouterr().out.splitlines()[-1])


def test_every_ratio_of_the_table_is_there(capfd):
  for name in ('faiss', 'prdc', 'vendi_score'):
    pytest.importorskip(name, reason=f'{name}: {REASON}')
  found = printed(capfd)
  for name in ('prdc', 'prdc_peak', 'sqrtm', 'vendi', 'faiss'):
    assert found[f'{name}_over_ours'] > 0


def test_ours_alone_needs_nothing_of_others(capfd):
  found = printed(capfd, '--alone')
  assert found['prdc_seconds'] > 0 and found['faiss_added_bytes'] >= 0
