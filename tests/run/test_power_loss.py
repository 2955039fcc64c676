"""The power goes at any moment: what is there then is the old, the new, or is
made again; never another value.
"""

import json
import pathlib

import numpy as np
import power
import pytest

from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import parts
from prune_dm_jax.run import store
from prune_dm_jax.training import notes

NUMBERS = np.arange(12.0).reshape(6, 2)
HASHES = np.arange(96, dtype=np.uint8).reshape(6, 16)
LABELS = 'one\ntwo\n'


def a_file(root):
  artifacts.write_json(root / 'a.json', {'new': [2] * 50})


def read_a_file(root):
  assert damage.read_json(root / 'a.json') in (
    {'old': 1},
    {'new': [2] * 50},
  )


def fill(folder):
  """Files of an artifact; one of them by what takes no care of the disk."""
  artifacts.write_array(folder / 'a.npy', NUMBERS)
  (folder / 'inner').mkdir(exist_ok=True)
  (folder / 'inner/b.txt').write_text(LABELS)


def a_folder(root):
  artifacts.build(root / 'shared/thing', fill)


def read_a_folder(root):
  """As who makes it: what is whole is taken, what is not is made again."""
  a_folder(root)
  np.testing.assert_array_equal(np.load(root / 'shared/thing/a.npy'), NUMBERS)
  assert (root / 'shared/thing/inner/b.txt').read_text() == LABELS


def a_selection(root):
  """As select leaves its files: the one that others ask for is the last."""

  def save():
    artifacts.write_array(root / 'cell/kept_idx.npy', NUMBERS)
    artifacts.write_json(root / 'cell/selection.json', {'kept': 6})

  (root / 'cell').mkdir(exist_ok=True)
  artifacts.build_file(root / 'cell/selection.json', save)


def read_a_selection(root):
  a_selection(root)
  np.testing.assert_array_equal(np.load(root / 'cell/kept_idx.npy'), NUMBERS)
  assert damage.read_json(root / 'cell/selection.json') == {'kept': 6}


def a_part(root):
  parts.write(root / 'parts', [{parts.HASHES: HASHES, 'x': NUMBERS}])


def read_a_part(root):
  for path in parts.among(root / 'parts'):
    found = parts.content(path)
    assert found is None or (found['x'] == NUMBERS).all()


def computed(indices):
  for some in np.array_split(indices, 3):
    yield {'x': NUMBERS[some]}


def the_store(root):
  found = store.rows(root / 'store', HASHES, computed, name='x', together=1)
  np.testing.assert_array_equal(found['x'], NUMBERS)


def a_note(root):
  notes.write(root / 'a.json', json.dumps({'new': [2] * 50}))


KINDS = {
  'note': (a_note, read_a_file),
  'file': (a_file, read_a_file),
  'folder': (a_folder, read_a_folder),
  'selection': (a_selection, read_a_selection),
  'part': (a_part, read_a_part),
  'store': (the_store, the_store),
}


@pytest.mark.parametrize('kind', KINDS)
def test_what_is_there_when_the_power_goes_is_old_or_new(kind, tmp_path):
  write, read = KINDS[kind]
  disk = tmp_path / 'disk'
  disk.mkdir()
  artifacts.write_json(disk / 'a.json', {'old': 1})
  recorder = power.Recorder(disk)
  recorder.run(lambda: write(disk))
  found = [*power.states(recorder)]
  assert len(found) > 4
  for number, content in enumerate(found):
    try:
      read(pathlib.Path(power.put(content, f'{tmp_path}/{number}')))
    except AssertionError as error:
      raise AssertionError(f'{kind}: {content}') from error


def test_bytes_that_were_not_brought_to_the_disk_may_be_lost(tmp_path):
  """What the proof above would see, if nobody took care."""
  disk = tmp_path / 'disk'
  disk.mkdir()
  recorder = power.Recorder(disk)

  def careless():
    (disk / 'a.partial').write_text('new')
    (disk / 'a.partial').rename(disk / 'a')

  recorder.run(careless)
  found = [dict(content) for content in power.states(recorder)]
  assert {'./a': b''} in found and {'./a': b'n'} in found
  assert {} in found and {'./a': b'new'} in found


def test_a_file_that_was_written_is_there_after_the_power_went(tmp_path):
  disk = tmp_path / 'disk'
  disk.mkdir()
  artifacts.write_json(disk / 'a.json', {'old': 1})
  recorder = power.Recorder(disk)
  recorder.run(lambda: a_file(disk))
  whole = (disk / 'a.json').read_bytes()
  for content in power.states(recorder, since=-1):
    assert dict(content)['./a.json'] == whole


def test_a_folder_that_was_made_is_there_after_the_power_went(tmp_path):
  disk = tmp_path / 'disk'
  disk.mkdir()
  recorder = power.Recorder(disk)
  recorder.run(lambda: a_folder(disk))
  for content in power.states(recorder, since=-1):
    found = dict(content)
    assert found['./shared/thing/inner/b.txt'] == LABELS.encode()
    assert len(found['./shared/thing/a.npy']) == 128 + NUMBERS.nbytes
