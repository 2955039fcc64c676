"""Lists that are refused, each in a sentence that names its file."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_lists import EIGHT
from test_lists import MASK
from test_lists import npy
from test_lists import npz
from test_lists import rows
from test_lists import saved
from test_lists import table
from test_lists import text

from prune_dm_jax.data import lists

PICKLE = saved(np.save, np.array([{}]))
HEAD = saved(np.save, np.arange(3))
BAD = {
  'list.xlsx': (text('a'), 'a list is one of .npy, .npz, .txt'),
  'gone.npy': (lambda p: None, 'there is no such file'),
  'floats.npy': (npy([1.0, 2.0]), 'float64 numbers are scores, not indices'),
  'floats.json': (rows([1, 0.5]), 'its numbers are scores, not indices'),
  'square.npy': (npy(np.ones((2, 2), int)), 'of shape \\(2, 2\\)'),
  'dates.npy': (npy(np.ones(2, 'M8[D]')), 'got datetime64'),
  'pickle.npy': (lambda p: p.write_bytes(PICKLE), 'without pickle'),
  'pickle.npz': (npz(key=np.array([{}])), 'without pickle'),
  'torn.npy': (lambda p: p.write_bytes(b'\x93NUM'), 'not an .npy file'),
  'torn head.npy': (
    lambda p: p.write_bytes(HEAD.replace(b' \n', b'(\n')), 'not an .npy file'
  ),
  'more.npy': (lambda p: p.write_bytes(HEAD + b'\0'), 'not an .npy file'),
  'no letters.npy': (npy(np.array([2**30], 'u4').view('U1')), 'not an .npy'),
  'torn.npz': (lambda p: p.write_bytes(b'PK\3\4'), 'not an .npz file'),
  'empty.npy': (npy([]), 'the list is empty'),
  'empty.csv': (text('key,keep\na,0\n'), 'the list is empty'),
  'empty.jsonl': (text(''), 'the list is empty'),
  'far.npy': (npy([1, 8]), 'index 8 is outside the data'),
  'negative.npy': (npy([-1]), 'index -1 is outside the data'),
  'twice.npy': (npy([3, 1, 3]), 'example 3 is listed twice'),
  'twice.txt': (text('d\nb\nd'), 'example 3 is listed twice'),
  'short.npy': (npy(MASK[:7]), 'of 7 examples whether they are kept, but the'),
  'short 0 and 1.npy': (npy(MASK[:7] * 1), 'example 0 is listed twice'),
  'two.npz': (npz(a=[1], b=[2]), 'no column `key` or `index` among'),
  'uneven.npz': (npz(key=['a'], keep=[1, 0]), 'columns differ in length'),
  'other.npz': (npz(index=[1], fingerprint='e'), 'a list of other data'),
  'unknown.txt': (text('zz'), "'zz' is no key of this data"),
  'indices.txt': (text('1\n2'), 'indices are read from .npy or .npz'),
  'torn.txt': (text('a\ntorn.png'), "'torn.png' is there, but left out of this data: tru"),
  'latin.txt': (text('\xe9', 'latin-1'), 'not a text file in UTF-8'),
  'zeros.csv': (text('key,x\na,1\n\0\0\0'), 'torn, or not .* there are zeros'),
  'hash.txt': (text('# mine\na'), "'# mine' is no key"),
  'no head.csv': (text('a,1\nb,1\n'), 'no column `key` or `index` among'),
  'both.csv': (text('file,path\na,a\n'), '`file` and `path` are both keys'),
  'ragged.csv': (text('key,keep\na,1\nb\n'), 'its row 2 has 1 values'),
  'quote.csv': (text('key\n"a'), 'not a table of text'),
  'value.csv': (text('key,keep\na,1\nb,0.7\n'), "says '0.7' in row 2"),
  'blank.csv': (text('key,keep\na,\n'), "says '' in row 1"),
  'two words.csv': (
    text('key,keep\na,1\nb,1\na,0\n'), "'a' is kept by one row, pruned by ano"
  ),
  'scores.csv': (text('key,score\na,0.1\nb,0.2\n'), 'a column `score` and none'),
  'is.csv': (text('key,is_duplicate\na,True\n'), 'a column `is_duplicate` and no'),
  'split.csv': (text('key,split\na,train\n'), 'a column `split` and none'),
  'clip.csv': (text('key,clip_score\na,1\n'), 'a column `clip_score` and none'),
  'to keep.csv': (text('key,To keep\na,1\n'), 'or leave `To keep` out if all'),
  'train.jsonl': (rows({'key': 'a', 'in_train': 1}), 'a column `in_train` and'),
  'pruned.csv': (text('key,Pruned\na,1\n'), 'a column `Pruned` and none'),
  'noisy.csv': (text('key,noisy\na,1\nb,0\nc,0\n'), 'a column `noisy` and none'),
  'ok.tsv': (text('key\tOK?\na\tyes\nb\t\nc\tYes\n'), r'a column `OK\?` and'),
  'valid.jsonl': (
    rows(*({'key': k, 'valid': k != 'b'} for k in 'abc')), 'a column `valid` and'
  ),
  'clean.json': (
    rows({'key': ['a', 'b', 'c'], 'clean': [1, 0, 1]}), 'a column `clean` and'
  ),
  'blurry.parquet': (
    table(key=['a', 'b', 'c'], blurry=[True, False, None]), '`blurry` and none'
  ),
  'actions.csv': (
    text('filename,action\na,keep\nb,remove\nc,keep\n'), 'a column `action` and'
  ),
  'review.jsonl': (
    rows(*({'key': k, 'by me': v} for k, v in zip('abc', ('Good', 'bad', ''), strict=True))),
    'a column `by me` and none',
  ),
  'usage.csv': (
    text('key,for\na,Training\nb,PublicTest\nc,PrivateTest\n'), 'a column `for` an'
  ),
  'partition.csv': (text('key,partition\na,0\nb,2\n'), '`partition` and none'),
  'words.parquet': (
    table(key=['a', 'b', 'c'], ok=pa.array(['yes', 'no', None]).dictionary_encode()),
    'a column `ok` and none',
  ),
  'floats.parquet': (table(key=['a', 'b', 'c'], fine=[1.0, 0.0, 1.0]), '`fine` and'),
  'flags.npz': (npz(key=['a', 'b', 'c'], fine=[True, False, True]), '`fine` and'),
  **{
    f'{name}.npz': (npz(**{name: rows_}), f'its array is called `{name}`; call')
    for name, rows_ in {
      'pruned': ['a', 'b'], 'to_drop': [1, 2], 'test_idx': [1, 2],
      'outlier': MASK, 'labels': MASK * 1,
    }.items()
  },
  'two minds.csv': (
    text('key,keep,reason\na,1,thin\nb,1,pruned\n'),
    "row 2 says `keep` '1', but `reason` 'pruned'",
  ),
  'twice.json': (text('{"key": ["a"], "key": ["b"]}'), "from line 1 on, 'key' is there twice in one object"),
  'index.csv': (text('index\n1.5\n'), "its index 1 is '1.5', no integer"),
  'huge.json': (rows([2**70]), 'an index beyond any data'),
  'torn.jsonl': (text('"a"\n{"key":'), 'line 2 is torn, or not JSON'),
  'mixed.jsonl': (rows('a', {'key': 'b'}), 'objects alike, got dict, str'),
  'some.jsonl': (rows({'key': 'a'}, {'key': 'b', 'keep': 0}), 'its row 2 has'),
  'type.jsonl': (rows({'key': 'a'}, {'key': 5}), 'its key 2 is 5, which is no'),
  'object.json': (rows({'images': []}), 'no column `key` or `index` among'),
  'nested.json': (rows({'key': 'a'}), 'its `key` is a, no array'),
  'null.json': (rows(None), "wanted an array, got 'None'"),
  'orders.json': (
    rows([{'index': 1, 'fingerprint': f} for f in 'ef']), 'several fingerprints'
  ),
  'torn.parquet': (lambda p: p.write_bytes(b'PAR1'), 'not a Parquet file'),
  'latin.parquet': (
    table(key=pa.array([b'\xe9']).view(pa.string())), 'its names are not in UTF-8'
  ),
  'other.parquet': (table('e', key=['a']), 'a list of other data'),
  'none.parquet': (table(x=[1]), 'no column `key` or `index`'),
  'null.parquet': (table(key=['a', None]), 'its key 2 is None'),
  'pictures.parquet': (table(image=[{'bytes': b'', 'path': 'a'}]), 'no names'),
}  # fmt: skip


def test_a_parquet_list_of_which_rows_are_missing_is_refused(
  tmp_path, monkeypatch
):
  table(key=['a', 'b', 'c'])(tmp_path / 'a.parquet')
  read = pq.ParquetFile.read
  less = lambda *given, **columns: read(*given, **columns)[:2]
  monkeypatch.setattr(pq.ParquetFile, 'read', less)
  with pytest.raises(ValueError, match='not as long as it says'):
    lists.read_list(tmp_path / 'a.parquet', EIGHT)


@pytest.mark.parametrize('name', BAD)
def test_a_bad_list_is_refused_in_a_sentence_with_its_file(tmp_path, name):
  write, sentence = BAD[name]
  write(tmp_path / name)
  with pytest.raises(ValueError, match=sentence) as error:
    lists.read_list(tmp_path / name, EIGHT)
  assert str(tmp_path / name) in str(error.value)
  assert '\n' not in str(error.value)
