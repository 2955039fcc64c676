"""Bars of seconds, and times as a person says them."""

import re

import pytest

from prune_dm_jax.report import bars


def test_a_bar_is_as_long_as_its_share_of_the_longest():
  text = bars.drawn([('a', 5.0, ''), ('b', 20.0, ''), ('c < d', 0.0, '')])
  assert re.findall('width:([0-9.]+)%', text) == ['25.00', '100.00', '0.00']
  assert 'c &lt; d' in text and text.count('25 s') == 1


def test_a_part_that_was_resumed_makes_the_total_a_least():
  assert bars.total([('a', 5, ''), ('b', 3, 'since')]) == 'at least 8 s'
  assert bars.total([]) == '0 s'


@pytest.mark.parametrize(
  ('seconds', 'said'),
  [(1.234, '1.23 s'), (99.5, '99.5 s'), (119.7, '2 min 00 s'),
   (3600, '1 h 00 min'), (7322, '2 h 02 min')],
)  # fmt: skip
def test_a_time_is_said_in_two_units_at_most(seconds, said):
  assert bars.lasting(seconds) == said
