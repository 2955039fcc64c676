"""Tables of labels that are torn, or about other pictures."""

import pytest
from archives import pictures
from archives import unpacked

WRONG = {
  'dataset.json': {
    b'{"labels": [["1.png", 0],\n ["2.p': 'dataset.json: line 2 is torn',
    b'{"labels":\n\n"\xff"}': 'dataset.json: line 3 is not in UTF-8',
    b'[' * 100_000: 'dataset.json: too many brackets',
    b'{"labels": [["1.png", 0, 1]]}': r"\['1.png', 0, 1\] among its labels",
    b'{"labels": [["x.png", 0]]}': "such as 'x.png', none is there",
    b'{"labels": [["../1.png", 0]]}': "such as '../1.png', none is there",
    b'{"labels": "1.png"}': 'which is no list',
    b'{"labels": [["1.png", '
    + b'1' * 5000
    + b']]}': 'json: from line 1 on, Exc',
    b'{"labels": {"1.png": 0, "1.png": 1}}': "on, '1.png' is there twice",
  },
  'metadata.jsonl': {
    b'{"file_name": "1.png", "label": 1}\n{"file': 'jsonl: line 2 is torn',
    b'\n\n[1]': 'jsonl: line 3 is .1., not an object',
    b'{"file_name": "1.png", "label": 1}\n{"label": 1}': 'line 2 has no `file',
  },
  'metadata.csv': {
    b'file_name,label\n1.png,1\n2.png': 'line 3 has 1 fields, its first line 2',
    b'file_name,label\n1.png,"1': 'csv: line 2: unexpected end of data',
  },
}


@pytest.mark.parametrize(
  ('file', 'data'), [(f, d) for f, those in WRONG.items() for d in those],
  ids=lambda value: '' if isinstance(value, bytes) else value,
)  # fmt: skip
def test_a_torn_table_is_one_sentence_of_file_and_line(file, data, tmp_path):
  with pytest.raises(ValueError, match=WRONG[file][data]) as error:
    unpacked(tmp_path, pictures('1.png', '2.png') | {file: data})
  assert str(error.value).startswith(f'{tmp_path / "set"}: ')
