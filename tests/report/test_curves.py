"""How variants look: told apart, seen on either ground, and never as text."""

import pytest
from test_style import DARK
from test_style import LIGHT
from test_style import contrast

from prune_dm_jax.report import curves
from prune_dm_jax.report import figures
from prune_dm_jax.report import plain

NEW = tuple(f'method_{number}' for number in range(200))
KNOWN = [name for name in curves.COLOURS if name != 'unpruned']


@pytest.mark.parametrize('ground', [LIGHT['ground'], DARK['ground']])
def test_every_method_known_or_new_has_a_contrast_of_3(ground):
  for name in (*KNOWN, *NEW):
    assert contrast(curves.look(name).colour, ground) >= 3, name


def test_a_new_method_has_a_colour_of_its_own_and_its_inverse_the_same():
  colours = [curves.look(name).colour for name in NEW]
  assert figures.INK not in colours and len(set(colours)) > 150
  plain_one, inverse, middle = map(curves.look, ('new', 'new_inv', 'new_mid'))
  assert plain_one.colour == inverse.colour == middle.colour
  assert [look.end for look in (plain_one, inverse, middle)] == [
    '',
    '_inv',
    '_mid',
  ]
  assert {look.family for look in (plain_one, inverse, middle)} == {'new'}


def test_every_figure_says_which_end_is_good():
  for metric, about in plain.METRICS.items():
    end = {'↓': '↓ lower is', '↑': '↑ higher is', '': '(neither end is'}
    said = curves.title(metric)
    assert said.startswith(f'{about.name} {end[about.good]} better'), said
