"""Names of variants mean what they always meant, and follow from METHODS."""

import argparse
import json
import pathlib

import pytest

from configs import common
from configs import digits
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.run import defaults
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import variants

GOLDEN = pathlib.Path(__file__).parents[1] / 'golden' / 'variants.json'
FILES = ('pixels', 'classifier', 'clip', 'dino', 'lite0')
LITERAL = json.loads(GOLDEN.read_text())
"""name -> the row, when each was written by hand, and where its scores were."""


def test_the_names_of_before_mean_what_they_meant_and_stand_in_that_order():
  rows = {name: row for name, (row, _) in LITERAL.items()}
  assert {n: variants.VARIANTS[n] for n in rows} == rows
  assert [n for n in variants.VARIANTS if n in rows] == list(rows)


def test_scores_of_before_are_found_where_they_were():
  """Those that depend on no file of weights, which another machine lacks."""
  found = {name: where for name, (_, where) in LITERAL.items() if where}
  for name, where in found.items():
    config = defaults.get_config(name)
    config.data.name = 'digits'
    assert paths_lib.locate(config, 'print', 'runs').scores.name == where


def test_the_sets_of_before_hold_what_they_held():
  before = [n for n, (row, _) in LITERAL.items() if 'model' not in row]
  own = ('given', 'cluster_given')  # Of one's own files, which no sweep has.
  asked = [c.variant for c in common.sweep(['all'], [0.5], [0], FILES)]
  assert asked == [n for n in LITERAL if not n.startswith(own)]
  paper = [n for n in before if 'cluster' in n or not n.endswith('_mid')]
  assert [*common.PAPER] == [n for n in paper if not n.startswith('given')]


@pytest.mark.parametrize('name', [n for n in METHODS if n != 'random'])
def test_a_row_of_a_method_gives_it_its_inverse_and_its_middle(name):
  of = {
    n: row
    for n, row in variants.VARIANTS.items()
    if row['score']['method'] == name
  }
  plain = [n for n in of if not n.endswith(variants.ENDS)]
  assert plain and all(of[n]['keep'] == METHODS[name].keep for n in plain)
  for n in plain:
    keeps = {of[n + end]['keep'] for end in ('', '_inv', '_mid')}
    assert keeps == {'low', 'high', 'middle'}


@pytest.mark.parametrize(
  'name, near',
  [('grnad', 'grand'), ('clusters_pixel', 'cluster_pixels'), ('?', 'unpruned')],
)
def test_an_unknown_name_is_one_sentence_that_begins_with_the_nearest(
  name, near
):
  with pytest.raises(ValueError) as error:
    digits.get_config(name)
  begin = f'{name!r} is not a variant; choose from {near}'
  assert str(error.value).startswith(begin) and '\n' not in str(error.value)


def test_what_is_had_without_training_is_told_from_what_is_not():
  assert variants.untrained('cluster_lite0_mid') == 'cluster_lite0_mid'
  for name in ('cluster_pixel', 'grand', 'cluster_classifier', 'unpruned'):
    with pytest.raises(
      argparse.ArgumentTypeError, match=f'{name!r} is no'
    ) as no:
      variants.untrained(name)
    assert len(str(no.value)) < 250
  with pytest.raises(argparse.ArgumentTypeError, match='from cluster_pixels'):
    variants.untrained('cluster_pixel')
