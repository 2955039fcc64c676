"""What was written is asked for; what is damaged is named, aside, or refused."""

import errno
import logging

import numpy as np
import pytest

from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests
from prune_dm_jax.run import parts


def array(folder):
  artifacts.write_array(folder / 'a.npy', np.arange(100))


def flip(path):
  data = bytearray(path.read_bytes())
  data[-3] ^= 1
  path.write_bytes(data)


@pytest.mark.parametrize('change', [flip, lambda p: p.write_bytes(b''),
                                    lambda p: p.unlink()])  # fmt: skip
def test_a_damaged_artifact_is_named_moved_aside_and_made_again(
  tmp_path, caplog, change
):
  path = artifacts.build(tmp_path / 'thing', array)
  for n, name in enumerate(['thing.damaged', 'thing.damaged-2'], 1):
    change(path / 'a.npy')
    with caplog.at_level(logging.WARNING):
      artifacts.build(path, array)
    assert (tmp_path / name).is_dir()
    assert caplog.text.count(str(path / 'a.npy')) == n
  np.testing.assert_array_equal(damage.read_array(path / 'a.npy'), range(100))


def test_what_is_hashed_as_it_is_written_is_what_is_on_disk(tmp_path):
  rng = np.random.default_rng(0)
  for rows in (rng.normal(size=(9, 3)), rng.integers(0, 9, (7, 2), np.int8).T):
    artifacts.write_array(tmp_path / 'a.npy', rows)
    known = digests.of_file(tmp_path / 'a.npy')
    digests.known.clear()
    assert digests.of_file(tmp_path / 'a.npy') == known
    np.testing.assert_array_equal(np.load(tmp_path / 'a.npy'), rows)


def test_a_read_error_is_no_damage(tmp_path, monkeypatch):
  path = artifacts.build(tmp_path / 'thing', array)
  digests.known.clear()

  def fails(*_):
    raise OSError(errno.EIO, 'Input/output error')

  monkeypatch.setattr(digests.hashlib, 'file_digest', fails)
  with pytest.raises(OSError, match='Input/output'):
    artifacts.build(path, array)
  assert path.is_dir() and not list(tmp_path.glob('*.damaged'))


def test_one_that_is_older_than_digests_is_taken_as_it_is(tmp_path):
  path = artifacts.build(tmp_path / 'thing', array)
  (path / 'digests.json').unlink()
  flip(path / 'a.npy')
  assert artifacts.build(path, None) == path


def test_a_note_is_left_out_and_nothing_made_again(tmp_path):
  path = artifacts.build(tmp_path / 'thing', array)
  assert damage.noted(path / 'time.json')['resumed'] is False
  (path / 'time.json').write_text('{"seconds": 1, "resumed": false}')
  assert damage.noted(path / 'time.json') == {}
  assert artifacts.build(path, None) == path


def test_a_file_without_its_digest_was_not_finished(tmp_path):
  file, made = tmp_path / 'cell' / 'b.json', []

  def make():
    made.append(1)
    artifacts.write_json(file, {'made': len(made)})

  artifacts.begin(file)
  artifacts.write_json(file, {})
  for _ in range(2):
    artifacts.build_file(file, make)
  assert damage.read_json(file) == {'made': 1}
  file.write_text('{"made": 2}')
  with pytest.raises(ValueError, match='b.json is damaged .* restore it'):
    artifacts.build_file(file, make)
  assert file.read_text() == '{"made": 2}'


def test_what_is_reopened_keeps_what_is_whole(tmp_path):
  def make(folder):
    for name in {'a.npy', 'b.npy'} - {p.name for p in folder.glob('*')}:
      made.append(name)
      artifacts.write_array(folder / name, np.arange(9))

  made = []
  build = lambda: artifacts.build(tmp_path / 't', make, settle=damage.reopen)
  flip(build() / 'b.npy')
  build()
  assert sorted(made[:2]) == ['a.npy', 'b.npy'] and made[2:] == ['b.npy']
  assert (tmp_path / 't' / 'b.npy.damaged').exists()
  assert not digests.damage(tmp_path / 't')


def test_a_part_that_is_damaged_is_none_and_moved_aside(tmp_path):
  parts.save_named(tmp_path, 'rows-0-7', part=np.arange(7))
  np.testing.assert_array_equal(
    parts.named(tmp_path, 'rows-0-7')['part'], range(7)
  )
  assert parts.named(tmp_path, 'rows-0') is None
  flip(next(tmp_path.glob('*.npz')))
  assert parts.named(tmp_path, 'rows-0-7') is None
  assert len(list(tmp_path.glob('*.damaged'))) == 1


@pytest.mark.parametrize('text', [b'', b'{"a": ', b'\xff\xfe\x00', b'[' * 9999])
def test_a_torn_file_is_a_sentence(tmp_path, text):
  for name, read in {
    'a.json': damage.read_json, 'a.npy': damage.read_array,
    'b.npy': damage.map_array, 'a.npz': damage.read_arrays,
    'a.parquet': damage.read_table,
  }.items():  # fmt: skip
    (tmp_path / name).write_bytes(text)
    with pytest.raises(ValueError, match=f'{name} is torn, or no .*; restore'):
      read(tmp_path / name)


def test_a_list_that_is_damaged_is_said_to_be(tmp_path):
  artifacts.begin(tmp_path / 'a.json')
  artifacts.build_file(
    tmp_path / 'a.json', lambda: artifacts.write_json(tmp_path / 'a.json', {})
  )
  path = tmp_path / 'digests.json'
  path.write_text(path.read_text().replace('a.json', 'b.json'))
  with pytest.raises(ValueError, match='digests.json is damaged; restore it'):
    damage.read_json(tmp_path / 'a.json')
  path.rename(tmp_path / 'aside')  # As the sentence says.
  assert damage.read_json(tmp_path / 'a.json') == {}
