"""What is planted: how many, where, and what is left as it was."""

import io

import numpy as np
import pytest
from PIL import Image

from prune_dm_jax.data import planted
from prune_dm_jax.data import planted_kinds
from prune_dm_jax.data.planted_kinds import KINDS
from prune_dm_jax.data.planted_kinds import TWINS

LABELS = np.repeat([0, 1, 2], [40, 30, 30]).astype(np.int32)
ROWS = np.arange(100) * 2
EACH = 3


def planned(kinds=tuple(KINDS), seed=0):
  return planted.plan(ROWS, LABELS, kinds=kinds, each=EACH, seed=seed)


class Grey:
  """A source of 200 pictures, every second of LABELS."""

  def __init__(self):
    rng = np.random.default_rng(0)
    self.pictures = rng.integers(0, 256, (200, 9, 8, 1), np.uint8)
    self.keys = [f'of {i}' for i in range(200)]
    self.labels = np.repeat(LABELS, 2)

  def image(self, i):
    return self.pictures[i]


def test_each_kind_is_planted_as_often_as_it_says_and_nothing_is_used_twice():
  found = planned()
  for kind in KINDS:
    assert (found.kind == kind).sum() == EACH
  twins = np.isin(found.kind, TWINS)
  assert len(set(found.of[~twins])) == (~twins).sum()
  assert len(set(found.of[twins])) == len(TWINS) * EACH
  rare = set(LABELS[found.of[found.kind == 'rare class'] // 2])
  (rare,) = rare
  assert (LABELS[found.of // 2] == rare).sum() == EACH
  left_out = (LABELS == rare).sum() - EACH
  assert len(found.of) == 100 - left_out + len(TWINS) * EACH
  originals = found.kind[planted.partners(found)[:, 1]]
  assert (originals == '').all()


def test_labels_are_wrong_where_they_are_planted_and_nowhere_else():
  found = planned()
  wrong = found.label != LABELS[found.of // 2]
  np.testing.assert_array_equal(wrong, found.kind == 'wrong label')


def test_another_label_is_of_any_other_class():
  rng = np.random.default_rng(0)
  drawn = {int(planted.another(LABELS, 1, rng)) for _ in range(99)}
  assert drawn == {0, 2}


def test_a_seed_plants_the_same_and_another_does_not():
  for first, again in zip(planned(), planned(), strict=True):
    np.testing.assert_array_equal(first, again)
  assert (planned().kind != planned(seed=1).kind).any()


def test_files_hold_what_the_table_says_and_the_source_is_as_it_was(tmp_path):
  source, found = Grey(), planned()
  before = source.pictures.copy()
  other = np.full((5, 6, 3), 9, np.uint8)
  planted.write(tmp_path, found, source, lambda rng: other, seed=0)
  np.testing.assert_array_equal(source.pictures, before)
  head, *lines = (tmp_path / planted.TABLE).read_text().splitlines()
  columns = head.split('\t')
  rows = [dict(zip(columns, s.split('\t'), strict=True)) for s in lines]
  assert [row['kind'] for row in rows] == found.kind.tolist()
  file = lambda i: (tmp_path / planted.PICTURES / rows[i]['key']).read_bytes()
  picture = lambda i: np.array(Image.open(io.BytesIO(file(i))))[..., None]
  for i, row in enumerate(rows):
    own = source.pictures[source.keys.index(row['of'])]
    as_it_was = row['kind'] in ('', 'byte twin', 'wrong label', 'rare class')
    assert (picture(i) == own).all() == as_it_was
    assert f'class-{int(row["label"]):03d}/' in row['key']
    if row['kind'] in ('blank', 'foreign'):
      assert len(np.unique(picture(i))) == 1
  for twin, of in planted.partners(found):
    assert rows[twin]['of'] == rows[of]['of']
    assert (file(twin) == file(of)) == (rows[twin]['kind'] == 'byte twin')


def test_a_flip_is_undone_by_a_flip_and_a_shift_moves_by_a_pixel():
  picture = Grey().image(0)
  flip, shift = planted_kinds.flipped, planted_kinds.shifted
  np.testing.assert_array_equal(
    flip(flip(picture, None, None), None, None), picture
  )
  got = shift(picture, None, None)
  np.testing.assert_array_equal(got[:, 1:], picture[:, :-1])


def test_without_classes_no_kind_is_of_them():
  found = planted.possible(tuple(KINDS), np.full(5, -1))
  assert set(KINDS) - {*found} == {'wrong label', 'rare class'}
  assert planted.possible(tuple(KINDS), LABELS) == tuple(KINDS)
  assert planted.key(3, -1) == '0000003.png'


def test_too_few_pictures_are_refused():
  with pytest.raises(ValueError, match='too few for 12 of each of 10 kinds'):
    planted.plan(ROWS, LABELS, kinds=tuple(KINDS), each=12, seed=0)
  with pytest.raises(ValueError, match='no class has more than 40 pictures'):
    planted.plan(ROWS, LABELS, kinds=('rare class',), each=40, seed=0)
