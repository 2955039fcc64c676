"""Masks that lie beside their pictures are none."""

import pytest
from photographs import jpeg
from trees import folder
from trees import tarred
from trees import zipped

from prune_dm_jax.data import image_folder

PICTURES = (
  'a/1 (1).jpg',
  'a/2.jpg',
  'b/3.jpg',
  'b/with_mask.jpg',
  'b/mask.jpg',
)
MASKS = ('a/1 (1)_mask.jpg', 'a/1 (1)_mask_1.jpg', 'a/2.seg.jpg', 'b/3-GT.png')


@pytest.mark.parametrize('kind', [folder, zipped, tarred])
def test_a_mask_is_named_after_a_picture_of_its_folder(kind, tmp_path):
  files = {name: jpeg(i) for i, name in enumerate((*PICTURES, *MASKS))}
  source = image_folder.open_folder(kind(tmp_path, files))
  assert source.keys == tuple(sorted(PICTURES)) and not source.bad
  ((why, count),) = source.left_out.items()
  assert why == 'a mask of the picture that it is named after'
  assert count.number == len(MASKS)
  assert count.bytes == sum(len(files[name]) for name in MASKS)
  assert source.aside == dict.fromkeys(MASKS, why)
