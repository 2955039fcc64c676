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


def test_one_name_that_happens_to_end_so_among_many_is_a_picture(tmp_path):
  names = [f'{i}.jpg' for i in range(30)]
  names += ['ford_mustang.jpg', 'ford_mustang_gt.jpg', 'halloween mask.jpg']
  source = image_folder.open_folder(
    folder(tmp_path, {name: jpeg(i) for i, name in enumerate(names)})
  )
  assert len(source.keys) == 33 and not source.left_out


def test_what_a_table_names_is_a_picture_whatever_it_is_called(tmp_path):
  names = [f'{i}{end}.jpg' for i in range(9) for end in ('', '_label')]
  rows = ''.join(f'{n},{"b" if "_" in n else "a"}\n' for n in names)
  files = {name: jpeg(i) for i, name in enumerate(names)}
  files['metadata.csv'] = f'file_name,label\n{rows}'.encode()
  source = image_folder.open_folder(folder(tmp_path, files))
  assert len(source.keys) == 18 and not source.bad
  assert source.class_names == ('a', 'b')
