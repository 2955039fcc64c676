"""What is trained on, held out and left out, by the names of folders alone."""

import pytest
from placement import done
from placement import expected

from prune_dm_jax.data.labels import class_labels

LAYOUTS = {
  'train/a:3 train/b:3 valid/a:1 valid/b:1 test/a:1': (
    'train/a train a, train/b train b, valid/a held-out a, valid/b held-out b, '
    'test/a held-out a',
    'train 6, test 1 held out, valid 2 held out',
  ),
  'train/a:3 train/b:3 test:4': (
    'train/a train a, train/b train b, test left-out',
    'train 6, test 4 left out: no class',
  ),
  'Train/a:3 Train/b:3 VAL/a:1 dev/b:1': (
    'Train/a train a, Train/b train b, VAL/a held-out a, dev/b held-out b',
    'Train 6, VAL 1 held out, dev 1 held out',
  ),
  'images/train/a:3 images/train/b:3 images/val/a:1': (
    'images/train/a train a, images/train/b train b, images/val/a held-out a',
    'train 6, val 1 held out',
  ),
  'a/train:3 a/val:1 b/train:3 b/test:2': (
    'a/train train a, a/val held-out a, b/train train b, b/test held-out b',
    'train 6, test 2 held out, val 1 held out',
  ),
  'a:3 b:3 test:4': (
    'a train a, b train b, test left-out',
    'in no split 6, test 4 left out: no class',
  ),
  'a:3 b:3 validation/a:1 validation/b:1': (
    'a train a, b train b, validation/a held-out a, validation/b held-out b',
    'in no split 6, validation 2 held out',
  ),
  'train/a:3 train/b:3 test/unknown:4 val/a:1': (
    'train/a train a, train/b train b, test/unknown left-out, val/a held-out a',
    'train 6, test 4 left out: a class not trained on, val 1 held out',
  ),
  'train/a:3 train/b:3 unlabeled:4': (
    'train/a train a, train/b train b, unlabeled left-out',
    'train 6, unlabeled 4 left out: neither split nor class',
  ),
  'train/train/a:3 train/train/b:3 test/test:1': (
    'train/train/a train a, train/train/b train b, test/test left-out',
    'train 6, test 1 left out: no class',
  ),
  'train/train:5 test/test:2': (
    'train/train train, test/test held-out',
    'train 5, test 2 held out',
  ),
  'train/a:3 train/b:3 unlabeled:4 extra:1': (
    'train/a train a, train/b train b, unlabeled left-out, extra left-out',
    'train 6, extra 1 left out: neither split nor class, '
    'unlabeled 4 left out: neither split nor class',
  ),
  'a:1 b:1 c:1 train:2 test:1': (
    'a train a, b train b, c train c, train left-out, test left-out',
    'train 2 left out: neither split nor class, in no split 3, '
    'test 1 left out: no class',
  ),
  'train:5 test:2 val:1': (
    'train train, test held-out, val held-out',
    'train 5, test 2 held out, val 1 held out',
  ),
  'x/train:5 x/test:2': (
    'x/train train, x/test held-out',
    'train 5, test 2 held out',
  ),
  'seg_train/seg_train/a:3 seg_train/seg_train/b:3 seg_test/seg_test/a:2 '
  'seg_pred/seg_pred:2': (
    'seg_train/seg_train/a train a, seg_train/seg_train/b train b, '
    'seg_test/seg_test/a held-out a, seg_pred/seg_pred left-out',
    'seg_pred 2 left out: neither split nor class, seg_test 2 held out, '
    'seg_train 6',
  ),
  'train_256/a:3 train_256/b:3 val_256/a:1 test_256:2': (
    'train_256/a train a, train_256/b train b, val_256/a held-out a, '
    'test_256 left-out',
    'test_256 2 left out: no class, train_256 6, val_256 1 held out',
  ),
  'trainA:3 trainB:3 testA:1 testB:1': (
    'trainA train A, trainB train B, testA held-out A, testB held-out B',
    'train 6, test 2 held out',
  ),
  'train_mini/a:3 train_mini/b:3 val/a:2': (
    'train_mini/a train a, train_mini/b train b, val/a held-out a',
    'train_mini 6, val 2 held out',
  ),
  'images/a:3 images/b:3 masks/a:3 masks/b:3': (
    'images/a train a, images/b train b, masks/a left-out, masks/b left-out',
    'in no split 6, masks 6 left out: neither split nor class',
  ),
  'JPEGImages:3 SegmentationClass:3': (
    'JPEGImages train, SegmentationClass left-out',
    'in no split 3, SegmentationClass 3 left out: neither split nor class',
  ),
  'train/images:3 train/masks:3 val/images:2 val/masks:2': (
    'train/images train, train/masks left-out, val/images held-out, '
    'val/masks left-out',
    'train 3, masks 5 left out: neither split nor class, val 2 held out',
  ),
  'train/a:2 train/b:2': ('train/a train a, train/b train b', 'train 4'),
  'train/a:3 train/b:3 eval/a:1 Hold-Out/b:2': (
    'train/a train a, train/b train b, eval/a held-out a, Hold-Out/b held-out b',
    'train 6, Hold-Out 2 held out, eval 1 held out',
  ),
  'box_train/a:3 box_train/b:3 box_test/a:1 query:2': (
    'box_train/a train a, box_train/b train b, box_test/a held-out a, '
    'query left-out',
    'box_test 1 held out, box_train 6, query 2 left out: neither split nor class',
  ),
  'photos/a:3 photos/b:3 test/a:1': (
    'photos/a train a, photos/b train b, test/a held-out a',
    'photos 6, test 1 held out',
  ),
  'data_256/a:3 data_256/b:3 val_256/a:1 test_256:2': (
    'data_256/a train a, data_256/b train b, val_256/a held-out a, '
    'test_256 left-out',
    'data_256 6, test_256 2 left out: no class, val_256 1 held out',
  ),
  'val/a:2 val/b:2 test/a:1': (
    'val/a train a, val/b train b, test/a train a',
    'test 1, val 4; none is held out by name, as there is no train/',
  ),
}
"""Numbers in folders -> what is done with each, and what is said."""

CLASSES = {
  'a:1 b:1 c:1 train:2': 'a train a, b train b, c train c, train train train',
  'valid:3 invalid:3': 'valid train valid, invalid train invalid',
  'train/valid:3 train/invalid:3 test/valid:1': (
    'train/valid train valid, train/invalid train invalid, '
    'test/valid held-out valid'
  ),
  'train/train:3 train/car:3 test/train:1': (
    'train/train train train, train/car train car, test/train held-out train'
  ),
  'images:3 photos:3': 'images train images, photos train photos',
  'train_a:3 test_b:3': 'train_a train train_a, test_b train test_b',
  'mask:3 no_mask:3': 'mask train mask, no_mask train no_mask',
  'old_train:3 old_car:3': 'old_train train old_train, old_car train old_car',
  'training:2 latest:2 vale:1': (
    'training train training, latest train latest, vale train vale'
  ),
}
"""Layouts with a class that is called like a split."""

STRAYS = {
  '.:1 a:3 b:3': '. left-out, a train a, b train b',
  'x:1 x/a:3 x/b:3': 'x left-out, x/a train a, x/b train b',
  '.:2 a:3 b:3': '. left-out, a train a, b train b',
  '.:3 a:4 b:4': '. train, a train, b train',
  '.:9 a:50 b:50': '. left-out, a train a, b train b',
  '.:20 a:50 b:50': '. train, a train, b train',
  '.:1 train/a:3 train/b:3': '. left-out, train/a train a, train/b train b',
  '.:1 test/a:5 test/b:5': '. left-out, test/a train a, test/b train b',
}


@pytest.mark.parametrize('layout', LAYOUTS)
def test_splits_are_no_classes_and_it_is_said_what_is_done(layout):
  folders, said = LAYOUTS[layout]
  assert done(layout) == (expected(folders), said)


@pytest.mark.parametrize('layout', CLASSES)
def test_a_class_that_is_called_like_a_split_is_told_apart(layout):
  assert done(layout)[0] == expected(CLASSES[layout])


@pytest.mark.parametrize('layout', STRAYS)
def test_few_strays_do_not_take_the_classes_away(layout):
  assert done(layout)[0] == expected(STRAYS[layout])


def test_a_class_is_one_in_both_spellings_of_its_accents():
  """As a Mac has them and as others do."""
  layout = 'train/e\u0301:3 train/\xe9:2 train/b:3 val/e\u0301:1'
  found, _ = done(layout)
  assert {label for _, label in found.values()} == {'b', '\xe9'}
  assert found['val/e\u0301'] == ('held out', '\xe9')


def test_that_there_are_too_many_in_no_folder_is_said():
  assert done('.:20 a:50 b:50')[1] == '20 of 120 are in no folder'


@pytest.mark.parametrize(
  ('names', 'classes'),
  [
    (['00000/img00000007.png', '00012/img00012345.png'], ()),
    (['00000/00007.png', '12000/12345.png'], ()),
    (['00000/000000007.jpg', '00012/000120007.jpg'], ()),
    (['train-000000/a.jpg', 'train-000001/b.jpg'], ()),
    (['00000/000000007.jpg', '00012/000130007.jpg'], ('00000', '00012')),
    (['00000/00000.png', '00001/00000.png'], ('00000', '00001')),
    (['00000/00000_00001.ppm', '00001/00001_00001.ppm'], ('00000', '00001')),
  ],
)
def test_folders_of_a_thousand_files_each_are_no_classes(names, classes):
  assert class_labels.labelled(names).class_names == classes
