"""Scores and features of one's own, from any file, are those of their pictures."""

import json
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prune_dm_jax.data.lists import embeddings
from prune_dm_jax.data.lists import scores

KEYS = ('a/é.png', 'a/x.png', 'b/x.png', 'b/y, z.png', 'c.png')
TURNED = (*KEYS[2:], *KEYS[:2])
WANTED = np.array([0, 1, 3])


class Source:
  """As much of a data set as is asked for."""

  keys = KEYS
  bad = {'broken.png': 'torn'}
  fingerprint = 'print'

  def __len__(self):
    return len(KEYS)


SOURCE = Source()
OF = {key: float(i) / 4 for i, key in enumerate(KEYS)}
"""key -> its score."""

ROWS = {key: [float(i), -1.5] for i, key in enumerate(KEYS)}
"""key -> its features."""


def mac(key):
  return unicodedata.normalize('NFD', key)


def written(path, of, name):
  """A file of key -> value, as its suffix has it."""
  keys, values = [*of], [*of.values()]
  if path.suffix in ('.csv', '.tsv'):
    mark = {'.csv': ',', '.tsv': '\t'}[path.suffix]
    lines = [f'key{mark}{name}', *(f'"{k}"{mark}{v}' for k, v in of.items())]
    path.write_bytes(('\ufeff' + '\r\n'.join(lines)).encode())
  elif path.suffix == '.jsonl':
    rows = [json.dumps({'path': k, name: v}) for k, v in of.items()]
    path.write_text('\n'.join(rows))
  elif path.suffix == '.parquet':
    pq.write_table(pa.table({'key': keys, name: values, 'label': keys}), path)
  elif path.suffix == '.npz':
    np.savez(path, keys=np.array(keys), **{f'{name}s': np.array(values)})
  else:
    np.save(path, np.array(values))
    path.with_suffix('.txt').write_text('\n'.join(keys))
  return path


def read(path, **rest):
  return scores.read(path, SOURCE, WANTED, **rest).tolist()


def put(tmp_path, path):
  embeddings.write(path, SOURCE, tmp_path / 'out.npy')
  return np.load(tmp_path / 'out.npy')


@pytest.mark.parametrize('suffix', scores.READERS)
@pytest.mark.parametrize('change', [str, mac, lambda k: k.replace('/', '\\')])
def test_scores_are_found_by_key_in_any_file_and_order(
  tmp_path, suffix, change
):
  shuffled = {change(key): OF[key] for key in TURNED}
  path = written(tmp_path / f'x{suffix}', shuffled, 'score')
  assert read(path) == [OF[KEYS[i]] for i in WANTED]


@pytest.mark.parametrize('suffix', embeddings.READERS)
@pytest.mark.parametrize('change', [str, mac])
def test_features_are_put_in_the_order_of_the_data(
  tmp_path, monkeypatch, suffix, change
):
  monkeypatch.setattr(embeddings, 'NUMBERS', 4)
  shuffled = {change(key): ROWS[key] for key in TURNED}
  path = written(tmp_path / f'x{suffix}', shuffled, 'embedding')
  found = put(tmp_path, path)
  assert found.dtype == np.float32
  np.testing.assert_array_equal(found, [*ROWS.values()])


def test_a_key_may_have_the_folder_of_the_data_in_front(tmp_path):
  of = {f'mine/set/{key}': score for key, score in OF.items()}
  path = written(tmp_path / 'x.csv', of, 'score')
  assert read(path, root='mine/set') == [OF[KEYS[i]] for i in WANTED]


def test_other_rows_are_counted_and_change_nothing(tmp_path, caplog):
  of = OF | {'broken.png': 'x', 'else.png': ''} | {KEYS[2]: 'nan'}
  of = {f'./{key}': score for key, score in of.items()}
  caplog.set_level('INFO')
  assert read(written(tmp_path / 'x.csv', of, 'score')) == [0, 0.25, 0.75]
  said = caplog.text
  assert '2 of pictures that are not trained on' in said
  assert '1 of pictures that cannot be used' in said
  assert "1 of no picture here, first ['else.png']" in said


def test_an_index_needs_the_fingerprint_of_the_data(tmp_path):
  path = tmp_path / 'x.npz'
  index, score = np.arange(5)[::-1], np.array([*OF.values()])[::-1]
  np.savez(path, scores=score, index=index, fingerprint='print')
  assert read(path) == [0, 0.25, 0.75]
  np.savez(path, scores=[*OF.values()], fingerprint='print')
  assert read(path) == [0, 0.25, 0.75]
  np.savez(path, scores=score, index=index)
  with pytest.raises(ValueError, match='`fingerprint` .* is not there; give a'):
    read(path)
  np.savez(path, scores=score, fingerprint='another')
  with pytest.raises(ValueError, match=r'is of other data \(another\)'):
    read(path)
  np.savez(path, scores=score[:2], index=[0, 3], fingerprint='print')
  with pytest.raises(
    ValueError, match=r"1 of 3 pictures, first 'a/x.png', ind"
  ):
    read(path)


WRONG = {  # the lines of a table, with the value of a/x.png: what is said
  ('', 2): 'no score of 2 of 3 pictures, first .* its keys look like',
  ('', 0): "1 of 3 pictures are not finite, first that of 'a/x.png', nan",
  ('-inf', 0): "of 'a/x.png', -inf; give each a number",
  ('one', 0): "its row 2 has the score 'one', which is no number",
  ('1_0', 0): "its row 2 has the score '1_0', which is no number",
  ('1\na/x.png,1', 0): "its rows 2 and 3 are both of 'a/x.png'; leave one",
}


@pytest.mark.parametrize('value', WRONG)
def test_what_is_wrong_with_scores_is_a_sentence(tmp_path, value):
  of = OF | {'a/x.png': value[0]}
  lines = [f'"{key}",{score}' for key, score in of.items()][value[1] :]
  (tmp_path / 'x.csv').write_text('\n'.join(['key,score', *lines]))
  with pytest.raises(ValueError, match=f'x.csv: .*{WRONG[value]}'):
    read(tmp_path / 'x.csv')


@pytest.mark.parametrize(
  ('name', 'text', 'said'),
  [
    ('x.csv', 'key,loss\na,1', 'no column `score` among'),
    ('x.csv', 'score,scores,key\n1,1,a', 'columns `score` and `scores`'),
    ('x.csv', 'score\n1', 'no column `key` or `index` among'),
    ('x.jsonl', '{"key": "a", "score": 1}\n{"key": "b"}', 'its line 2 is'),
    ('x.csv', 'key,score', 'the file has no rows'),
    ('x.jsonl', '[1]', 'must be an object'),
    ('x.jsonl', '{', 'its line 1 is not JSON'),
    ('x.parquet', 'PAR1', 'not a Parquet file'),
    ('x.npz', 'PK', 'npz file of numbers'),
  ],
)
def test_a_file_that_says_no_scores_is_a_sentence(tmp_path, name, text, said):
  (tmp_path / name).write_text(text)
  with pytest.raises(ValueError, match=said):
    read(tmp_path / name)


def saved(tmp_path, name, **arrays):
  np.savez(tmp_path / name, **arrays)
  return tmp_path / name


ARRAY = np.array([*ROWS.values()])


def test_what_is_wrong_with_features_is_a_sentence(tmp_path):
  keys, wrong = np.array(KEYS), ARRAY.copy()
  wrong[3, 1] = 1e39  # Too large for float32.
  cases = {
    'no embedding of 1 of 5 pictures, first .c.png': dict(
      keys=keys[:4], embeddings=ARRAY[:4]
    ),
    "the embedding of 'b/y, z.png' is not finite": dict(
      keys=keys, embeddings=wrong
    ),
    '5 keys, but x.npz has 4 rows': dict(keys=keys, embeddings=ARRAY[:4]),
    'wanted embeddings .pictures, numbers., got float64 of shape .5,': dict(
      keys=keys, embeddings=ARRAY[:, 0]
    ),
    'wanted `embeddings` and `keys`, got': dict(embeddings=ARRAY),
    'wanted names as `keys`, got int64': dict(
      keys=np.arange(5), embeddings=ARRAY
    ),
    'read without pickle': dict(
      keys=np.array(KEYS, object), embeddings=ARRAY
    ),
  }  # fmt: skip
  for said, arrays in cases.items():
    with pytest.raises(ValueError, match=f'x.npz: .*{said}'):
      put(tmp_path, saved(tmp_path, 'x.npz', **arrays))


def test_an_array_without_keys_beside_it_is_a_sentence(tmp_path):
  np.save(tmp_path / 'x.npy', ARRAY)
  with pytest.raises(ValueError, match='x.txt, which is not there; or give'):
    put(tmp_path, tmp_path / 'x.npy')


def test_lists_that_differ_in_length_are_named_by_their_row(tmp_path):
  rows = {**ROWS, 'c.png': [1.0]}
  path = written(tmp_path / 'x.parquet', rows, 'embedding')
  with pytest.raises(
    ValueError, match='its row 5 has an embedding of 1 number'
  ):
    put(tmp_path, path)
