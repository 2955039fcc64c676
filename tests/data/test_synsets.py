"""What is ImageNet by its names, and what its other splits are."""

import pytest
from layouts import image_folder_tree
from layouts import imagenet as pictures
from layouts import tar
from layouts import tar_of_tars
from photographs import jpeg
from photographs import put

from prune_dm_jax.data import imagenet


def test_only_what_is_named_so_is_imagenet(tmp_path):
  pets = put(tmp_path / 'pets', {'train/cat/1.jpg': jpeg(0)})
  tars = put(tmp_path, {'pets.tar': tar({'cat/1.jpg': jpeg(0)})})
  torn = put(tmp_path, {'torn.tar': b'no archive'})
  for path in (pets, tars / 'pets.tar', torn / 'torn.tar'):
    assert not imagenet.is_there(path)
  renamed = tar_of_tars(tmp_path) / 'ILSVRC2012_img_train.tar'
  assert imagenet.is_there(renamed.rename(tmp_path / 'in.tar'))


def test_each_split_is_held_out_or_it_is_said_how_many_are_left_out(tmp_path):
  pictures = {
    'train/n01440764/n01440764_1.JPEG': jpeg(0),
    'validation/n01440764/ILSVRC2012_val_00000001.JPEG': jpeg(1),
    'test/n01440764/a.JPEG': jpeg(2),
    'test/b.JPEG': jpeg(3),
    'test/others/c.JPEG': jpeg(4),
  }
  found = imagenet.open_imagenet(put(tmp_path, pictures))
  assert found.keys == (
    'test/n01440764/a.JPEG', 'train/n01440764_1', 'val/ILSVRC2012_val_00000001',
  )  # fmt: skip
  assert found.held_out.tolist() == [True, False, True] and not found.bad
  assert [(why, n) for why, (n, _, _) in found.left_out.items()] == [
    ('in test/, a picture of no class', 2)
  ]


def test_a_stray_is_left_out_and_many_are_bad(tmp_path):
  tree = put(image_folder_tree(tmp_path), {'train/stray.JPEG': jpeg(0)})
  found = imagenet.open_imagenet(tree)
  why, size = 'in no folder of a class', len(jpeg(0))
  assert found.left_out == {why: (1, size, 'train/stray.JPEG')}
  assert not found.bad
  many = {f'train/{i}.JPEG': jpeg(0) for i in range(5)}
  found = imagenet.open_imagenet(put(tree, many))
  assert found.bad == dict.fromkeys([*many, 'train/stray.JPEG'], why)


def test_pictures_of_tiny_imagenet_without_a_class_make_none(tmp_path):
  files = {f'val/images/val_{i}.JPEG': jpeg(i) for i in range(3)}
  files |= {'train/n01440764/images/n01440764_0.JPEG': jpeg(3)}
  found = imagenet.open_imagenet(put(tmp_path, files | {'words.txt': b'n0'}))
  assert found.class_names == ('n01440764',) and not found.held_out.any()
  assert {why: count[::2] for why, count in found.left_out.items()} == {
    'in val/, a picture of no class': (3, 'val/images/val_0.JPEG'),
    '.txt': (1, 'words.txt'),
  }


def test_a_tar_of_splits_is_no_tar_of_synsets(tmp_path):
  files = {f'{s}/{c}/{name}': data for s, c, name, data in pictures()}
  path = put(tmp_path, {'x.tar': tar(files)}) / 'x.tar'
  assert not imagenet.is_there(path)
  with pytest.raises(ValueError, match='train/ in it is no synset but around'):
    imagenet.open_imagenet(path)


ROWS = 'ImageId,PredictionString\n{0}1,n02 0 0 9 9\n{0}2,n01 1 1 2 2\n'.format(
  'ILSVRC2012_val_0000000'
)


def kaggle(path, said):
  files = {f'train/n0{c}/n0{c}_1.JPEG': jpeg(c) for c in (1, 2)}
  files |= {f'val/ILSVRC2012_val_0000000{i}.JPEG': jpeg(i) for i in (1, 2)}
  return put(path, files | {'LOC_val_solution.csv': said})


@pytest.mark.parametrize('code', ['utf-8', 'utf-8-sig', 'utf-16'])
def test_labels_of_validation_are_read_in_any_code(code, tmp_path):
  found = imagenet.open_imagenet(kaggle(tmp_path, ROWS.encode(code)))
  of = [found.class_names[label] for label in found.labels[found.held_out]]
  assert of == ['n02', 'n01'] and not found.bad


@pytest.mark.parametrize(
  ('said', 'why'),
  [
    (ROWS.replace('n01 1 1 2 2', ' '), 'csv: line 3 names no synset of .*val_0'),
    (ROWS.replace('ImageId', 'id'), "csv: line 1 is 'id,Predict.*should be ImageId"),
    (ROWS + '"n', 'csv: not a table of text'),
    ('', "csv: line 1 is ''"),
  ],
)  # fmt: skip
def test_labels_of_validation_that_say_nothing_are_a_sentence(
  said, why, tmp_path
):
  with pytest.raises(ValueError, match=why):
    imagenet.open_imagenet(kaggle(tmp_path, said.encode()))
