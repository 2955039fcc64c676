"""Artifacts are whole or not there, and made once."""

import errno
import json
import threading

import numpy as np
import pytest

from configs import digits
from prune_dm_jax.run import artifacts
from prune_dm_jax.training import faults


def config(**overrides):
  found = digits.get_config('cluster_classifier')
  found.update_from_flattened_dict(overrides)
  return found


BUILDS = pytest.mark.parametrize(
  'build',
  [artifacts.build, artifacts.build_together],
  ids=['alone', 'together'],
)


def resumed(path):
  return json.loads((path / 'time.json').read_text())['resumed']


@BUILDS
def test_what_exists_is_not_made_again(tmp_path, build):
  calls = []
  for _ in range(2):
    build(tmp_path / 'thing', calls.append)
  assert len(calls) == 1
  assert not resumed(tmp_path / 'thing')


@BUILDS
def test_what_was_broken_off_is_not_there_and_is_resumed(tmp_path, build):
  def breaks(folder):
    (folder / 'half').write_text('done')
    raise KeyboardInterrupt

  with pytest.raises(KeyboardInterrupt):
    build(tmp_path / 'thing', breaks)
  assert not (tmp_path / 'thing').exists()
  seen = []
  build(
    tmp_path / 'thing', lambda folder: seen.append((folder / 'half').exists())
  )
  assert resumed(tmp_path / 'thing')
  assert seen == [True] and (tmp_path / 'thing' / 'half').exists()


def test_two_that_want_the_same_thing_make_it_once(tmp_path):
  made, entered = [], threading.Barrier(2)

  def want():
    entered.wait()
    artifacts.build(tmp_path / 'thing', made.append)

  threads = [threading.Thread(target=want) for _ in range(2)]
  for thread in threads:
    thread.start()
  for thread in threads:
    thread.join()
  assert len(made) == 1


@pytest.mark.parametrize('kind', ['folder', 'file'])
def test_what_lies_behind_a_link_that_leads_nowhere_is_not_made_again(
  tmp_path, kind
):
  thing, elsewhere, made = tmp_path / 'thing', tmp_path / 'elsewhere', []

  def build():
    if kind == 'folder':
      artifacts.build(thing, made.append)
    else:
      save = lambda: (made.append(1), artifacts.write_json(thing, 1))
      artifacts.build_file(thing, save)

  build()
  thing.rename(elsewhere)
  thing.symlink_to(elsewhere)
  build()
  elsewhere.rename(tmp_path / 'off')
  with pytest.raises(ValueError, match=f'link to {elsewhere}, .*bring it back'):
    build()
  assert len(made) == 1
  (tmp_path / 'off').rename(elsewhere)
  build()
  assert len(made) == 1


@pytest.mark.parametrize(
  'code', [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL]
)
def test_what_a_file_system_cannot_do_is_done_without_and_said_once(
  tmp_path, monkeypatch, caplog, code
):
  faults.warn_once.cache_clear()

  def lacks(*given):
    raise OSError(code, 'Not here')

  monkeypatch.setattr(faults.fcntl, 'flock', lacks)
  monkeypatch.setattr(faults.os, 'fsync', lacks)
  with caplog.at_level('WARNING', logger='absl'):
    for name in 'ab':
      artifacts.build(tmp_path / name, lambda folder: None)
  assert [m.split(':')[0] for m in caplog.messages] == ['fsync', 'flock']
  assert artifacts.whole(tmp_path / 'a', tmp_path / 'b')


def test_a_disk_that_fails_is_not_done_without(tmp_path, monkeypatch):
  def fails(*given):
    raise OSError(errno.EIO, 'Input/output error')

  monkeypatch.setattr(faults.os, 'fsync', fails)
  with pytest.raises(OSError, match='Input/output error'):
    artifacts.write_json(tmp_path / 'a.json', 1)
  assert not (tmp_path / 'a.json').exists()


def test_a_file_is_whole_or_not_there(tmp_path):
  def breaks(path):
    path.write_text('half')
    raise OSError

  with pytest.raises(OSError):
    artifacts.write(tmp_path / 'file.txt', breaks)
  assert not (tmp_path / 'file.txt').exists()
  artifacts.write_array(tmp_path / 'a.npy', np.arange(3))
  np.testing.assert_array_equal(np.load(tmp_path / 'a.npy'), np.arange(3))


def test_another_configuration_is_named_by_its_first_key(tmp_path):
  path = tmp_path / 'config.json'
  artifacts.write_json(path, config().to_dict())
  artifacts.same_config(path, config().to_dict())
  artifacts.same_config(path, config(**{'runtime.workers': 2}).to_dict())
  other = config(**{'dit.patch': 4}).to_dict()
  with pytest.raises(ValueError, match='dit.patch = 2, now it is 4'):
    artifacts.same_config(path, other)
