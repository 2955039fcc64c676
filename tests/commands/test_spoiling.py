"""Pictures that are spoiled on purpose."""

import numpy as np

from prune_dm_jax.commands import spoiling
from prune_dm_jax.data import planted_kinds

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (12, 5, 4, 1), np.uint8)
LABELS = np.arange(12) % 4


def test_a_blurred_pixel_is_the_mean_of_its_neighbourhood():
  got = planted_kinds.blurred(PICTURES)
  inner = PICTURES[3, 1:4, 0:3, 0].astype(float).mean().round()
  assert got[3, 2, 1, 0] == inner
  flat = np.full((1, 5, 4, 3), 77, np.uint8)
  np.testing.assert_array_equal(planted_kinds.blurred(flat), flat)


def test_each_way_spoils_what_it_says_and_nothing_else():
  others = PICTURES[::-1]
  found = spoiling.spoiled(PICTURES, LABELS, others, LABELS[::-1])
  assert all(len(p) == len(y) == 12 for p, y in found.values())
  classes = lambda name: set(found[name][1].tolist())
  assert classes('one class') == {0} and classes('half the classes') == {0, 2}
  pictures, labels = found['other labels']
  assert (pictures == PICTURES).all() and (labels != LABELS).all()
  np.testing.assert_array_equal(found['copied from training'][0], others)
  for name in ('one class', 'half the classes'):
    for picture, label in zip(*found[name], strict=True):
      same = (PICTURES == picture).all(axis=(1, 2, 3))
      assert LABELS[same.argmax()] == label


def test_the_table_has_a_row_a_metric():
  rows = [
    dict(spoiled='no', vendi=(2.0, 1.0, 3.0), kl=(None, None, None)),
    dict(spoiled='yes', vendi=(1.234567, None, None), kl=(0.5, 0, 1)),
  ]
  assert spoiling.turned(rows) == [
    dict(metric='vendi', no='2', yes='1.23'),
    dict(metric='kl', no='–', yes='0.5'),
  ]
