"""Tables of drawn columns: a Source, or one sentence, and nothing else."""

import datetime
import pathlib

import damage
import numpy as np
import pyarrow as pa
import pytest
from sheets import BYTES
from sheets import FILES
from sheets import featured
from sheets import put

from prune_dm_jax.data import image_folder

VALUES = (
  FILES, BYTES, [{'bytes': b} for b in BYTES], [{'path': 'a'}] * 6,
  [{'bytes': 'a', 'path': 1}] * 6, [None] * 6, [1, -1, None] * 2, [True] * 6,
  [0.5] * 6, [1.0, float('inf')] * 3, ['a', 'b'] * 3, [[1]] * 6, [{'a': 1}] * 6,
  [2**62, -(2**62)] * 3, [datetime.date(2000, 1, 1)] * 6, [b''] * 6,
  [{'bytes': None, 'path': None}] * 6, ['\n', '\ud7ff', ''] * 2, [[b'a']] * 6,
)  # fmt: skip
NAMES = (
  'image', 'label', 'image', 'labels', 'image', 'label', 'img', 'x_label',
  'bytes', 'path', 'image.bytes', '', '.', 'a\nb', 'label.x', 'Label',
)  # fmt: skip
FEATURES = (
  {'_type': 'Image'}, {'_type': 'ClassLabel', 'names': ['a', 'b']}, 1, None,
  {'_type': 'ClassLabel', 'names': 3}, {'names': [1]}, [], {'_type': []},
)  # fmt: skip


def drawn(rng):
  """A Table of columns, types and what is said of them by chance."""
  pick = lambda of: of[rng.integers(len(of))]
  number = int(rng.integers(0, 5))
  likely = VALUES[:3] if rng.random() < 0.7 else VALUES
  arrays = [pa.array(pick(VALUES if i else likely)) for i in range(number)]
  for i, array in enumerate(arrays):
    if rng.random() < 0.2 and str(array.type) in ('string', 'binary', 'int64'):
      arrays[i] = array.dictionary_encode()
  names = [pick(NAMES[i % 2 :: 2]) for i in range(number)]
  given = pa.Table.from_arrays(arrays, names)
  said = {name: pick(FEATURES) for name in names if rng.random() < 0.5}
  return featured(given, said).slice(0, int(rng.integers(0, 7)))


FILES_OF = ('train-00000-of-00002', 'train-00001-of-00002', 'test', 'x')


@pytest.mark.parametrize('end', ['arrow', 'parquet'])
@pytest.mark.parametrize('seed', range(15))
def test_a_table_is_read_or_refused_in_a_sentence(end, seed, tmp_path):
  rng = np.random.default_rng(seed)
  names = rng.choice(FILES_OF, rng.integers(1, 4), replace=False)
  put(tmp_path, {f'{name}.{end}': drawn(rng) for name in names})
  check(tmp_path)


def check(path):
  try:
    source = image_folder.open_folder(path)
  except ValueError as error:
    frame = error.__traceback__
    while frame.tb_next:
      frame = frame.tb_next
    file = pathlib.Path(frame.tb_frame.f_code.co_filename)
    assert 'data' in file.parts, error
    assert len(str(error).splitlines()) == 1 and str(path) in str(error)
    return
  assert len(source) and source.labels.max() < max(len(source.class_names), 1)
  assert len(damage.bad(source)) <= len(source)
