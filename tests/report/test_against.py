"""By how much variants differ from one of them, as the command prints it."""

import pytest
from sweeps import cell

from prune_dm_jax.commands import report


def runs(folder):
  numbers = dict(random=9, cluster_pixels=5, grand=7.5)
  for seed, off in enumerate((-0.1, 0.0, 0.1)):
    for name, value in numbers.items():
      cell(folder, name, 0.5, seed, frechet_distance=value + off)
    cell(folder, 'grand', 0.75, seed, frechet_distance=8 + off)
    cell(folder, 'unpruned', 0, seed, frechet_distance=6 + off)
  return str(folder)


def test_each_is_told_beside_one_that_is_named(tmp_path, capsys):
  report.main([runs(tmp_path), '--beside=cluster_pixels'])
  said = capsys.readouterr().out
  (random,) = (
    line for line in said.splitlines() if line.startswith('| random')
  )
  (grand,) = (line for line in said.splitlines() if line.startswith('| grand'))
  assert random.startswith('| random | +4 ± ') and random.endswith('worse |')
  assert grand.startswith('| grand | +2.5 ± ')
  assert 'unpruned' not in said and 'F-score' not in said
  assert not (tmp_path / 'report').exists()


@pytest.mark.parametrize(
  'other, said',
  [('moso', 'takes one of unpruned, random'), ('unpruned', 'at a prune ratio')],
)
def test_one_that_nothing_stands_beside_is_a_sentence(
  tmp_path, capsys, other, said
):
  with pytest.raises(SystemExit) as ended:
    report.main([runs(tmp_path), f'--beside={other}'])
  assert ended.value.code
  assert said in str(ended.value.code) + capsys.readouterr().err
