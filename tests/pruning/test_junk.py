"""Rules for junk."""

import numpy as np
import pytest

from prune_dm_jax.pruning import junk
from prune_dm_jax.run import defaults

OFF = dict(defaults.JUNK)
NUMBERS = np.random.default_rng(0).random(50)
COLUMNS = {
  'width': np.array([10, 300, 40]),
  'height': np.array([200, 8, 40]),
  'aspect': np.array([20.0, 37.5, 1.0]),
  'sharpness': np.array([3.1, 0.0, 500.0]),
  'contrast': np.array([9.0, 0.0, 60.0]),
  'entropy': np.array([4.0, 0.0, 6.0]),
  'one_colour': np.array([0.2, 1.0, 0.5]),
  'blockiness': np.array([0.3, 0.0, 0.0]),
}


def reasons(**rules):
  return junk.reasons(COLUMNS, OFF | rules)


def test_the_rules_are_the_keys_of_the_configuration_and_off_by_default():
  assert list(junk.RULES) == list(defaults.JUNK)
  assert reasons() == {}


def test_a_reason_names_the_column_its_value_and_the_bound():
  assert reasons(min_sharpness=10.0) == {
    0: 'sharpness 3.1 under 10',
    1: 'sharpness 0 under 10',
  }
  assert reasons(max_aspect=30.0) == {1: 'aspect 37.5 over 30'}
  assert reasons(max_blockiness=0.2) == {0: 'blockiness 0.3 over 0.2'}


def test_the_shorter_side_is_what_counts():
  found = reasons(min_side=16)
  assert found == {0: 'side 10 under 16', 1: 'side 8 under 16'}


def test_the_first_rule_that_hits_gives_the_reason():
  found = reasons(min_side=9, min_contrast=10.0, max_one_colour=0.9)
  assert found == {1: 'side 8 under 9', 0: 'contrast 9 under 10'}


@pytest.mark.parametrize('key', junk.RULES)
def test_what_is_at_the_bound_is_no_junk(key):
  rule = junk.RULES[key]
  names = ('width', 'height') if rule.column == 'side' else (rule.column,)
  columns = COLUMNS | dict.fromkeys(names, NUMBERS)
  bound = float(np.median(NUMBERS[:-1]))
  found = junk.reasons(columns, OFF | {key: bound})
  assert bound in NUMBERS and len(found) in (24, 25)
  beyond = NUMBERS > bound if rule.upper else NUMBERS < bound
  assert sorted(found) == np.flatnonzero(beyond).tolist()
