"""What a sweep answers: what is beyond chance beside random."""

import numpy as np
import pytest
from scipy import stats
from sweeps import cell

from prune_dm_jax.report import answer
from prune_dm_jax.report import sweep


@pytest.fixture
def runs(tmp_path):
  """Random, two variants and the whole set, of three seeds each."""
  for seed, off in enumerate((-1.0, 0.0, 1.0)):
    numbers = dict(unpruned=29, random=31, grand=55, cluster_pixels=5)
    for name, value in numbers.items():
      ratio = 0 if name == 'unpruned' else 0.5
      cell(tmp_path, name, ratio, seed, frechet_distance=value + off)
  return tmp_path


def test_the_best_is_named_beside_random_with_its_interval(runs):
  """Of equal deviations, by (2 x 2 x 4) ** (1 / 3) degrees of freedom."""
  cells = sweep.read([runs])
  found = answer.against(cells, 'frechet_distance')
  assert {(d.variant, d.prune_ratio) for d in found} == {
    ('grand', 0.5), ('cluster_pixels', 0.5)
  }  # fmt: skip
  (best,) = answer.best(found, 'frechet_distance')
  half = stats.t.ppf(1 - 0.05 / 2 / 2, 16 ** (1 / 3)) * np.sqrt(2 / 3)
  assert (best.variant, best.beyond) == ('cluster_pixels', -26)
  assert best.half == pytest.approx(half)
  first, second = answer.sentences(cells)
  assert 'take cluster_pixels at a prune ratio of 0.5: 5 (3 seeds)' in first
  assert '1 of 2 comparisons' in first and 'better than the whole' in second


def test_an_interval_is_between_that_of_welch_and_that_of_the_few():
  """SciPy has Welch's degrees of freedom."""
  own, other = np.array([1.0, 4.0, 2.0]), np.array([7.0, 9.5, 8.0, 7.7])
  found = stats.ttest_ind(own, other, equal_var=False)
  low, high = found.confidence_interval(0.95)
  degrees = (2 * 2 * found.df) ** (1 / 3)
  wider = stats.t.ppf(0.975, degrees) / stats.t.ppf(0.975, found.df)
  half = answer.half_width(own, other, 1)
  assert half == pytest.approx(wider * (high - low) / 2) and wider > 1.05


def test_many_seeds_of_one_do_not_make_up_for_few_of_the_other():
  """Welch's freedom would be near 9; of two and ten it counts as 1.2."""
  few, many = np.array([0.0, 0.1]), np.arange(10.0)
  half = answer.half_width(few, many, 1)
  spread = np.sqrt(few.var(ddof=1) / 2 + many.var(ddof=1) / 10)
  assert half == pytest.approx(stats.t.ppf(0.975, 1.2 ** (1 / 3)) * spread)


@pytest.mark.parametrize(
  'beyond, half, said',
  [(113.4, 20.3, '+113 ± 20'), (-99.6, 120.0, '-100 ± 120'), (-0.123, np.nan, '-0.12')],
)  # fmt: skip
def test_a_difference_has_two_figures_or_all_before_the_point(
  beyond, half, said
):
  one = answer.Difference('grand', 0.5, 1.0, beyond, half, 3)
  assert answer.number(one) == said


def test_seeds_that_are_all_equal_tell_nothing_of_chance(tmp_path):
  for name, value in dict(random=0.9, grand=1.0).items():
    for seed in range(5):
      cell(tmp_path, name, 0.5, seed, f_score=value)
  cells = sweep.read([tmp_path])
  assert answer.table(cells, 'f_score')[1] == [
    ('grand', '+0.1, no two seeds differ')
  ]
  assert not answer.best(answer.against(cells, 'f_score'), 'f_score')


def test_what_prunes_nothing_at_random_is_compared_with_nothing(tmp_path):
  for name, ratio in (('random', 0), ('unpruned', 0), ('random', 0.5),
                      ('grand', 0.5)):  # fmt: skip
    for seed in (0, 1):
      cell(tmp_path, name, ratio, seed, f_score=0.5 + seed / 9)
  (found,) = answer.against(sweep.read([tmp_path]), 'f_score')
  assert found.variant == 'grand'


def test_a_method_that_varies_more_has_a_wider_interval():
  random = np.array([-1.0, 0.0, 1.0])
  calm, wild = (answer.half_width(s * random, random, 28) for s in (1, 4))
  assert wild > 2 * calm


def test_of_several_that_beat_random_the_best_comes_first(tmp_path):
  numbers = dict(random=0.5, grand=0.9, el2n=0.95, moso=0.8)
  for name, value in numbers.items():
    for seed in (0, 1):
      cell(tmp_path, name, 0.5, seed, f_score=value + 0.0001 * seed)
  cells = sweep.read([tmp_path])
  found = answer.best(answer.against(cells, 'f_score'), 'f_score')
  assert [d.variant for d in found] == ['el2n', 'grand', 'moso']


def test_what_is_beyond_chance_is_said_beside_random(runs):
  header, rows = answer.table(sweep.read([runs]), 'frechet_distance')
  assert header == ('variant', '0.5')
  assert [row[0] for row in rows] == ['grand', 'cluster_pixels']
  assert rows[0][1].startswith('+24 ± ') and rows[0][1].endswith(', worse')
  assert rows[1][1].startswith('-26 ± ') and rows[1][1].endswith(', better')


def test_nothing_beats_random_where_the_best_is_within_chance(tmp_path):
  for seed, (random, grand) in enumerate(((30.0, 28.0), (34.0, 29.0))):
    cell(tmp_path, 'random', 0.5, seed, frechet_distance=random)
    cell(tmp_path, 'grand', 0.5, seed, frechet_distance=grand)
  cell(tmp_path, 'el2n', 0.5, 0, frechet_distance=1.0)
  (said,) = answer.sentences(sweep.read([tmp_path]))
  assert 'nothing beats random here' in said
  assert 'of 2 comparisons' in said and '1 of them have not enough' in said
  half = answer.half_width(np.array([28.0, 29]), np.array([30.0, 34]), 2)
  assert f'below {half:.2g} could not' in said


@pytest.mark.parametrize('several', ['random', 'grand', 'unpruned'])
def test_without_two_seeds_of_both_there_is_no_answer(tmp_path, several):
  for name in ('random', 'grand', several):
    number = 1 + (name == several)
    for seed in range(number):
      value = 3.0 if name == 'grand' else 30.0
      ratio = 0 if name == 'unpruned' else 0.5
      if not (tmp_path / f'{name}-{ratio:g}-seed{seed}').exists():
        cell(tmp_path, name, ratio, seed, frechet_distance=value + seed / 9)
  cells = sweep.read([tmp_path])
  (said,) = answer.sentences(cells)
  assert said.startswith('No answer') and 'not enough seeds' in said
  ((_, told),) = answer.table(cells, 'frechet_distance')[1]
  assert told == '-27, not enough seeds'


def test_the_whole_set_of_one_seed_is_not_claimed_to_be_beaten(runs):
  cells = [
    c for c in sweep.read([runs]) if (c.variant, c.seed) != ('unpruned', 1)
  ]
  cells = [c for c in cells if (c.variant, c.seed) != ('unpruned', 2)]
  _, second = answer.sentences(cells)
  assert second.startswith('There are not enough seeds to hold it against')


def test_beside_the_whole_set_the_best_is_one_of_as_many_as_it_was_chosen_of(
  runs,
):
  cells = sweep.read([runs])
  half = answer.half_width(np.array([4.0, 5, 6]), np.array([28.0, 29, 30]), 2)
  assert f'± {half:.2g})' in answer.sentences(cells)[1]


@pytest.mark.parametrize('metric', ['precision', 'recall'])
def test_there_is_no_answer_by_precision_or_recall_alone(tmp_path, metric):
  for name, value in dict(random=0.1, grand=0.9).items():
    for seed in (0, 1):
      cell(tmp_path, name, 0.5, seed, **{metric: value + 0.001 * seed})
  cells = sweep.read([tmp_path])
  assert answer.sentences(cells, metric) == []
  assert answer.best(answer.against(cells, metric), metric)


def test_higher_is_better_of_the_f_score(tmp_path):
  for name, value in dict(random=0.5, grand=0.1).items():
    for seed in (0, 1):
      cell(tmp_path, name, 0.5, seed, f_score=value + 0.01 * seed)
  (said,) = answer.sentences(sweep.read([tmp_path]), 'f_score')
  assert 'nothing beats random' in said


def rejected(rng, seeds, spread, draw):
  """Whether any of 28 that are random's equals is called better or worse."""
  own, others = seeds
  for _ in range(2):
    random = draw(rng, others)
    for _ in range(14):
      one = answer.between('', 0, spread * draw(rng, own), random, 28)
      if abs(one.beyond) > one.half:
        return True
  return False


DRAWS = {
  'normal': lambda rng, size: rng.standard_normal(size),
  'skewed': lambda rng, size: np.exp(rng.standard_normal(size) / 2) - 1.1331,
}
FAMILIES = [
  ('normal', (2, 2), 1), ('normal', (3, 3), 1), ('normal', (3, 3), 2),
  ('normal', (2, 5), 2), ('normal', (5, 2), 0.5), ('normal', (5, 5), 3),
  ('skewed', (3, 3), 1), ('normal', (5, 5), 8), ('normal', (3, 3), 8),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize('law, seeds, spread', FAMILIES)
def test_of_equals_one_is_called_better_in_one_sweep_of_twenty_at_most(
  law, seeds, spread
):
  rng, times = np.random.default_rng(0), 300
  wrong = sum(rejected(rng, seeds, spread, DRAWS[law]) for _ in range(times))
  assert wrong <= stats.binom.ppf(0.99, times, 0.05)


@pytest.mark.slow
def test_the_best_of_equals_is_seldom_called_better_than_the_whole_set():
  """Methods are the whole set's equals, and random is far worse."""
  rng, times, wrong = np.random.default_rng(1), 1500, 0
  for _ in range(times):
    whole, methods = rng.standard_normal(3), rng.standard_normal((28, 3))
    best = methods[methods.mean(axis=1).argmin()]
    found = answer.between('', 0, best, whole, 28)
    wrong += found.beyond < -found.half
  assert wrong <= stats.binom.ppf(0.99, times, 0.025)
