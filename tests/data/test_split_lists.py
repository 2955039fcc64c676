"""Lists of what is trained on and held out, of sets that no folders part."""

import numpy as np
import pytest
from archives import KINDS
from archives import classes
from archives import pictures
from archives import unpacked
from photographs import put

from prune_dm_jax.data import image_folder
from prune_dm_jax.data.labels import split_lists
from prune_dm_jax.run import checked


def text(names):
  return ''.join(f'{name}\n' for name in names).encode()


FOOD = [f'set/images/{c}/{c}{i}.png' for c in 'ab' for i in range(4)]
VOC = [f'x/JPEGImages/2007_{i}7.png' for i in range(8)]
FLAT = [f'{i}.png' for i in range(8)]
PARTS = [f'images_{k}/images/{k}_{i}.png' for k in (1, 2) for i in range(4)]
LISTS = {
  'paths without a suffix': (
    FOOD, FOOD[3::4], {
      'set/meta/train.txt': text(f'{n[0]}/{n}' for n in (
        f'{c}{i}' for c in 'ab' for i in range(3))),
      'set/meta/test.txt': text(['a/a3', 'b/b3']),
    },
  ),
  'stems, masks and both together': (
    VOC, VOC[6:], {
      f'x/ImageSets/Main/{name}.txt': text(n[13:-4] for n in those)
      for name, those in (('train', VOC[:6]), ('val', VOC[6:]), ('trainval', VOC))
    } | pictures(*[n.replace('JPEGImages', 'SegmentationClass') for n in VOC]),
  ),
  'names in parts': (
    PARTS, PARTS[5:], {
      'train_val_list.txt': text(n[16:] for n in PARTS[:5]),
      'test_list.txt': text(n[16:] for n in PARTS[5:]),
    },
  ),
  'paths of another machine': (
    FLAT, FLAT[6:], {
      'train.txt': text(f'/home/x/set/{n} 0' for n in FLAT[:6]),
      'val.txt': text(f'D:\\set\\{n},1' for n in FLAT[6:]),
    },
  ),
  'a table of 0, 1 and 2': (
    [f'x/{n}' for n in FLAT], [f'x/{n}' for n in FLAT[5:]], {
      'list_eval_partition.csv': b'image_id,partition\n' + text(
        f'{n},{max(0, i - 4) // 2 + (i > 4)}' for i, n in enumerate(FLAT)),
    },
  ),
  'a table of numbers that images.txt names': (
    FOOD, FOOD[::2], {
      'set/images.txt': text(f'{i + 1} {n[11:]}' for i, n in enumerate(FOOD)),
      'set/train_test_split.txt': text(f'{i + 1} {i % 2}' for i in range(8)),
    },
  ),
  'what is held out alone': (FLAT, FLAT[5:], {'valid.txt': text(FLAT[5:])}),
  'a table in words': (
    FOOD, FOOD[6:], {
      'split.csv': b'file;split\n' + text(
        f'{n};{"test" if i > 5 else "Train"}' for i, n in enumerate(FOOD)),
    },
  ),
  'the second field, of the first of several': (
    FOOD, FOOD[5:], {
      f'set/labels/{name}': b'row,file\n' + text(
        f'{i},{n.removeprefix("set/images/")}' for i, n in enumerate(those))
      for name, those in (
        ('train1.txt', FOOD[:5]), ('val1.txt', FOOD[5:7]),
        ('test1.txt', FOOD[7:]), ('train2.txt', FOOD[1:]))
    },
  ),
}  # fmt: skip


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('case', LISTS)
def test_what_a_list_holds_out_is_held_out(case, kind, tmp_path):
  names, held_out, lists = LISTS[case]
  source = kind(tmp_path, pictures(*names) | lists)
  ends = {name.rpartition('/')[2] for name in held_out}
  found = {
    key.rpartition('/')[2] for key in np.array(source.keys)[source.held_out]
  }
  assert found == ends and len(source) == len(names) and not source.bad
  assert 'splits by lists in ' in source.layout and ' held out' in source.layout


UNUSED = {
  'on both sides': (
    {'train.txt': FLAT, 'val.txt': FLAT[6:]},
    '2 pictures, as 6.png',
  ),
  'of a part': (
    {'train.txt': FLAT[:2], 'val.txt': FLAT[6:]},
    '4 of 8 pictures are',
  ),
  'of one side': ({'train.txt': FLAT[:6]}, ''),
  'of most, held out': ({'val.txt': FLAT[3:]}, ''),
  'of something else': ({'train.txt': ['a dog'] * 6, 'val.txt': ['a cat']}, ''),
  'of what is no split': ({'split.txt': [f'{n} {n[0]}' for n in FLAT]}, ''),
  'a table of a part': (
    {'split.txt': ['0.png train', '1.png test']},
    '6 of 8 pictures are in none',
  ),
  'of none': ({'train.txt': [], 'val.txt': []}, ''),
}


@pytest.mark.parametrize('case', UNUSED)
def test_lists_that_do_not_part_the_set_are_not_used(case, tmp_path):
  lists, why = UNUSED[case]
  files = {name: text(those) for name, those in lists.items()}
  source = unpacked(tmp_path, pictures(*FLAT) | files)
  assert source.keys == tuple(FLAT) and not source.held_out.any()
  assert why in source.layout and ('lists' in source.layout) == bool(why)
  assert source.left_out['.txt'].number == len(lists)


def test_folders_of_splits_go_before_lists(tmp_path):
  names = [f'{s}/{i}{s}.png' for s in ('train', 'val') for i in range(4)]
  files = {'train.txt': text(names[::2]), 'val.txt': text(names[1::2])}
  source = unpacked(tmp_path, pictures(*names) | files)
  assert source.held_out.tolist() == [False] * 4 + [True] * 4


def test_one_picture_in_no_list_is_left_out_and_said(tmp_path):
  files = {'train.txt': text(FLAT[:5]), 'val.txt': text(FLAT[6:])}
  source = unpacked(tmp_path, pictures(*FLAT) | files)
  assert '5.png' not in source.keys and len(source) == 7
  assert source.aside == {
    '5.png': 'in no list/, a picture of neither split nor class'
  }


def test_without_its_lists_the_same_pictures_are_other_data(tmp_path):
  lists = {'train.txt': text(FLAT[:6]), 'val.txt': text(FLAT[6:])}
  others = {'train.txt': text(FLAT[1:7]), 'val.txt': text([FLAT[0], FLAT[7]])}
  paths = [
    put(tmp_path / str(i), pictures(*FLAT) | those)
    for i, those in enumerate(({}, lists, others))
  ]
  opened = [image_folder.open_folder(path) for path in paths]
  named = [
    checked.without_workdir(source, path)[0].fingerprint
    for source, path in zip(opened, paths, strict=True)
  ]
  assert len({*named}) == len({s.by_sizes for s in opened}) == 3


def test_a_class_of_lists_is_that_of_its_folder(tmp_path):
  names, _, lists = LISTS['paths without a suffix']
  source = unpacked(tmp_path, pictures(*names) | lists)
  assert classes(source) == {name: name.split('/')[2] for name in names}
  assert split_lists.role_of('train_val_list.txt') == split_lists.TRAIN
