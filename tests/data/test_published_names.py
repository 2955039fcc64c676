"""Folders as published sets name them: splits, parts and letters are no classes."""

import pytest
from placement import done
from placement import expected

LAYOUTS = {
  'x/x/train/a:2 x/x/train/b:2 x/x/valid/a:1 test/a:1 test/c:1': (
    'x/x/train/a train a, x/x/train/b train b, x/x/valid/a held-out a, '
    'test/a held-out a, test/c left-out',
    'train 4, test 1 held out, test 1 left out: a class not trained on, '
    'valid 1 held out',
  ),
  'Set/train/a:2 Set/train/b:2 Set/val/a:1 set/train/a:2 set/val/a:1 test:1': (
    'Set/train/a train a, Set/train/b train b, Set/val/a held-out a, '
    'set/train/a left-out, set/val/a left-out, test left-out',
    'train 4, set 3 left out: neither split nor class, test 1 left out: no class, '
    'val 1 held out',
  ),
  'data_x/a:2 data_x/b:2 val_x:1': (
    'data_x/a train a, data_x/b train b, val_x left-out',
    'data_x 4, val_x 1 left out: no class',
  ),
  'in_old/a:2 in_old/b:2 in_evaluation/a:1': (
    'in_old/a train a, in_old/b train b, in_evaluation/a held-out a',
    'in_evaluation 1 held out, in_old 4',
  ),
  'our485/a:2 our485/b:2 eval15/a:1 eval15/b:1': (
    'our485/a train a, our485/b train b, eval15/a held-out a, eval15/b held-out b',
    'eval15 2 held out, our485 4',
  ),
  'XYZtrainval_06/a:2 XYZtrainval_06/b:1 XYZtest_06/a:1': (
    'XYZtrainval_06/a train a, XYZtrainval_06/b train b, XYZtest_06/a held-out a',
    'XYZtest_06 1 held out, XYZtrainval_06 3',
  ),
  'DogTrain:2 CatTrain:2 DogTest:1': (
    'DogTrain train Dog, CatTrain train Cat, DogTest held-out Dog',
    'Train 4, Test 1 held out',
  ),
  'TrainDog:2 TrainCat:2 TestDog:1': (
    'TrainDog train Dog, TrainCat train Cat, TestDog held-out Dog',
    'Train 4, Test 1 held out',
  ),
  'TrainStation:2 BusStation:2 TestCenter:2': (
    'TrainStation train TrainStation, BusStation train BusStation, '
    'TestCenter train TestCenter',
    '',
  ),
  'blood_draw/a:2 blood_test/b:2': (
    'blood_draw/a train blood_draw, blood_test/b train blood_test',
    '',
  ),
  'eval1:2 hat:2 cap:2': (
    'eval1 train eval1, hat train hat, cap train cap',
    '',
  ),
  'X1_images_part_1:2 X1_images_part_2:2': (
    'X1_images_part_1 train, X1_images_part_2 train',
    'X1_images_part_1/ and others are parts, no classes',
  ),
  'a/abbey:1 a/alley:2 b/bakery/shop:2 b/bakery/kitchen:1 b/bar/1:1 b/bar:1': (
    'a/abbey train abbey, a/alley train alley, b/bakery/shop train bakery/shop, '
    'b/bakery/kitchen train bakery/kitchen, b/bar/1 train bar, b/bar train bar',
    'a/ and others are letters, no classes',
  ),
  'A/Ann/x:1 A/Ada/x:1 B/Bo/y:1': (
    'A/Ann/x train Ann, A/Ada/x train Ada, B/Bo/y train Bo',
    'A/ and others are letters, no classes',
  ),
  'a/abbey:1 a/bakery:2 b/bar:2': (
    'a/abbey train a, a/bakery train a, b/bar train b',
    '',
  ),
  'A/A_1:1 A/A_2:2 B/B_1:2': (
    'A/A_1 train A, A/A_2 train A, B/B_1 train B',
    '',
  ),
}
"""Numbers in folders -> what is done with each, and what is said."""


@pytest.mark.parametrize('layout', LAYOUTS)
def test_what_a_published_set_means_is_understood_and_said(layout):
  folders, said = LAYOUTS[layout]
  assert done(layout) == (expected(folders), said)
