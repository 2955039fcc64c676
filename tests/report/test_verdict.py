"""A sweep's answer in two sentences, which never stands on one side alone."""

import pytest
from sweeps import cell

from prune_dm_jax.report import sweep
from prune_dm_jax.report import verdict


def said(folder):
  return verdict.sentences(sweep.read([folder]))


def seeds(folder, name, ratio, **metrics):
  """Three cells, around these numbers by 1, or by 0.01 where they are shares."""
  for seed in range(3):
    off = {m: (seed - 1) * (0.01 if v < 1 else 1.0) for m, v in metrics.items()}
    cell(folder, name, ratio, seed, **{m: metrics[m] + off[m] for m in metrics})


def test_what_beats_random_is_to_be_taken_and_is_beside_the_whole_set(tmp_path):
  numbers = dict(unpruned=29.0, random=31.0, grand=50.0, cluster_pixels=5.0)
  for name, value in numbers.items():
    ratio = 0 if name == 'unpruned' else 0.5
    seeds(tmp_path, name, ratio, frechet_distance=value)
  take, whole = said(tmp_path)
  assert take.startswith('Take cluster_pixels at a prune ratio of 0.5: ')
  assert '5 (lower is better), -26 ± ' in take and take.endswith(
    'at that ratio.'
  )
  assert whole.startswith('That is better than the whole set')


def test_what_is_bought_with_recall_is_said_to_be(tmp_path):
  seeds(tmp_path, 'random', 0.5, frechet_distance=31.0, recall=0.81)
  seeds(tmp_path, 'el2n', 0.5, frechet_distance=2.0, recall=0.3)
  take, _ = said(tmp_path)
  assert take.endswith('at that ratio, though worse in recall (-0.51).')


def test_precision_alone_is_no_reason_to_take_anything(tmp_path):
  seeds(tmp_path, 'random', 0.5, frechet_distance=31.0, precision=0.5)
  seeds(tmp_path, 'el2n', 0.5, frechet_distance=31.5, precision=0.9)
  seeds(tmp_path, 'moso', 0.5, frechet_distance=90.0, precision=0.9)
  seeds(tmp_path, 'unpruned', 0, frechet_distance=31.0)
  first, second = said(tmp_path)
  assert 'Nothing beats random pruning at the same ratio by Fréchet' in first
  assert first.endswith('none is better beyond chance and 1 worse, at 0.5.')
  assert second == (
    'By Fréchet distance random pruning is no different from the whole set (31) at 0.5 (31).'
  )


def test_random_is_held_against_the_whole_set_only_where_seeds_are_enough(
  tmp_path,
):
  for ratio, name in {0: 'unpruned', 0.5: 'random', 0.9: 'random'}.items():
    seeds(tmp_path, name, ratio, frechet_distance=31.0 + 100 * (ratio > 0.8))
  cells = sweep.read([tmp_path])
  (told,) = verdict.random_itself(cells, 'frechet_distance')
  assert told == (
    'By Fréchet distance random pruning is no different from the whole set (31) at 0.5 (31) and worse '
    'than the whole set (31) at 0.9 (131).'
  )
  one = [c for c in cells if c.seed == 0]
  assert verdict.random_itself(one, 'frechet_distance') == []


@pytest.mark.parametrize(('random', 'reason'), [
  ([], 'random pruning was not run'), ([0], 'there are not enough seeds')
])  # fmt: skip
def test_without_an_answer_one_sentence_says_why(tmp_path, random, reason):
  for seed in random:
    cell(tmp_path, 'random', 0.5, seed, frechet_distance=30.0)
  cell(tmp_path, 'grand', 0.5, 0, frechet_distance=3.0)
  (only,) = said(tmp_path)
  assert only.startswith(f'No answer: {reason}')
