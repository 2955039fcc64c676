import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prune_dm_jax.data import lists

KEPT = np.array([2, 5])


class Eight:
  """A Source of eight examples, without their pictures."""

  keys = tuple('abcdefgh')
  labels = np.arange(8, dtype=np.int32) % 3
  fingerprint = 'f' * 16

  def __len__(self):
    return len(self.keys)


SOURCE = Eight()


def test_an_npy_and_a_txt_list_the_same(tmp_path):
  np.save(tmp_path / 'list.npy', np.array([5, 2]))
  (tmp_path / 'list.txt').write_text('f\nc\n\n')
  for name in ('list.npy', 'list.txt'):
    got = lists.read_list(tmp_path / name, SOURCE)
    np.testing.assert_array_equal(got, KEPT)


def save_npy(array):
  return lambda path: np.save(path, array, allow_pickle=True)


def save_table(table):
  return lambda path: pq.write_table(table, path)


OTHER = pa.table({'key': ['a']}).replace_schema_metadata({'fingerprint': 'e'})
BAD = {
  'list.csv': (lambda p: p.write_text('a'), 'a list is one of .npy, .txt'),
  'gone.npy': (lambda p: None, 'there is no such file'),
  'floats.npy': (save_npy(np.ones(3)), 'wanted a list of integers'),
  'square.npy': (save_npy(np.ones((2, 2), int)), 'of shape \\(2, 2\\)'),
  'pickle.npy': (save_npy(np.array([{}])), 'not an .npy file of numbers'),
  'torn.npy': (lambda p: p.write_bytes(b'\x93NUM'), 'not an .npy file'),
  'empty.npy': (save_npy(np.array([], int)), 'the list is empty'),
  'far.npy': (save_npy(np.array([1, 8])), 'index 8 is outside the data'),
  'negative.npy': (save_npy(np.array([-1])), 'index -1 is outside the data'),
  'twice.npy': (save_npy(np.array([3, 3])), 'example 3 is listed twice'),
  'unknown.txt': (lambda p: p.write_text('zz'), "'zz' is no key of this data"),
  'binary.txt': (lambda p: p.write_bytes(b'\xff\xfe'), 'not a text file'),
  'torn.parquet': (lambda p: p.write_bytes(b'PAR1'), 'not a Parquet file'),
  'other.parquet': (save_table(OTHER), 'a manifest of other data'),
  'none.parquet': (save_table(pa.table({'x': [1]})), 'no column `key` or'),
}


@pytest.mark.parametrize('name', BAD)
def test_a_bad_list_is_refused_in_a_sentence_with_its_file(tmp_path, name):
  write, sentence = BAD[name]
  write(tmp_path / name)
  with pytest.raises(ValueError, match=sentence) as error:
    lists.read_list(tmp_path / name, SOURCE)
  assert str(tmp_path / name) in str(error.value)
