"""A set is what its pictures hold: a check for all, and a name by contents."""

import hashlib
import json
import os

import numpy as np
import pytest
from layouts import pets
from photographs import jpeg
from photographs import put

from configs import image_folder as config
from prune_dm_jax import stages
from prune_dm_jax.commands import data as command
from prune_dm_jax.data import contents
from prune_dm_jax.data import image_folder
from prune_dm_jax.data import lists
from prune_dm_jax.data import unreadable
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import opening
from prune_dm_jax.run import processes

SPOILED = {'cat/7.jpg': b'no picture'}


def configured(path):
  found = config.get_config('random,small')
  found.data.path, found.data.max_bad = str(path), 0.3
  return found


@pytest.fixture
def seen(monkeypatch, tmp_path):
  """The keys of pictures that were looked at; the user has no table yet."""
  keys, look = [], contents.look

  def recorded(source, i):
    keys.append(source.keys[i])
    return look(source, i)

  monkeypatch.setattr(contents, 'look', recorded)
  monkeypatch.setenv('PRUNE_DM_CACHE', str(tmp_path / 'cache'))
  return keys


def same_size(file):
  """Writes another picture over one, of as many bytes."""
  one, other = (jpeg(seed) for seed in (1, 2))
  size = max(len(one), len(other))
  filled = [data + bytes(size - len(data)) for data in (one, other)]
  data = filled[file.read_bytes() == filled[0]]
  file.write_bytes(data)


def test_one_check_is_for_every_workdir_and_every_command(
  tmp_path, seen, capsys
):
  path = put(pets(tmp_path / 'set'), SPOILED)
  run = opening.open_run(configured(path), tmp_path / 'a')
  assert len(seen) == len(set(seen)) == len(run.source) + 1
  seen.clear()
  other = opening.open_run(configured(path), tmp_path / 'b')
  command.main([str(path)])
  assert not seen and other.source.bad == {'cat/7.jpg': 'not a picture'}
  out = capsys.readouterr().out
  assert f'fingerprint  {run.source.fingerprint}' in out
  assert 'cat/7.jpg: not a picture' in out
  bad = [
    json.loads(p.read_text()) for p in tmp_path.glob('*/shared/*/bad.json')
  ]
  assert bad == [other.source.bad] * 2


def test_what_was_checked_before_an_interrupt_is_not_checked_again(
  tmp_path, monkeypatch, seen
):
  path = pets(tmp_path / 'set')
  monkeypatch.setattr(unreadable, 'TOGETHER', 2)
  look = contents.look

  def stopped(source, i):
    if len(seen) == 5:
      raise KeyboardInterrupt
    return look(source, i)

  monkeypatch.setattr(contents, 'look', stopped)
  with pytest.raises(KeyboardInterrupt):
    opening.open_run(configured(path), tmp_path)
  monkeypatch.setattr(contents, 'look', look)
  done = [*seen]
  seen.clear()
  number = len(opening.open_run(configured(path), tmp_path).source)
  assert len(done) == 5 and len(seen) == number - 4


def test_it_is_said_how_many_are_known(tmp_path, seen, caplog):
  path = pets(tmp_path / 'set')
  number = len(opening.open_run(configured(path), tmp_path).source)
  same_size(path / 'cat/1.jpg')
  with caplog.at_level('INFO', 'absl'):
    opening.open_run(configured(path), tmp_path)
  assert f'checked before: {number - 1} of {number} pictures' in caplog.text


def test_a_picture_written_over_with_one_of_its_size_is_another_set(tmp_path):
  path = pets(tmp_path / 'set')
  same_size(path / 'cat/1.jpg')
  stages.run_until(configured(path), tmp_path / 'runs', 'select')
  before = opening.open_run(configured(path), tmp_path / 'runs')
  sizes = image_folder.open_folder(path).fingerprint
  same_size(path / 'cat/1.jpg')
  assert image_folder.open_folder(path).fingerprint == sizes
  after = opening.open_run(configured(path), tmp_path / 'runs')
  assert not {before.paths.split, before.paths.scores} & {*after.paths}
  with pytest.raises(ValueError, match='a manifest of other data'):
    stages.run_until(configured(path), tmp_path / 'runs', 'select')
  same_size(path / 'cat/1.jpg')  # As it was.
  again = opening.open_run(configured(path), tmp_path / 'runs')
  assert again.paths == before.paths


def by_sizes(source):
  """The fingerprint of before contents were hashed."""
  rows = zip(source.keys, source.places(), source.labels, strict=True)
  lines = [f'{key}\t{os.path.getsize(at)}\t{c}\n' for key, at, c in rows]
  return hashlib.sha256(''.join(lines).encode()).hexdigest()[:16]


@pytest.fixture
def older(tmp_path):
  """The set, its workdir of before contents were hashed, and its fingerprint."""
  path = put(pets(tmp_path / 'set'), SPOILED)
  same_size(path / 'cat/1.jpg')
  opened = image_folder.open_folder(path)
  bad = {'cat/7.jpg': 'not a picture'}
  name = f'checked-{artifacts.hash8(by_sizes(opened))}'
  artifacts.write_json(tmp_path / 'runs/shared' / name / 'bad.json', bad)
  return path, tmp_path / 'runs', by_sizes(opened.without(bad))


def test_an_older_workdir_keeps_the_names_of_what_it_has(older):
  path, workdir, name = older
  for _ in range(2):
    assert (
      opening.open_run(configured(path), workdir).source.fingerprint == name
    )


def test_a_list_holds_in_workdirs_of_before_and_of_now(older, tmp_path):
  path, workdir, name = older
  old = opening.open_run(configured(path), workdir).source
  new = opening.open_run(configured(path), tmp_path / 'new').source
  assert old.fingerprint == name != new.fingerprint
  for made_on in (old, new):
    file = tmp_path / 'kept.npz'
    np.savez(file, index=[0, 2], fingerprint=made_on.fingerprint)
    for source in (old, new):
      assert lists.read_list(file, source).tolist() == [0, 2]
  same_size(path / 'cat/1.jpg')
  other = opening.open_run(configured(path), tmp_path / 'new').source
  with pytest.raises(ValueError, match='a list of other data'):
    lists.read_list(file, other)
  with pytest.raises(ValueError, match='a list of other data'):
    lists.read_list(file, new.without({new.keys[0]: 'gone'}))


def test_an_older_workdir_notices_what_is_written_over(older):
  path, workdir, name = older
  stages.run_until(configured(path), workdir, 'select')
  same_size(path / 'cat/1.jpg')
  found = opening.open_run(configured(path), workdir).source
  assert found.fingerprint != name == by_sizes(found)
  with pytest.raises(ValueError, match='a manifest of other data'):
    stages.run_until(configured(path), workdir, 'select')


def test_a_folder_that_cannot_be_written_falls_back_to_the_workdir(
  tmp_path, monkeypatch, seen
):
  (tmp_path / 'file').write_text('')
  monkeypatch.setenv('PRUNE_DM_CACHE', str(tmp_path / 'file/cache'))
  path = pets(tmp_path / 'set')
  opening.open_run(configured(path), tmp_path / 'runs')
  assert list((tmp_path / 'runs/shared').glob('contents-*.parquet'))
  seen.clear()
  opening.open_run(configured(path), tmp_path / 'runs')
  assert not seen
  command.main([str(path)])
  assert len(seen) == len(set(seen)) > 0  # It has no workdir.


def test_what_the_first_process_tells_is_what_it_has(monkeypatch):
  """As the others receive it, on a machine of either order of bytes."""
  sent = []
  monkeypatch.setattr(processes, 'number', lambda: 2)
  monkeypatch.setattr(processes, 'wait', lambda: None)
  monkeypatch.setattr(processes, 'first', lambda: True)
  monkeypatch.setattr(
    processes.multihost_utils, 'broadcast_one_to_all',
    lambda words: sent.append(words) or words,
  )  # fmt: skip
  assert processes.told(lambda: '00ff10fe0123abcd') == '00ff10fe0123abcd'
  monkeypatch.setattr(processes, 'first', lambda: False)
  processes.told(lambda: pytest.fail('it is not asked'))
  assert [words.shape for words in sent] == [(2,)] * 2
  np.testing.assert_array_equal(sent[1], 0)
