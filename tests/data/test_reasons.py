"""Nothing is lost between found, usable, bad and left out."""

import json
import zipfile

import damage
import pytest
from photographs import jpeg
from photographs import put

from configs import image_folder as config
from prune_dm_jax.commands import data as command
from prune_dm_jax.data import image_folder
from prune_dm_jax.data import imagenet
from prune_dm_jax.data import unreadable
from prune_dm_jax.data.walks import reasons
from prune_dm_jax.data.walks import walked
from prune_dm_jax.run import opening
from prune_dm_jax.stages import data

FILES = {
  'a/0.jpg': jpeg(0),
  'a/1.jpg': b'no picture',
  'b/2.jpg': jpeg(2),
  'b/3.jpg': jpeg(3),
  'b/4.jp2': b'123',
  'b/5.txt': b'1',
}


@pytest.fixture
def repeating(tmp_path):
  """A .zip in which a name is there three times, and another once."""
  path = tmp_path / 'set.zip'
  with zipfile.ZipFile(path, 'w') as archive:
    archive.writestr('b/3.jpg', jpeg(3))
    for i in range(3):
      with pytest.MonkeyPatch.context() as patch:
        patch.setattr('warnings.warn', lambda *_, **__: None)
        archive.writestr('a/0.jpg', jpeg(i))
  return path


def test_the_last_line_is_a_sum(tmp_path, capsys):
  command.main([str(put(tmp_path, FILES)), '--size=32'])
  *_, bad, heic, text, total = capsys.readouterr().out.splitlines()
  assert bad.strip() == '1  bad: not a picture, such as a/1.jpg'
  assert heic.strip() == (
    '1  left out: .jp2, a picture of a format not read, 3 B, such as b/4.jp2'
  )
  assert text.strip() == '1  left out: .txt, 1 B, such as b/5.txt'
  assert total == 'found        6 = 3 usable + 1 bad + 2 left out'


def test_each_of_equal_names_is_counted(repeating):
  source = image_folder.open_folder(repeating)
  source = source.without(damage.bad(source))
  assert source.keys == ('b/3.jpg',)
  assert source.bad == {'a/0.jpg': 'its key is there more than twice'}
  assert (
    reasons.number_bad(source) == reasons.number_bad(source.without({})) == 3
  )
  *_, total = reasons.lines(source)
  assert total == 'found        4 = 1 usable + 3 bad + 0 left out'
  unreadable.refuse(source, most=3 / 4)
  sentence = '3 of 4 pictures .*: 3 its key is there more than twice .a/0.jpg'
  with pytest.raises(ValueError, match=sentence):
    unreadable.refuse(source, most=0.74)


def test_what_is_bad_once_and_found_again_is_counted_twice():
  example = image_folder.source.Example('a', -1, 1, None)
  source = image_folder.source.Source(
    [example], None, layout='', bad={'a': 'empty'}
  )
  assert not len(source) and reasons.number_bad(source) == 2


def test_a_run_says_and_records_what_is_left_out(tmp_path, caplog):
  caplog.set_level('INFO')
  found = config.get_config('random,small')
  found.data.path = str(put(tmp_path / 'set', FILES))
  found.data.max_bad = 0.3
  run = opening.open_run(found, tmp_path / 'runs')
  sentence = 'left out: 1 .jp2, a picture of a format not read (b/'
  assert sentence in caplog.text
  data.write(run, tmp_path)
  facts = json.loads((tmp_path / 'split.json').read_text())
  assert facts['left_out'] == {
    '.jp2, a picture of a format not read': {
      'number': 1, 'bytes': 3, 'example': 'b/4.jp2',
    },
    '.txt': {'number': 1, 'bytes': 1, 'example': 'b/5.txt'},
  }  # fmt: skip


def test_too_many_reasons_are_a_number_of_them():
  bad = {f'{why}{i}': f'why {why}' for why in range(7) for i in range(why + 1)}
  said = reasons.told(bad)
  assert said.startswith('7 why 6 (60, 61, 62, 63, 64, ...); 6 why 5 (50, ')
  assert said.endswith('; 3 for 2 other reasons')


def test_any_number_of_suffixes_is_a_number_of_reasons(tmp_path):
  files = {f'x.{i:04d}': b'1' for i in range(100)} | {'a.jpg': jpeg(0)}
  source = image_folder.open_folder(put(tmp_path, files))
  assert len(source.left_out) <= walked.MOST_REASONS + 1
  *_, total = reasons.lines(source)
  assert total == 'found        101 = 1 usable + 0 bad + 100 left out'


def test_pictures_beside_the_splits_are_left_out_by_folder(tmp_path):
  files = {
    'train/c/0.jpg': 0,
    'val/c/1.jpg': 1,
    'test/2.jpg': 2,
    'test/3.jpg': 3,
  }
  path = put(tmp_path, {name: jpeg(i) for name, i in files.items()})
  source = imagenet.open_imagenet(path)
  ((why, count),) = source.left_out.items()
  assert why == 'in test/, a picture of no class'
  assert count == (2, len(jpeg(2)) + len(jpeg(3)), 'test/2.jpg')


def test_none_of_a_layout_says_why(tmp_path):
  path = put(tmp_path, {'train/0.jpg': jpeg(0), 'train/n1/0.txt': b''})
  with pytest.raises(
    SystemExit, match='read: 1 in no folder of a class .train/0'
  ):
    command.main([str(path), '--name=imagenet'])


@pytest.mark.parametrize(
  ('size', 'words'),
  [(0, '0 B'), (999, '999 B'), (1200, '1.2 kB'), (14e10, '140.0 GB')],
)
def test_bytes_are_said_in_a_unit_of_their_size(size, words):
  assert reasons.in_words(size) == words


@pytest.mark.parametrize('word', ['--size=0', '--size=-4', '--workers=-1'])
def test_a_crop_of_no_pixels_is_refused_before_any_picture_is_read(word):
  with pytest.raises(ValueError, match=f'{word} .*at least'):
    command.describe(command.options(['nowhere', word]))
