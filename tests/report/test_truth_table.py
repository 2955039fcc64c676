"""What is said of rows of a truth."""

from prune_dm_jax.report import truth

ROW = dict(
  keep='low', ratio=0.5, kind='noise', area=0.9, planted=20, neither=None,
  low=0.0, high=0.2, random=0.5, random_low=0.3, random_high=0.7,
)  # fmt: skip
SECONDS = dict(a=2.0, b=1.0, c=1.0, d=1.0)
ROWS = [
  ROW | dict(method='a', kept=0, share=0.0, p=1e-6),
  ROW | dict(method='b', kept=0, share=0.0, p=1e-6, area=0.8),
  ROW | dict(method='c', kept=9, share=0.45, p=0.4),
  ROW | dict(method='c', kept=0, share=0.0, p=0.0, ratio=0.9),
]


def test_the_best_has_the_fewest_and_of_these_the_largest_area():
  said = truth.sentence(ROWS, 'noise', to_keep=False, seconds=SECONDS)
  assert said == (
    'noise: a, low, keeps 0 (0 to 20) % of 20 planted at 0.5, random 50 (30 to '
    '70), and 1 other ways as few'
  )


def test_what_is_to_be_kept_is_found_by_who_keeps_most():
  said = truth.sentence(ROWS, 'rare', to_keep=True, seconds=SECONDS)
  assert said.startswith('rare: no way is told from chance; the nearest, c,')


def test_of_many_ways_one_is_as_good_by_chance():
  rows = [ROW | dict(method='a', kept=3, share=0.15, p=0.02)]
  more = [ROW | dict(method=n, kept=9, share=0.45, p=0.4) for n in 'bcd']
  say = lambda rows: truth.sentence(
    rows, 'noise', to_keep=False, seconds=SECONDS
  )
  assert 'no way' not in say(rows) and 'no way' in say(rows + more)
  assert [row['noise'] for row in truth.kept(rows)][1] == '15*'
  assert [row['noise'] for row in truth.kept(rows + more)][1] == '15'


def test_areas_are_those_of_a_method_in_its_own_direction():
  rows = [*ROWS, ROWS[0] | dict(keep='high', area=0.1)]
  found = truth.areas(
    rows, dict(a='high', b='low', c='low'), dict.fromkeys('abc', 1.5)
  )
  assert [row['noise'] for row in found] == ['0.80', '0.90', '0.10']


def test_of_equals_the_quickest_is_named():
  rows = [ROWS[0], ROWS[1] | dict(area=0.901)]
  said = truth.sentence(rows, 'noise', to_keep=False, seconds=SECONDS)
  assert said.startswith('noise: b, low,')
