"""What a sweep can find, before it is run."""

import numpy as np
import pytest

from prune_dm_jax.report import answer
from prune_dm_jax.report import findable


@pytest.mark.parametrize('seeds, comparisons', [(2, 1), (3, 28), (5, 28)])
def test_it_is_found_four_times_in_five(seeds, comparisons):
  """By the intervals of the answer, of drawn seeds."""
  rng, size = np.random.default_rng(1), (20_000, seeds)
  far = findable.smallest(seeds, comparisons)
  own, other = rng.normal(far, 1, size), rng.normal(size=size)
  apart = own.mean(axis=1) - other.mean(axis=1)
  found = apart > answer.half_width(own, other, comparisons)
  assert np.mean(found) == pytest.approx(0.8, abs=0.015)


def test_more_seeds_find_less_and_more_comparisons_need_more():
  of = findable.smallest
  assert of(2, 9) > of(3, 9) > of(5, 9) and of(3, 28) > of(3, 1)


def test_what_is_planned_is_said_by_its_fewest_seeds():
  places = {
    ('random', '0.5'): 3, ('grand', '0.5'): 2, ('el2n', '0.5'): 5,
    ('unpruned', ''): 1,
  }  # fmt: skip
  far = findable.smallest(2, 2)
  said = findable.sentence(places, 1.25)
  assert said.startswith('With 2 seeds a place and 2 comparisons')
  assert f'a Fréchet distance of {1.25 * far:.2g} by the finished' in said
  assert 'no finished cells tell yet' in findable.sentence(places, np.nan)


def test_of_one_seed_nothing_can_be_claimed():
  said = findable.sentence({('random', '1'): 1, ('grand', '1'): 9}, np.nan)
  assert 'not enough seeds' in said
  assert 'Nothing is planned' in findable.sentence({('grand', '1'): 9}, 1)
