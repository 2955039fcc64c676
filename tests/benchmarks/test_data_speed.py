"""A small run of the benchmark of opening a set."""

import json

from prune_dm_jax.commands import benchmark


def test_the_second_opening_is_the_sum_of_its_parts_and_looks_at_nothing(
  capsys,
):
  benchmark.main(['data', '--pictures=1100', '--scores=500', '--clusters=7'])
  found = json.loads(capsys.readouterr().out.splitlines()[-1])
  parts = ('list', 'ask_when_changed', 'read_table', 'fingerprint', 'split')
  assert abs(sum(found[part] for part in parts) - found['second']) < 1e-9
  assert 'look_at_pictures' not in found
  assert abs(found['a_million'] * 1100 / 1e6 - found['second']) < 1e-9
