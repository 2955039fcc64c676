"""How every picture looks, in files."""

import numpy as np
import pyarrow.parquet as pq
import pytest
from photographs import encoded
from photographs import jpeg
from photographs import put

from configs import image_folder
from prune_dm_jax.data import looks as looks_lib
from prune_dm_jax.run import opening
from prune_dm_jax.stages import looks

COPIES = {'b/1.jpg': 'a/1.jpg', 'b/copy.jpg': 'a/2.jpg'}


def pictures(folder):
  """Nine pictures, of which seven differ."""
  files = {f'a/{i}.jpg': jpeg(i) for i in range(6)}
  files['a/flat.png'] = encoded(np.full((90, 30, 3), 9, np.uint8), 'PNG')
  return put(folder, files | {new: files[old] for new, old in COPIES.items()})


def open_run(path, workdir):
  config = image_folder.get_config('random,small')
  config.data.path = str(path)
  return opening.open_run(config, workdir)


@pytest.fixture
def run(tmp_path):
  return open_run(pictures(tmp_path / 'set'), tmp_path / 'runs')


@pytest.fixture
def looked(monkeypatch):
  """Keys of pictures that are looked at."""
  keys, look = [], looks_lib.of_source

  def counted(source, i):
    keys.append(source.keys[i])
    return look(source, i)

  monkeypatch.setattr(looks_lib, 'of_source', counted)
  return keys


def test_a_row_is_what_its_picture_looks_like(run):
  looks.build(run)
  table = pq.read_table(run.paths.looks / 'looks.parquet').to_pylist()
  thumbnails = looks.thumbnails(run)
  assert [row['key'] for row in table] == list(run.source.keys)
  for i, row in enumerate(table):
    picture = run.source.image(i)
    wanted = looks_lib.look(picture)
    np.testing.assert_array_equal(thumbnails[i], wanted.thumbnail)
    found = [row[name] for name in looks_lib.COLUMNS]
    np.testing.assert_allclose(found, wanted[1:], rtol=1e-6)
    sides = sorted(picture.shape[:2])
    assert (row['height'], row['width']) == picture.shape[:2]
    np.testing.assert_allclose(row['aspect'], sides[1] / sides[0], rtol=1e-6)
    assert row['bytes'] == len(run.source.data(i))


def test_a_copy_is_looked_at_once_and_added_pictures_alone(run, looked):
  looks.build(run)
  assert len(looked) == 7 and not COPIES.keys() & set(looked)
  more = put(
    run.workdir.parent / 'set', {'c/new.jpg': jpeg(8), 'c/old.jpg': jpeg(3)}
  )
  looks.build(open_run(more, run.workdir))
  assert looked[7:] == ['c/new.jpg']


def test_what_was_looked_at_before_a_kill_is_not_looked_at_again(
  run, looked, monkeypatch
):
  monkeypatch.setattr(looks.unreadable, 'TOGETHER', 2)
  monkeypatch.setattr(looks, 'TOGETHER', 2)
  whole = looks_lib.of_source

  def killed(source, i):
    if len(looked) == 5:
      raise KeyboardInterrupt
    return whole(source, i)

  monkeypatch.setattr(looks_lib, 'of_source', killed)
  with pytest.raises(KeyboardInterrupt):
    looks.build(run)
  assert not run.paths.looks.exists()
  monkeypatch.setattr(looks_lib, 'of_source', whole)
  looks.build(run)
  assert len(looked) == 7 + 5 % 2  # The part that it was at.
  test_a_row_is_what_its_picture_looks_like(run)


def test_columns_are_numbers_by_name_in_the_order_of_keys(run):
  looks.build(run)
  columns = looks.columns(run)
  assert 'key' not in columns
  flat = run.source.keys.index('a/flat.png')
  assert columns['contrast'].argmin() == flat
  assert columns['one_colour'][flat] == 1 and columns['aspect'][flat] == 3
