"""The sentence of a report: differences, and on which side they are."""

import pytest

from prune_dm_jax.report import outcome

FACTS = dict(
  kept=50, pruned=50, file='', method='grand', direction='high', k=0,
  allocation='', backbone='',
)  # fmt: skip


def row(value, low=None, high=None, n=200):
  return dict(value=value, low=low, high=high, n=n)


def test_the_interval_of_a_difference_is_the_root_of_squares():
  """Halves of 3 and 4 make 5, as of two normal means."""
  found = outcome.difference(row(10, 7, 13), row(8, 4, 12))
  assert found == pytest.approx((2, -3, 7))


def test_an_uneven_interval_counts_the_sides_that_face_each_other():
  d, low, high = outcome.difference(row(0.5, 0.5, 0.8), row(0.5, 0.1, 0.5))
  assert (d, low, high) == pytest.approx((0, 0, 0.5))


def test_less_is_ahead_of_a_distance_and_more_of_recall():
  numbers = lambda fid, recall: {
    'frechet_distance': row(fid, fid - 1, fid + 1),
    'recall': row(recall, recall - 0.1, recall + 0.1),
  }
  said = outcome.against(numbers(5, 0.9), numbers(9, 0.5))
  assert said == 'ahead in Fréchet distance (-4 ± 1.6) and recall (+0.4 ± 0.16)'
  assert outcome.against(numbers(9, 0.5), numbers(5, 0.9)).startswith(
    'behind in'
  )
  assert outcome.against(numbers(5, 0.5), numbers(5, 0.9)) == (
    'even in Fréchet distance (+0 ± 1.6), behind in recall (-0.4 ± 0.16)'
  )


def test_an_interval_among_four_is_wider_by_the_quantiles():
  """Of the normal: 2.4977 at 1 - 0.05 / 8, 1.95996 at 0.975."""
  found = outcome.wider((1.0, 0.0, 3.0), 4)
  times = 2.49771 / 1.95996
  assert found == pytest.approx((1.0, 1 - times, 1 + 2 * times), rel=1e-4)


def test_a_number_without_an_interval_is_not_compared():
  assert outcome.against({'recall': row(1)}, {'recall': row(0, 0, 0)}) == ''


def test_alone_a_cell_says_its_numbers_and_beside_others_how_it_differs():
  rows = {'recall': row(0.5, 0.4, 0.6), 'copies': row(0.01, 0, 0.02)}
  begin = '50 of 100 pictures (50 %) kept, by method grand (high scores); '
  assert outcome.sentence(FACTS, rows, {}) == (
    f'{begin}recall 0.5 (0.4 to 0.6); 2 copies in 200 samples.'
  )
  other = {'the whole set': {'recall': row(0.7, 0.6, 0.8)}}
  assert outcome.sentence(FACTS, rows, other) == (
    f'{begin}beside the whole set behind in recall (-0.2 ± 0.14); '
    'of one seed each: not enough seeds to call either better; '
    '2 copies in 200 samples.'
  )


def test_a_list_and_a_whole_set_are_said_as_such():
  assert outcome.chosen(FACTS | {'file': 'a.txt'}) == 'by the list a.txt'
  assert outcome.chosen(FACTS | {'pruned': 0}) == 'nothing is pruned'


@pytest.mark.parametrize(
  ('within', 'said'),
  [
    ({}, ' (low scores, proportional over 20 clusters of pixels)'),
    ({'within': 'clusters'}, ' (low scores, proportional over 20 clusters of pixels)'),
    ({'within': 'classes'}, ' (low scores, proportional over classes)'),
    ({'within': 'all'}, ' (low scores)'),
  ],
)  # fmt: skip
def test_of_what_there_are_shares_is_said(within, said):
  facts = FACTS | dict(
    method='cluster', direction='low', k=20, backbone='pixels',
    allocation='proportional', **within,
  )  # fmt: skip
  assert outcome.chosen(facts) == f'by method cluster{said}'
