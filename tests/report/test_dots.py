"""Dots stand where their numbers are, in one scale a panel."""

import re

import pytest

from prune_dm_jax.report import dots

row = lambda value, low=None, high=None: dict(value=value, low=low, high=high)
panels = lambda lanes: dots.panels({'recall': lanes}, 'own', lambda _: '')
found = lambda pattern, text: [float(x) for x in re.findall(pattern, text)]


def test_a_dot_and_its_interval_stand_at_their_share_of_the_scale():
  lanes = {'a': row(0), 'own': row(5, 4, 6), 'b': row(10)}
  text = panels(lanes)
  left, middle, right = found(r'<b style="left:([\d.]+)%', text)
  assert middle == 50 and left == pytest.approx(100 - right)
  (begin,), (width,) = (
    found(p, text) for p in (r'<i style="left:([\d.]+)', r';width:([\d.]+)%')
  )
  assert begin + width / 2 == pytest.approx(50, abs=0.01)
  assert width == pytest.approx((right - left) / 5, abs=0.02)


def test_nothing_leaves_the_line():
  lanes = {'own': row(5, -4, 60), 'b': row(-30, -90, 10)}
  assert all(0 <= x <= 100 for x in found(r'left:([-\d.]+)%', panels(lanes)))


def test_equal_numbers_have_a_line_too():
  assert found(r'left:([\d.]+)%', panels({'own': row(0.0)})) == [50]


def test_a_number_that_is_not_finite_has_no_dot():
  assert 'track' not in panels({'own': row(None), 'b': row(1)})
  assert panels({'own': row(1), 'b': row(None)}).count('class="track"') == 1


def test_a_name_is_escaped_and_the_good_end_is_said():
  text = panels({'own': row(1), '<b>': row(1)})
  assert '&lt;b&gt;' in text and '↑ higher is better' in text
