"""Lists of one's own, in every shape that they come in."""

import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prune_dm_jax.data import lists

KEPT = [2, 5]
MASK = np.isin(np.arange(8), KEPT)


class Source:
  """What a list is checked against: keys and a fingerprint, no pictures."""

  fingerprint = 'f' * 16
  bad = {'torn.png': 'truncated'}

  def __init__(self, keys):
    self.keys = tuple(keys)

  def __len__(self):
    return len(self.keys)


EIGHT = Source('abcdefgh')


def npy(values):
  return lambda path: path.write_bytes(saved(np.save, np.array(values)))


def npz(**arrays):
  return lambda path: path.write_bytes(saved(np.savez, **arrays))


def saved(save, *arrays, **named):
  """The bytes of an .npy or .npz, whatever its name will be."""
  file = io.BytesIO()
  save(file, *arrays, **named)
  return file.getvalue()


def text(said, encoding='utf-8'):
  return lambda path: path.write_bytes(said.encode(encoding))


def rows(*values):
  return text('\n'.join(json.dumps(value) for value in values))


def table(fingerprint='', **columns):
  made = pa.table(columns)
  if fingerprint:
    made = made.replace_schema_metadata({'fingerprint': fingerprint})
  return lambda path: pq.write_table(made, path)


FULL = list('abcdefgh')
SAME = {
  'indices.npy': npy([5, 2]),
  'unsigned.npy': npy(np.array([5, 2], np.uint8)),
  'keys.npy': npy(['f', 'c']),
  'bytes.npy': npy([b'f', b'c']),
  'mask.npy': npy(MASK),
  'mask of 0 and 1.npy': npy(MASK.astype(np.uint8)),
  'an npz.npy': npz(kept=[5, 2]),
  'CAPITALS.NPY': npy([5, 2]),
  'one.npz': npz(arr_0=[5, 2]),
  'train.npz': npz(train_idx=[5, 2]),
  'selected.npz': npz(selected=MASK),
  'index.npz': npz(index=[5, 2], fingerprint=EIGHT.fingerprint),
  'bytes.npz': npz(index=[5, 2], fingerprint=EIGHT.fingerprint.encode()),
  'key.npz': npz(key=['f', 'c'], keep=[True, True]),
  'keys.txt': text('f\nc\n\n'),
  'windows.txt': text('\ufefff\r\nc\r\n'),
  'power shell.txt': text('f\r\nc\r\n', 'utf-16'),
  'old mac.txt': text('f\rc\r'),
  'plain.csv': text('key\nf\nc\n'),
  'keep.csv': text('score,key,keep\n1,f,1\n2,c,1\n3,a,0\n'),
  'words.csv': text('File Name,keep\nf,Yes\nc,TRUE\na,no\n'),
  'kept.csv': text('path,kept\nf,kept\nc,kept\na,pruned\n'),
  'reason.csv': text('key,reason\nf,kept\nc,kept\na,held_out\nb,bad:torn\n'),
  'german excel.csv': text('\ufeff"image";"keep"\r\n"f";1\r\n"c";1\r\n;\r\n'),
  'pandas.csv': text(',key,keep\n0,f,True\n1,c,True\n2,a,False\n'),
  'index.csv': text('index,keep\n5,1\n2,1\n7,0\n'),
  'mask.csv': text('keep\n' + '\n'.join(map(str, MASK)) + '\n'),
  'tabs.csv': text('filename\tkeep\nf\t1\nc\t1\n'),
  'tabs.tsv': text('\tfile\n0\tf\n1\tc\n'),
  'objects.jsonl': rows({'file_name': 'f', 'x': 1}, {'file_name': 'c'}),
  'keep.jsonl': rows(*({'key': k, 'keep': k in 'cf'} for k in 'abcf')),
  'strings.jsonl': rows('f', 'c'),
  'keys.json': rows(['f', 'c']),
  'indices.json': rows([5, 2]),
  'mask.json': rows(MASK.tolist()),
  'objects.json': rows([{'path': 'f'}, {'path': 'c'}]),
  'columns.json': rows({'index': [5, 2], 'fingerprint': EIGHT.fingerprint}),
  'words.parquet': table(key=['f', 'c', 'a'], keep=['yes', 'yes', 'no']),
  'numbers.parquet': table(key=['f', 'c', 'a'], keep=[1, 1, 0]),
  'indices.parquet': table(EIGHT.fingerprint, index=[5, 2]),
  'codes.parquet': table(key=pa.array(['f', 'c']).dictionary_encode()),
}


@pytest.mark.parametrize('name', SAME)
def test_every_shape_of_the_same_list_keeps_the_same(tmp_path, name):
  SAME[name](tmp_path / name)
  assert lists.read_list(tmp_path / name, EIGHT).tolist() == KEPT


MEANT = {
  'classes.csv': text('key,label,x\na,0,5\nb,1,6\nc,0,7\n'),
  'numbers.csv': text('n,key\n0,a\n1,b\n2,c\n'),
  'class id.csv': text('key,class_id\na,0\nb,1\nc,0\n'),
  'cluster.csv': text('key,cluster\na,0\nb,1\nc,0\n'),
  'one value.csv': text('key,noisy\na,0\nb,0\nc,0\n'),
  'target.parquet': table(key=['a', 'b', 'c'], target=[0, 1, 1]),
  'camera.csv': text('key,camera,flash\na,left,auto\nb,right,on\nc,left,off\n'),
  'latin.parquet': table(
    key=['a', 'b', 'c'], by=pa.array([b'\xe9', b'x', b'y']).view(pa.string())
  ),
  'vectors.npz': npz(key=['a', 'b', 'c'], embedding=np.eye(3)),
  'quality of.parquet': table(
    key=['a', 'b', 'c'], label=['good', 'bad', 'good'], size=[1.0, 0.0, 0.5]
  ),
  'label.jsonl': rows(*({'key': k, 'Label': k == 'b'} for k in 'abc')),
}


@pytest.mark.parametrize('name', MEANT)
def test_of_a_table_that_says_nothing_else_all_rows_are_meant(tmp_path, name):
  MEANT[name](tmp_path / name)
  assert lists.read_list(tmp_path / name, EIGHT).tolist() == [0, 1, 2]


def test_that_a_list_keeps_all_is_said(tmp_path, caplog):
  text('\n'.join(FULL))(tmp_path / 'all.txt')
  with caplog.at_level('INFO'):
    lists.read_list(tmp_path / 'all.txt', EIGHT)
  assert caplog.messages == [
    f'{tmp_path}/all.txt: all 8 are kept, and none pruned'
  ]


INDICES = ['indices.npy', 'mask.npy', 'one.npz', 'index.csv', 'indices.json']


@pytest.mark.parametrize('name', INDICES)
def test_indices_of_unknown_order_are_taken_with_one_warning(
  tmp_path, name, caplog
):
  SAME[name](tmp_path / name)
  lists.read_list(tmp_path / name, EIGHT)
  (line,) = caplog.messages
  assert "in the order of this data, from 'a' to 'h'" in line


@pytest.mark.parametrize('name', ['kept_idx.npy', 'train_idx.npy'])
def test_indices_that_a_run_wrote_are_of_the_data_that_is_said_beside_them(
  tmp_path, name, caplog
):
  beside = 'selection.json' if 'kept' in name else 'split.json'
  np.save(tmp_path / name, KEPT)
  (tmp_path / beside).write_text('{"fingerprint": "ffffffffffffffff"}')
  assert lists.read_list(tmp_path / name, EIGHT).tolist() == KEPT
  assert not caplog.messages
  (tmp_path / beside).write_text('{"fingerprint": "e"}')
  with pytest.raises(ValueError, match='a list of other data'):
    lists.read_list(tmp_path / name, EIGHT)
  (tmp_path / beside).write_text('[]')
  with pytest.raises(ValueError, match=f'{beside}: it says no fingerprint'):
    lists.read_list(tmp_path / name, EIGHT)
