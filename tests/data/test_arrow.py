"""What save_to_disk writes, and Arrow files of other hands."""

import pickle

import numpy as np
import pyarrow as pa
import pytest
from photographs import crop
from sheets import LABELS
from sheets import NAMED
from sheets import opened
from sheets import stream
from sheets import table

from prune_dm_jax.commands import data as command
from prune_dm_jax.data.tables import arrow

ONE = 'data-00000-of-00001.arrow'


def saved(split='train', **given):
  """A folder of save_to_disk: its dataset_info.json names the classes."""
  state = {'_data_files': [{'filename': ONE}], '_split': split}
  info = {'citation': '', 'homepage': '', 'features': NAMED}
  return {ONE: table(), 'state.json': state, 'dataset_info.json': info} | given


def within(folder, files):
  return {f'{folder}/{name}': given for name, given in files.items()}


def test_what_save_to_disk_wrote_is_read(tmp_path):
  source = opened(tmp_path, saved())
  assert source.layout == 'Hugging Face, Arrow' and not source.bad
  assert source.keys == tuple(f'train/{i}.png' for i in range(6))
  assert source.labels.tolist() == LABELS
  assert source.class_names == ('ant', 'bee', 'cat')
  other = pickle.loads(pickle.dumps(source))
  np.testing.assert_array_equal(other.image(5), crop(5)[:16, :16])
  assert command.recognised(tmp_path) == 'image_folder'


def test_a_dictionary_of_splits_holds_out_all_but_train(tmp_path):
  files = {'dataset_dict.json': {'splits': ['train', 'test']}}
  for split in files['dataset_dict.json']['splits']:
    files |= within(split, saved(split))
  source = opened(tmp_path, files)
  assert len(source) == 12
  named = [key.startswith('test/') for key in source.keys]
  assert source.held_out.tolist() == named and sum(named) == 6


def test_only_the_files_that_are_meant_are_read(tmp_path):
  stale = {'data-00001-of-00002.arrow': table()}
  assert len(opened(tmp_path, saved() | stale)) == 6


def test_what_the_library_keeps_of_its_work_is_no_data(tmp_path):
  files = {'pets-train.arrow': table(), 'pets-test.arrow': table()}
  source = opened(tmp_path, files | {'cache-0a1b.arrow': table()})
  assert len(source) == 12 and source.held_out.sum() == 6


def of_state(**given):
  return {'state.json': {'_data_files': [{'filename': ONE}]} | given}


def cut(number):
  file = pa.BufferOutputStream()
  with pa.ipc.new_stream(file, table().schema) as writer:
    writer.write_table(table())
  return file.getvalue().to_pybytes()[:-number]


REFUSED = {
  'out': (of_state(_data_files=[{'filename': '../x.arrow'}]), 'no file beside'),
  'gone': (of_state(_data_files=[{'filename': 'x.arrow'}]), 'not there'),
  'odd': (of_state(_data_files=3), 'no file beside it'),
  'torn state': ({'state.json': b'{'}, 'names no `_data_files`'),
  'chosen': (of_state(_indices_data_files=[1]), 'a file of indices'),
  'torn': ({ONE: cut(500)}, 'not an Arrow file, or a torn one'),
  'a batch short': ({ONE: cut(8)}, 'its end mark is not at its end'),
  'zeros within': ({ONE: cut(8) + bytes(16) + arrow.END}, 'not at its end'),
  'empty': ({ONE: b''}, 'not an Arrow file, or a torn one'),
  'torn names': ({'dataset_info.json': b'{'}, 'not JSON'),
  'both': ({'train.parquet': table()}, 'both .arrow and .parquet'),
}


@pytest.mark.parametrize('case', REFUSED)
def test_what_cannot_be_read_is_one_sentence(case, tmp_path):
  given, sentence = REFUSED[case]
  with pytest.raises(ValueError, match=sentence) as raised:
    opened(tmp_path, saved() | given)
  assert str(tmp_path) in str(raised.value) and '\n' not in str(raised.value)


def test_a_split_that_was_saved_and_is_gone_is_missed(tmp_path):
  files = {'dataset_dict.json': {'splits': ['train', 'test']}}
  with pytest.raises(ValueError, match="names 'test', which is not there"):
    opened(tmp_path, files | within('train', saved()))


def test_files_of_the_other_kind_and_columns_are_read(tmp_path):
  path = tmp_path / 'x.arrow'
  given = table().rename_columns(['picture', 'category'])
  with pa.ipc.new_file(str(path), given.schema) as writer:
    writer.write_table(given, max_chunksize=2)
  source = opened(path, {})
  assert source.labels.tolist() == LABELS
  np.testing.assert_array_equal(source.image(4), crop(4)[:16, :16])


def test_pictures_are_mapped_and_not_in_memory(tmp_path):
  large = [bytes(10_000_000)] * 6
  stream(table(image=large), tmp_path / 'x.arrow')
  before = pa.total_allocated_bytes()
  opened(tmp_path / 'x.arrow', {})
  assert pa.total_allocated_bytes() - before < 1_000_000
  assert arrow.opened(str(tmp_path / 'x.arrow')).num_rows == 6
