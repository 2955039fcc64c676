"""One picture, by as much of its key as tells it from the others."""

import unicodedata

import pytest

from prune_dm_jax.data.lists import one_name


class Source:
  bad = {'cat/torn.png': 'truncated'}

  def __init__(self, *keys):
    self.keys = keys


ZOO = Source(
  'cat/1.png', 'cat/2.png', 'cat/été.png', 'dog/1.png', 'dog/11.png',
  'dog/tux.jpg', 'fox/tux.v2.jpg', 'train/n01_7', 'tux/8.png',
)  # fmt: skip


@pytest.mark.parametrize(
  ('name', 'key'),
  [
    ('dog/1.png', 'dog/1.png'),
    ('11.png', 'dog/11.png'),
    ('tux.jpg', 'dog/tux.jpg'),
    ('tux', 'dog/tux.jpg'),
    ('tux.v2', 'fox/tux.v2.jpg'),
    ('cat/2', 'cat/2.png'),
    ('cat\\2.png', 'cat/2.png'),
    ('./cat/2.png', 'cat/2.png'),
    ('/data/zoo/cat/2.png', 'cat/2.png'),
    ('zoo/cat/2.png', 'cat/2.png'),
    ('n01_7', 'train/n01_7'),
    (unicodedata.normalize('NFD', 'été.png'), 'cat/été.png'),
  ],
)
def test_a_name_is_the_one_key_that_it_can_mean(name, key):
  assert ZOO.keys[one_name.place(name, ZOO, '/data/zoo')] == key


def test_a_key_written_with_parted_accents_is_found_by_either():
  parted = Source('a/1.png', unicodedata.normalize('NFD', 'a/é.png'))
  for name in ('é.png', unicodedata.normalize('NFD', 'a/é.png')):
    assert one_name.place(name, parted) == 1


@pytest.mark.parametrize('name', ['./1.png', '1', 'zoo/1.png'])
def test_a_whole_key_goes_before_the_end_of_another(name):
  assert one_name.place(name, Source('a/1.png', '1.png'), '/data/zoo') == 1


@pytest.mark.parametrize(
  ('name', 'said'),
  [
    ('1.png', "how 2 keys end: 'cat/1.png', 'dog/1.png'"),
    ('1', "how 2 keys end: 'cat/1.png', 'dog/1.png'"),
    ('at/1.png', "no key of this data; near it are 'cat/1.png'"),
    ('tuks.jpg', "no key of this data; near it are 'dog/tux.jpg'"),
    ('DOG/TUX.JPG', "no key of this data; near it are 'dog/tux.jpg'"),
    ('ox/tux', "no key of this data; near it are 'fox/tux.v2.jpg'"),
    ('', 'no key of this data'),
    ('cat/torn.png', 'left out of this data: truncated'),
  ],
)
def test_a_name_of_none_or_several_says_which_are_near(name, said):
  with pytest.raises(ValueError, match=said):
    one_name.place(name, ZOO)


def test_what_is_near_is_found_among_many_keys():
  many = Source(*(f'class{i % 100}/picture_{i}.png' for i in range(20_000)))
  assert one_name.place('picture_19999.png', many) == 19_999
  with pytest.raises(ValueError, match="no key .* 'class34/picture_1234.+png'"):
    one_name.place('picture_1234x.png', many)
