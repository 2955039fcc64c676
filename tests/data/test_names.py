"""Names that are written otherwise than the keys of the data."""

import logging
import unicodedata

import pytest
from archives import pictures
from archives import tarred
from archives import zipped
from photographs import put

from prune_dm_jax.data import image_folder
from prune_dm_jax.data import lists


class Source:
  """What a list is checked against: keys, no pictures."""

  fingerprint = 'f' * 16

  def __init__(self, keys):
    self.keys = tuple(keys)

  def __len__(self):
    return len(self.keys)


PHOTOS = Source(sorted(['Zo\xe9/0.png', 'Zo\xe9/1.png', 'dog/0.png']))
WAYS = {
  'a Mac': unicodedata.normalize('NFD', 'Zo\xe9/0.png'),
  'Windows': 'Zo\xe9\\0.png',
  'a Mac, then Windows': unicodedata.normalize('NFD', '.\\Zo\xe9\\0.png'),
  'find': './Zo\xe9/0.png',
  'its folder': 'photos/Zo\xe9/0.png',
  'an absolute path': '{root}/Zo\xe9/0.png',
}


@pytest.mark.parametrize('way', WAYS)
def test_a_name_that_is_written_differently_is_matched_and_said(
  tmp_path, way, caplog
):
  caplog.set_level(logging.INFO)
  root = tmp_path / 'photos'
  names = [WAYS[way].format(root=root), WAYS[way].format(root=root)[:-5]]
  (tmp_path / 'list.txt').write_text(f'{names[0]}\n{names[1]}1.png')
  found = lists.read_list(tmp_path / 'list.txt', PHOTOS, root=root)
  assert [PHOTOS.keys[i] for i in found] == ['Zo\xe9/0.png', 'Zo\xe9/1.png']
  (line,) = caplog.messages
  assert '2 of 2 names were matched' in line and ascii(names[0]) in line


def test_names_that_are_as_the_data_has_them_are_matched_in_silence(
  tmp_path, caplog
):
  caplog.set_level(logging.INFO)
  apart = unicodedata.normalize('NFD', 'Zo\xe9/0.png')
  both = Source(sorted(['Zo\xe9/0.png', apart, 'a\\b.png', 'b.png']))
  for i, key in enumerate(both.keys):
    (tmp_path / 'list.txt').write_text(key)
    assert lists.read_list(tmp_path / 'list.txt', both).tolist() == [i]
  assert not caplog.messages


def test_a_folder_in_front_is_left_off_all_names_or_none(tmp_path):
  within = Source(['1.png', 'set/0.png'])
  (tmp_path / 'list.txt').write_text('set/0.png\nset/1.png')
  with pytest.raises(ValueError, match='written in several ways'):
    lists.read_list(tmp_path / 'list.txt', within, root='data/set')


def test_the_name_that_is_missing_is_named_not_one_that_is_matched(tmp_path):
  apart = unicodedata.normalize('NFD', 'Zo\xe9/0.png')
  (tmp_path / 'list.txt').write_text(f'{apart}\ncat/9.png')
  with pytest.raises(ValueError, match="'cat/9.png' is no key of this data"):
    lists.read_list(tmp_path / 'list.txt', PHOTOS)


def test_two_names_that_print_the_same_look_different_in_the_refusal(tmp_path):
  forms = [unicodedata.normalize(form, '\u1e69.png') for form in ('NFC', 'NFD')]
  between = 's\u0307\u0323.png'  # Its marks are in neither form's order.
  both = Source(sorted(['a.png', *forms]))
  (tmp_path / 'list.txt').write_text(between)
  with pytest.raises(ValueError, match='is no key of this data') as error:
    lists.read_list(tmp_path / 'list.txt', both)
  assert ascii(between) in str(error.value)
  assert any(ascii(form) in str(error.value) for form in forms)


@pytest.mark.parametrize(
  ('name', 'why'),
  [
    ('stray.png', 'in no folder of a class'),
    ('set\\test\\0.png', 'in test/, a picture of no class'),
    ('a/0.svg', '.svg, a picture of a format not read'),
    ('a/.0.png', 'hidden, by a dot'),
    ('a/none.png', ''),
    ('../other.svg', ''),
  ],
)
def test_of_what_is_there_and_no_example_it_is_said_why(name, why, tmp_path):
  names = ('stray.png', 'test/0.png', 'a/0.png', 'b/0.png', 'b/1.png')
  files = pictures(*names, 'a/0.svg', 'a/.0.png', '../other.svg')
  source = image_folder.open_folder(put(tmp_path / 'set', files))
  (tmp_path / 'list.txt').write_text(f'a/0.png\n{name}')
  said = f'left out of this data: {why}' if why else 'is no key of this data'
  with pytest.raises(ValueError, match=said):
    lists.read_list(tmp_path / 'list.txt', source, root=tmp_path / 'set')


@pytest.mark.parametrize('kind', [zipped, tarred])
def test_the_folder_around_an_archive_may_stand_before_a_key(kind, tmp_path):
  names = ['pets/cat/1.png', 'pets/dog/2.png', 'pets/pets/3.png']
  source = kind(tmp_path, pictures(*names))
  (path,) = tmp_path.iterdir()
  source = source.without({'cat/1.png': 'a twin'})
  for front in ('', './', f'{path}/'):
    (tmp_path / 'list.txt').write_text(f'{front}pets/pets/3.png')
    found = lists.read_list(tmp_path / 'list.txt', source, root=path)
    assert [source.keys[i] for i in found] == ['pets/3.png']
