"""Splits of tables: what is trained on, held out, left out and counted."""

import pyarrow as pa
import pytest
from sheets import FILES
from sheets import NAMED
from sheets import featured
from sheets import opened
from sheets import table


@pytest.mark.parametrize('column', [[-1] * 6, pa.nulls(6), None])
def test_a_test_split_without_classes_is_left_out_and_said(column, tmp_path):
  blank = table(label=column) if column else pa.table({'image': FILES})
  files = {'train.parquet': table(), 'test.parquet': blank}
  source = opened(tmp_path, files)
  assert len(source) == 6 and not source.held_out.any()
  assert "left out: 6 in 'test', of no class" in source.layout
  assert sum(count.number for count in source.left_out.values()) == 6


def test_a_table_of_a_split_that_is_not_read_is_counted(tmp_path):
  source = opened(
    tmp_path, {f'{n}.parquet': table() for n in ('train', 'x-00000-of-00001')}
  )
  (count,) = source.left_out.values()
  assert len(source) == 6 and 'left out: x' in source.layout
  assert count.number == 1 and count.example == 'x-00000-of-00001.parquet'


@pytest.mark.parametrize(
  'name',
  ['eval.parquet', 'holdout-00000-of-00001.parquet', 'x_evaluation.parquet'],
)
def test_what_is_held_out_by_any_of_its_names_is(name, tmp_path):
  source = opened(tmp_path, {'train.parquet': table(), name: table()})
  assert len(source) == 12 and source.held_out.sum() == 6


def test_the_last_word_says_the_split(tmp_path):
  names = ('clip_eval_train.parquet', 'clip_eval_test.parquet')
  source = opened(tmp_path, {name: table() for name in names})
  assert len(source) == 12 and source.held_out.sum() == 6


def test_a_class_that_is_only_held_out_is_none(tmp_path):
  files = {
    'train.parquet': table(label=['b', 'a', 'a'] * 2),
    'test.parquet': table(label=['b', 'x', None] * 2),
  }
  source = opened(tmp_path, files)
  assert source.class_names == ('a', 'b') and source.held_out.sum() == 2
  assert {why: count.number for why, count in source.left_out.items()} == {
    "in 'test', of a class not trained on": 2,
    "in 'test', of no class": 2,
  }
  named = {
    n: featured(table(), NAMED) for n in ('train.parquet', 'test.parquet')
  }
  named['train.parquet'] = named['train.parquet'].slice(0, 2)
  assert len(opened(tmp_path / 'named', named)) == 8


def test_shards_that_are_not_there_are_said(tmp_path):
  source = opened(tmp_path, {'train-00001-of-00003.parquet': table()})
  assert "1 of 3 files of 'train' are there" in source.layout
