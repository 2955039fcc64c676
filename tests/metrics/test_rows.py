"""Rows of metrics.json: what is taken of what is given, and what is doubted."""

import numpy as np
import pytest

from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import rows as rows_lib


def rows(given, **more):
  about = dict(of='samples', backbone='judge', reference='held out', seed=0)
  return rows_lib.rows(given, **{**about, **more})


def drawn(number, width=4, seed=0):
  return np.random.default_rng(seed).normal(size=(number, width))


def compared(number, others, width=4):
  reference = drawn(others, width, 1)
  return dict(
    features=drawn(number, width),
    reference_features=reference,
    reference_moments=frechet.moments(reference),
  )


def warnings(found):
  return {row['metric']: row['warning'] for row in found}


def test_only_what_it_is_given_for_is_taken():
  names = {row['metric'] for row in rows(dict(features=drawn(50)))}
  assert names == {'vendi_0.5', 'vendi', 'vendi_2', 'vendi_inf'}


def test_as_many_of_both_give_no_doubt():
  assert not any(warnings(rows(compared(50, 50))).values())


def test_unequal_numbers_are_doubted_where_they_matter():
  found = rows(compared(50, 40))
  said = warnings(found)
  assert said['frechet_distance'] == '50 are compared with 40'
  assert said['precision'] == said['vendi'] == ''
  numbers = {row['metric']: (row['n'], row['n_reference']) for row in found}
  assert numbers['precision'] == (40, 40)
  assert numbers['frechet_distance'] == (50, 40)
  assert numbers['vendi'] == (50, None)


def test_moments_of_a_file_are_of_it_does_not_say_how_many():
  found = rows(compared(50, 40) | {'of_file': True})
  numbers = {row['metric']: row['n_reference'] for row in found}
  assert numbers['frechet_distance'] is None and numbers['precision'] == 40
  assert warnings(found)['frechet_distance'] == ''


@pytest.mark.parametrize('number', [29, 30, 31])
def test_fewer_examples_than_features_are_doubted(number):
  said = warnings(rows(compared(number, number, width=30)))
  few = f'{number} examples are no more than 30 features'
  assert said['frechet_distance'] == (few if number <= 30 else '')


def test_copies_are_doubted_where_sets_are_compared_and_nowhere_else():
  text = 'half are copies'
  said = warnings(rows(compared(50, 50) | {'leaks': [text]}))
  assert {name for name in said if said[name] != text} == {
    'vendi_0.5', 'vendi', 'vendi_2', 'vendi_inf',
  }  # fmt: skip


def test_features_that_selected_are_doubted_everywhere():
  said = warnings(rows(compared(50, 50), selected_by='judge'))
  assert set(said.values()) == {'judge also selected the training set'}


def judged(by, **more):
  """Rows where each of `by`, key -> backbone, sees with another width."""
  given = {
    key: compared(60, 50, width)
    | dict(
      training_features=drawn(70, width, 2), training_kept=np.arange(70) < 40
    )
    for width, key in enumerate(by, start=3)
  }
  about = dict(of='samples', reference='held out', seed=0)
  found = rows_lib.judged(given, backbones=by, **{**about, **more})
  return given, {row['metric']: row for row in found}


BY = dict(network='inception', precision='vgg16', memorization='clip')
MANIFOLD = {'precision', 'recall', 'f_score', 'density', 'coverage'}


def test_each_metric_is_of_the_judge_that_it_asks():
  given, found = judged(BY)
  by = {name: row['backbone'] for name, row in found.items()}
  assert {name for name in by if by[name] == 'vgg16'} == MANIFOLD
  nearness = {name for name in by if '_to_' in name}
  copied = {'copies', 'nearest_was_kept'}
  assert {name for name in by if by[name] == 'clip'} == nearness | copied
  assert by['vendi'] == by['kernel_distance'] == 'inception'
  assert found['frechet_distance']['value'] == pytest.approx(
    frechet.metric(given['network'])['frechet_distance'][0]
  )


def test_of_several_judges_only_what_inception_sees_is_called_fid():
  _, found = judged(BY)
  assert rows_lib.called(found['frechet_distance']) == 'FID'
  _, found = judged({**BY, 'network': 'vgg16', 'precision': 'inception'})
  assert 'FID' not in map(rows_lib.called, found.values())


def test_only_what_is_seen_by_the_features_that_selected_is_doubted():
  _, found = judged(BY, selected_by='clip')
  doubted = {n for n, row in found.items() if 'also selected' in row['warning']}
  assert doubted == {n for n, row in found.items() if row['backbone'] == 'clip'}


def test_a_judge_without_what_a_metric_needs_is_not_asked_for_it():
  given = {key: dict(features=drawn(50)) for key in BY}
  given['precision'] = compared(50, 50)
  about = dict(of='samples', reference='held out', seed=0)
  found = rows_lib.judged(given, backbones=BY, **about)
  names = {row['metric'] for row in found}
  assert MANIFOLD < names and 'frechet_distance' not in names


def test_what_is_not_finite_is_null():
  given = dict(logits=np.eye(2)[[0, 1]], training_labels=np.array([0, 0]))
  given |= dict(features=drawn(2), labels=np.array([0, 1]))
  found = {row['metric']: row['value'] for row in rows(given)}
  assert found['class_kl'] is None and found['asked_class'] == 1


def test_of_one_number_labels_stay_with_their_features():
  given = compared(30, 10)
  given['labels'] = given['features'][:, 0]
  cut = rows_lib.of_one_number(given)
  assert len(cut['features']) == len(cut['reference_features']) == 10
  np.testing.assert_array_equal(cut['labels'], cut['features'][:, 0])


def test_fid_is_the_frechet_distance_of_one_network_alone():
  row = lambda metric, by: dict(metric=metric, backbone=by)
  assert rows_lib.called(row('frechet_distance', 'inception')) == 'FID'
  assert rows_lib.called(row('frechet_distance', 'lite0')) == 'frechet_distance'
  assert rows_lib.called(row('vendi', 'inception')) == 'vendi'


def test_a_row_says_how_the_network_was_shown_pictures():
  words = {'inception': 'resized as torch does'}
  found = rows(compared(50, 50), backbone='inception', inputs=words)
  assert {row['input'] for row in found} == {'resized as torch does'}
  assert {row['input'] for row in rows(compared(50, 50))} == {''}
