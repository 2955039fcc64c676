"""A small run of the loader's benchmark."""

import json

from prune_dm_jax.commands import benchmark


def test_the_rates_are_there_and_the_paper_is_their_measure(capsys):
  benchmark.main(
    ['loader', '--examples=600', '--seconds=1', '--rounds=1', '--pictures=2']
  )
  found = json.loads(capsys.readouterr().out.splitlines()[-1])
  assert found['latents_a_second'] > 0 and found['pictures_a_second'] > 0
  of_paper = found['latents_a_second'] / found['cache_over_paper']
  assert 426 < of_paper < 427
