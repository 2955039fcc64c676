"""Damaged inputs: an error of one sentence, or a Source that counts all of them.

A run prints what became of N of each kind: pytest -m slow -n 0 -s FILE. Bytes are
changed by drawn numbers, so that a failure can be had again by its own number.
"""

import collections
import json
import tarfile
import zipfile

import damage
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archives import dataset
from archives import lines
from layouts import tar
from mutants import WRITTEN_OVER
from mutants import damaged
from photographs import crop
from photographs import encoded
from photographs import put
from sheets import BYTES
from sheets import FILES
from sheets import LABELS
from sheets import NAMED
from sheets import featured
from sheets import stream

from prune_dm_jax.data import decode
from prune_dm_jax.data import image_folder
from prune_dm_jax.data import lists
from prune_dm_jax.data.walks import file_names
from prune_dm_jax.data.walks import reasons

NUMBER = 1000
"""Damaged inputs of each kind."""

NAMES = [f'{"ab"[i % 2]}/{i}.png' for i in range(6)]
PICTURES = dict(zip(NAMES, BYTES, strict=True))
ROWS = [{'file_name': n, 'label': n[0]} for n in NAMES]


def zipped(folder):
  with zipfile.ZipFile(folder / 'set.zip', 'w', zipfile.ZIP_DEFLATED) as file:
    for name, data in PICTURES.items():
      file.writestr(name, data)
  return folder / 'set.zip', folder / 'set.zip', 6


def tarred(folder):
  (folder / 'set.tar').write_bytes(tar(PICTURES))
  return folder / 'set.tar', folder / 'set.tar', 6


def beside(name, data):
  """A folder of six pictures and a table of their labels, which is damaged."""

  def make(folder):
    put(folder / 'set', PICTURES | {name: data})
    return folder / 'set', folder / 'set' / name, 6

  return make


def parquet(given, file):
  pq.write_table(given, file, row_group_size=2)


def arrow_file(given, file):
  with pa.ipc.new_file(str(file), given.schema) as writer:
    writer.write_table(given, max_chunksize=2)


def in_table(end, save):
  """A table of six pictures."""

  def make(folder):
    file = folder / f'train.{end}'
    given = pa.table({'image': FILES, 'label': LABELS})
    save(featured(given, NAMED), file)
    return file, file, 6

  return make


CSV = '\n'.join(['file_name,label', *(f'{n},{n[0]}' for n in NAMES)]).encode()

SETS = {
  'zip': zipped,
  'tar': tarred,
  'dataset.json': beside(*dataset([[n, i % 2] for i, n in enumerate(NAMES)])
                         .popitem()),
  'metadata.jsonl': beside('metadata.jsonl', lines(*ROWS)),
  'metadata.csv': beside('metadata.csv', CSV),
  'Parquet': in_table('parquet', parquet),
  'Arrow, stream': in_table('arrow', stream),
  'Arrow, file': in_table('arrow', arrow_file),
}  # fmt: skip
"""What is damaged -> (folder -> the set, the file, how many files or rows)."""


def accounted(source):
  """Pictures of a Source, however they are counted; all were looked at."""
  source = source.without(damage.bad(source))
  absent = sum('but not there' in why for why in source.bad.values())
  left_out = sum(
    count.number
    for why, count in reasons.left_out(source).items()
    if why not in file_names.TABLES  # One that is not used is no picture.
  )
  return len(source) + reasons.number_bad(source) - absent + left_out


REFUSED = 'refused'


def outcome(act, path):
  """What act() gave; or REFUSED, in one sentence that names the path."""
  try:
    return act()
  except ValueError as error:
    assert len(str(error).splitlines()) == 1 and str(path) in str(error)
    return REFUSED


def tell(kind, outcomes):
  """Prints how many inputs came to what."""
  total, parts = len(outcomes), collections.Counter(outcomes).most_common()
  said = ', '.join(f'{number:,} {name}' for name, number in parts)
  print(f'\n{kind}: {total:,} damaged: {said}')


@pytest.mark.slow
@pytest.mark.parametrize('kind', SETS)
def test_of_a_damaged_set_all_is_counted_or_it_is_refused(kind, tmp_path):
  path, file, total = SETS[kind](tmp_path)
  whole, rng = file.read_bytes(), np.random.default_rng(0)
  count = lambda: accounted(image_folder.open_folder(path))
  assert count() == total
  found = []
  for number in range(NUMBER):
    file.write_bytes(damaged(whole, rng))
    found.append(outcome(count, path))
    assert found[-1] in (REFUSED, total), number
  tell(kind, ['all counted' if one == total else one for one in found])


@pytest.mark.slow
def test_every_flipped_bit_of_a_tar_header_is_refused_or_changes_nothing(
  tmp_path,
):
  path, _, _ = tarred(tmp_path)
  open_it = lambda: image_folder.open_folder(path)
  seen = lambda source: (source.keys, source.fingerprint, source.bad)
  whole, expected, found = path.read_bytes(), seen(open_it()), []
  with tarfile.open(path) as archive:
    headers = [member.offset for member in archive]
  for at in (begin + byte for begin in headers for byte in range(512)):
    for bit in range(8):
      flipped = whole[at] ^ 1 << bit
      path.write_bytes(whole[:at] + bytes([flipped]) + whole[at + 1 :])
      one = outcome(lambda: seen(open_it()), path)
      assert one in (REFUSED, expected), (at, bit)
      found.append(one if one == REFUSED else 'nothing changed')
  tell('tar, a bit of a header', found)


def saved(save, *columns):
  def write(path):
    with path.open('wb') as file:
      save(file, *columns)

  return write


def text(words):
  return lambda path: path.write_text(words)


def by_parquet(path):
  pq.write_table(pa.table({'key': NAMES, 'label': LABELS}), path)


LISTS = {
  'a.txt': text('\n'.join(NAMES)),
  'a.csv': text('key,label\n' + '\n'.join(f'{n},{n[0]}' for n in NAMES)),
  'a.tsv': text('key\tlabel\n' + '\n'.join(f'{n}\t1' for n in NAMES)),
  'a.json': text(json.dumps(NAMES)),
  'a.jsonl': text('\n'.join(json.dumps({'key': n}) for n in NAMES)),
  'a.parquet': by_parquet,
  'names.npy': saved(np.save, NAMES),
  'names.npz': saved(np.savez, NAMES),
  'numbers.npy': saved(np.save, np.arange(6)),
}
"""Lists of six of twelve examples."""


@pytest.mark.slow
@pytest.mark.parametrize('name', LISTS)
def test_a_damaged_list_keeps_as_many_or_is_refused(name, tmp_path):
  path, rng = tmp_path / name, np.random.default_rng(0)
  LISTS[name](path)
  pictures = {n: BYTES[0] for n in [*NAMES, *(f'c/{i}.png' for i in range(6))]}
  source = image_folder.open_folder(put(tmp_path / 'set', pictures))
  read = lambda: len(lists.read_list(path, source))
  whole, found = path.read_bytes(), []
  assert read() == len(NAMES)
  for number in range(NUMBER):
    path.write_bytes(damaged(whole, rng, WRITTEN_OVER))
    found.append(outcome(read, path))
    assert found[-1] in (REFUSED, len(NAMES)), number
  tell(name, [f'{one} kept' if one != REFUSED else one for one in found])


def saved_as(form, **options):
  return encoded(crop(0)[:16, :16], form, **options)


DEEP = np.arange(256, dtype=np.uint16).reshape(16, 16) * 257

DRAWN = {
  'PNG': saved_as('PNG'), 'JPEG': saved_as('JPEG'), 'GIF': saved_as('GIF'),
  'WEBP': saved_as('WEBP'), 'BMP': saved_as('BMP'), 'TIFF': saved_as('TIFF'),
  'TIFF, packed': saved_as('TIFF', compression='tiff_lzw'),
  'PPM': saved_as('PPM'), 'PNG of 16 bits': encoded(DEEP, 'PNG'),
  'TIFF of 16 bits': encoded(DEEP, 'TIFF'),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.filterwarnings('ignore::UserWarning:PIL.TiffImagePlugin')
@pytest.mark.parametrize('kind', DRAWN)
def test_a_damaged_picture_is_a_picture_or_bad_in_a_few_words(kind):
  rng, found = np.random.default_rng(0), []
  for _ in range(NUMBER):
    try:
      picture = decode.picture(damaged(DRAWN[kind], rng))
      assert picture.dtype == np.uint8 and picture.shape[2:] == (3,)
      found.append('read')
    except ValueError as error:
      assert len(str(error).splitlines()) == 1 and len(str(error)) < 120
      found.append('bad')
  tell(kind, found)
