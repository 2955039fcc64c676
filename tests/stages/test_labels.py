"""Labels are places among the judge's classes, by name."""

import json
import logging
import pathlib
import unicodedata

import numpy as np
import pytest

from prune_dm_jax.data import pictures
from prune_dm_jax.stages import judge as judge_lib
from prune_dm_jax.stages import labels as labels_lib
from prune_dm_jax.stages import sets as sets_lib

JUDGE = judge_lib.pixels()._replace(class_names=('ape', 'bee', 'café'))


def given(labels, names=(), path='somewhere'):
  images = np.zeros((len(labels), 1, 1, 1), np.uint8)
  found = pictures.of_arrays(__file__, images, np.array(labels))
  named = found._asdict() | {'class_names': tuple(names)}
  return sets_lib.Set(pathlib.Path(path), pictures.Pictures(**named))


@pytest.mark.parametrize('form', ['NFC', 'NFD'])
def test_a_class_is_known_by_its_name_not_its_place(form):
  names = [unicodedata.normalize(form, name) for name in ('bee', 'café')]
  for own in ('NFC', 'NFD'):
    spelled = [unicodedata.normalize(own, name) for name in JUDGE.class_names]
    judge = JUDGE._replace(class_names=tuple(spelled))
    found = labels_lib.of_set(given([0, 1, 0], names), judge)
    assert found.tolist() == [1, 2, 1]


@pytest.mark.parametrize('names', [('one', 'two'), ('ape', 'two')])
def test_folders_that_are_no_classes_are_named_and_no_label_is_taken(
  names, caplog
):
  with caplog.at_level(logging.WARNING):
    assert labels_lib.of_set(given([0, 1], names), JUDGE) is None
  unknown = [name for name in names if name != 'ape']
  (said,) = caplog.messages
  assert f'{", ".join(unknown)} are not classes of the judge' in said
  assert 'ape, bee, café; asked_class' in said


@pytest.mark.parametrize('label', [-1, 3])
def test_a_number_must_be_one_of_the_classes(label):
  assert labels_lib.of_set(given([0, 2]), JUDGE).tolist() == [0, 2]
  with pytest.raises(ValueError, match=f'label {label} is no class.*0 to 2'):
    labels_lib.of_set(given([0, label]), JUDGE)


def test_numbers_that_are_names_of_other_classes_are_not_taken(caplog):
  of = lambda names, labels: labels_lib.of_set(
    given(labels), JUDGE._replace(class_names=tuple(names))
  )
  in_order = [str(i) for i in range(12)]
  assert of(in_order, [0, 11]).tolist() == [0, 11]
  assert of(['1', '2', '3'], [0, 1]).tolist() == [0, 1]  # No class is called 0.
  assert not caplog.messages
  assert of(sorted(in_order), [0, 2]) is None  # 0, 1, 10, 11, 2
  assert of(['1', '2', '3'], [1, 2]) is None
  first, second = caplog.messages
  assert 'label 2 may be the class called 2, which is in place 4' in first
  assert 'or the one in place 2, which is called 10;' in first
  assert 'label 1 may be the class called 1, which is in place 0' in second


def test_a_judge_of_no_classes_is_told_none():
  assert labels_lib.of_set(given([9], ['nine']), judge_lib.pixels()) is None


def cell(path, **dit):
  path.mkdir()
  (path / 'config.json').write_text(json.dumps({'dit': dit}))
  return path


@pytest.mark.parametrize('part', ['', 'samples'])
def test_samples_of_a_model_that_was_told_no_class_were_asked_for_none(
  part, tmp_path
):
  path = cell(tmp_path / 'cell', conditional=False) / part
  assert labels_lib.of_set(given([0], path=path), JUDGE) is None


def test_labels_of_a_cell_are_classes_of_its_own_run(tmp_path, monkeypatch):
  class OfOther:
    class source:
      class_names = ('café', 'bee')

  monkeypatch.setattr(judge_lib, 'run_of', lambda cell: OfOther)
  path = cell(tmp_path / 'cell', conditional=True)
  assert labels_lib.of_set(given([0, 1], path=path), JUDGE).tolist() == [2, 1]
