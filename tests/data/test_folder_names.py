"""Folders whose names say more than one thing, or nothing."""

import pytest
from placement import done
from placement import expected

LAYOUTS = {
  'a_train:2 b_train:2 a_test:1': (
    'a_train train a, b_train train b, a_test held-out a',
    'train 4, test 1 held out',
  ),
  'train-a:2 train-b:2 val-b:1': (
    'train-a train a, train-b train b, val-b held-out b',
    'train 4, val 1 held out',
  ),
  '01_train/a:1 01_train/b:1 02_test/a:1': (
    '01_train/a train a, 01_train/b train b, 02_test/a held-out a',
    '01_train 2, 02_test 1 held out',
  ),
  'train.X1/a:1 train.X2/b:1 val.X/a:1': (
    'train.X1/a train a, train.X2/b train b, val.X/a held-out a',
    'train.X1 1, train.X2 1, val.X 1 held out',
  ),
  'train1:2 train2:2': ('train1 train train1, train2 train train2', ''),
  'train:2 train_masks:2 test:1': (
    'train train, train_masks left-out, test held-out',
    'train 2, test 1 held out, train_masks 2 left out: neither split nor class',
  ),
  'train_images:2 train_masks:2 val_images:2 val_masks:1': (
    'train_images train, train_masks left-out, val_images held-out, '
    'val_masks left-out',
    'train 2, masks 3 left out: neither split nor class, val 2 held out',
  ),
  'x:3': ('x train', 'x/ is around all, and no class'),
  'x:9 x/y:9': (
    'x train, x/y train',
    'x/ is around all, and no class; 9 of 18 are in no folder',
  ),
  'train/x:3 test/x:1 test:1': (
    'train/x train, test/x held-out, test held-out',
    'train 3, test 2 held out; x/ is around all, and no class',
  ),
  'train/good:3 test/good:1 test/torn:1': (
    'train/good train good, test/good held-out good, test/torn left-out',
    'train 3, test 1 held out, test 1 left out: a class not trained on',
  ),
  'label=a:2 label=b:2': (
    'label=a train a, label=b train b',
    'folders are called label=',
  ),
  'split=train/Class=a:2 split=train/Class=b%20c:2 split=val/Class=a:1': (
    'split=train/Class=a train a, split=train/Class=b%20c train b-c, '
    'split=val/Class=a held-out a',
    'train 4, val 1 held out; folders are called split= and class=',
  ),
  'x/label=a/split=train/y=0:2 x/label=b/split=train/y=1:2 '
  'x/label=b/split=test/y=1:2': (
    'x/label=a/split=train/y=0 train a, x/label=b/split=train/y=1 train b, '
    'x/label=b/split=test/y=1 held-out b',
    'train 4, test 2 held out; folders are called split= and label=',
  ),
  'fold1/a:2 fold1/b:2 fold2/a:1': (
    'fold1/a train a, fold1/b train b, fold2/a train a',
    'fold1/ and others are parts, no classes',
  ),
  'train/x_part_1/a:2 train/x_part_2/b:2 test/a:1': (
    'train/x_part_1/a train a, train/x_part_2/b train b, test/a held-out a',
    'train 4, test 1 held out; x_part_1/ and others are parts, no classes',
  ),
  'images_001/images:2 images_002/images:2': (
    'images_001/images train, images_002/images train',
    'images_001/ and others are parts, no classes',
  ),
  'Part_1:2 Part_2:2': ('Part_1 train Part_1, Part_2 train Part_2', ''),
  'fold_1:2 fold_2:2': (
    'fold_1 train, fold_2 train',
    'fold_1/ and others are parts, no classes',
  ),
  'caf\u00e9_part_1/a:2 cafe\u0301_part_2/b:2': (
    'caf\u00e9_part_1/a train a, cafe\u0301_part_2/b train b',
    'caf\u00e9_part_1/ and others are parts, no classes',
  ),
  'recycled:2 organic:2': (
    'recycled train recycled, organic train organic',
    '',
  ),
  'a:2 b:2 all/a:5 all/b:5': (
    'a train a, b train b, all/a train all, all/b train all',
    '',
  ),
  '1/1:2 2/1:2 3/1:2 3/2:2': (
    '1/1 train 1, 2/1 train 2, 3/1 train 3, 3/2 train 3',
    '',
  ),
  'x_train:4 x_test:2 query:2 gt:2': (
    'x_train train, x_test held-out, query left-out, gt left-out',
    'gt 2 left out: neither split nor class, query 2 left out: neither split nor '
    'class, x_test 2 held out, x_train 4',
  ),
  'part1:2 fold2:2': ('part1 train part1, fold2 train fold2', ''),
  'a:2 b:2 pets/a:2 pets/b:2': (
    'a train a, b train b, pets/a left-out, pets/b left-out',
    'pets/ holds folders of classes again',
  ),
  'a/b:2 a/c:1 b/a:2 b/c:1 c/a:1 c/b:1': (
    'a/b train a, a/c train a, b/a train b, b/c train b, c/a train c, c/b train c',
    '',
  ),
  '2019/a:2 2019/b:2 2020/a:1 2020/b:1': (
    '2019/a train 2019, 2019/b train 2019, 2020/a train 2020, 2020/b train 2020',
    'each class holds a/, b/ alike; if these are the classes, a metadata.csv can '
    'say so',
  ),
  'a/x:2 a:1 b/x:1 b:2': ('a/x train a, a train a, b/x train b, b train b', ''),
  'Cat:2 cat:2 dog_a:1 Dog__A:1 10:1 1_0:1 A:1 A_:1': (
    'Cat train Cat, cat train cat, dog_a train dog_a, Dog__A train Dog__A, '
    '10 train 10, 1_0 train 1_0, A train A, A_ train A_',
    "'Cat' and 'cat' are two classes; 'Dog__A' and 'dog_a' are two classes",
  ),
  'Training/a:2 Training/b:2 PublicTest/a:1 PrivateTest/b:1': (
    'Training/a train a, Training/b train b, PublicTest/a held-out a, '
    'PrivateTest/b held-out b',
    'Training 4, PrivateTest 1 held out, PublicTest 1 held out',
  ),
  'train/a:2 train/b:2 val_seen/a:1 ood_val/b:1 extra/a:1 extra/b:1': (
    'train/a train a, train/b train b, val_seen/a held-out a, '
    'ood_val/b held-out b, extra/a left-out a, extra/b left-out b',
    'train 4, extra 2 left out: neither split nor class, ood_val 1 held out, '
    'val_seen 1 held out',
  ),
  'train/a:2 train/b:2 synthetic/a:1 synthetic/b:1 extra/a:1': (
    'train/a train a, train/b train b, synthetic/a left-out a, '
    'synthetic/b left-out b, extra/a left-out a',
    'train 4, extra 1 left out: neither split nor class, '
    'synthetic 2 left out: neither split nor class',
  ),
  'train:2 testA:1 test10k:1': (
    'train train, testA held-out, test10k held-out',
    'train 2, test10k 1 held out, testA 1 held out',
  ),
  'train:2 test1:1 test2:1': (
    'train train, test1 held-out, test2 held-out',
    'train 2, test1 1 held out, test2 1 held out',
  ),
  'train/a:2 train/b:2 val/a:1 test_a/b:1 other:1': (
    'train/a train a, train/b train b, val/a held-out a, test_a/b held-out b, '
    'other left-out',
    'train 4, other 1 left out: neither split nor class, test_a 1 held out, '
    'val 1 held out',
  ),
  'train:2 train_2:2 test:1': (
    'train train, train_2 train, test held-out',
    'train 2, test 1 held out, train_2 2',
  ),
  'test1:2 test2:2': ('test1 train test1, test2 train test2', ''),
  'train:2 trainpics:1 val:1 valpics:1': (
    'train train, trainpics left-out, val held-out, valpics left-out',
    'train 2, trainpics 1 left out: neither split nor class, val 1 held out, '
    'valpics 1 left out: neither split nor class',
  ),
  'train:2 car:2 test_tube:2': (
    'train train train, car train car, test_tube train test_tube',
    'train/ is a class, as it holds pictures beside other such folders',
  ),
  'train/front:2 car/front:2 bus/front:2': (
    'train/front train train, car/front train car, bus/front train bus',
    'train/ is a class, as it holds pictures beside other such folders',
  ),
  'data/train/a:2 data/train/b:2 data/val/a:1 results:2 docs/x/y:1 .:1': (
    'data/train/a train a, data/train/b train b, data/val/a held-out a, '
    'results left-out, docs/x/y left-out, . left-out',
    'train 4, docs 1 left out: neither split nor class, '
    'results 2 left out: neither split nor class, val 1 held out',
  ),
  'a/train:2 a/val:1 b:2': (
    'a/train train a, a/val held-out a, b train b',
    'train 2, in no split 2, val 1 held out',
  ),
  'y=0:2 y=1:2': ('y=0 train y=0, y=1 train y=1', ''),
}
"""Numbers in folders -> what is done with each, and what is said."""


@pytest.mark.parametrize('layout', LAYOUTS)
def test_what_a_name_says_is_understood_and_said(layout):
  folders, said = LAYOUTS[layout]
  assert done(layout) == (expected(folders), said)
