"""Masks that lie beside their pictures are none, be they files or folders."""

import pytest
from photographs import jpeg
from placement import done
from trees import folder
from trees import tarred
from trees import zipped

from prune_dm_jax.data import image_folder
from prune_dm_jax.data.labels import class_labels
from prune_dm_jax.data.labels import masks

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


NAMED = {
  'img_*.jpg': 'img_*_mask.png',
  '*_sat.jpg': '*_mask.png',
  'x/*_colors.png': 'x/*_depth.png',
}
"""Pictures -> masks of some; a * is a number."""


@pytest.mark.parametrize('picture', NAMED)
def test_pictures_may_have_words_of_their_own(picture):
  pictures = [picture.replace('*', str(i)) for i in range(8)]
  masked = [NAMED[picture].replace('*', str(i)) for i in range(5)]
  assert masks.of_files([*pictures, *masked]) == {*masked}


@pytest.mark.parametrize('kind', [folder, zipped, tarred])
def test_of_names_that_are_there_as_jpg_and_png_the_first_is_taken(
  kind, tmp_path
):
  names = [f'{c}/{i}.jpg' for c in 'ab' for i in range(4)]
  again = [name.replace('jpg', 'png') for name in names[:-1]]
  files = {name: jpeg(i) for i, name in enumerate((*names, *again))}
  source = image_folder.open_folder(kind(tmp_path, files))
  assert source.keys == tuple(names)
  assert source.aside == dict.fromkeys(again, masks.TWICE)
  assert not masks.twice([*names, *again[:3]])
  assert not masks.twice(names)


def test_masks_may_be_numbered_as_their_pictures_are():
  pictures = [f'x/img_{i}.png' for i in range(4)]
  masked = [f'x/mask_{i}.png' for i in range(4)]
  assert masks.of_files([*pictures, *masked]) == {*masked}
  assert not masks.of_files([f'y/img_{i}.png' for i in range(4)] + masked)


FOLDERS = (
  'rgb:4 depth!:4', 'input:4 mask!:4', 'Original:4 Ground_Truth!:4',
  'images:4 ground_truth_mask!:4', 'images:4 masks_png!:4',
  'images:4 mask_images!:4', 'images:4 masks!:4 overlays!:4',
  'images:4 alpha!:4', 'imagesTr:4 labelsTr!:4',
  'A-TR-Image:4 A-TR-Mask!:4', 'train_images:4 train_masks!:4',
  'train_images:4 train_masks!:2', 'JPEGImages:9 SegmentationClass!:3',
  'train:4 trainannot!:4 val:4 valannot!:4 test:4 testannot!:4',
  'train/rgb:4 train/depth!:4 val/rgb:3 val/depth!:3',
  'photos/cat:4 photos/dog:3 masks!/cat:4 masks!/dog:3',
)  # fmt: skip
"""Layouts in which folders with a ! are of masks."""


@pytest.mark.parametrize('layout', FOLDERS)
def test_a_folder_of_masks_has_the_files_of_one_other(layout):
  found, _ = done(layout.replace('!', ''))
  for part in layout.split():
    what, _ = found[part.replace('!', '').split(':')[0]]
    assert (what == 'left out') == ('!' in part)
  assert {label for _, label in found.values()} <= {'', 'cat', 'dog'}


CLASSES = (
  'mustang:4 mustang_gt:4 camaro:4', 'mustang:9 mustang_gt:4 camaro:6',
  'train/face:4 train/face_mask:4 train/hat:4', 'boxes:4 bags:4',
  'alpha:4 beta:4', 'with_mask:4 without_mask:4', 'hat:4 ski_mask:4 gas_mask:4', 'mask:4 face:9 hat:6', 'Mask:4 NoMask:4', 'front:4 label:4',
  'cat/mask:4 cat/a:4 cat/b:4 dog/mask:4 dog/a:4 dog/b:4',
)  # fmt: skip


@pytest.mark.parametrize('layout', CLASSES)
def test_classes_that_are_numbered_alike_are_no_masks(layout):
  found, _ = done(layout)
  assert {what for what, _ in found.values()} == {'train'}
  assert all(label in folder for folder, (_, label) in found.items())


@pytest.mark.parametrize('other', ['face_mask', 'face gt', 'face_label'])
def test_a_class_has_files_of_its_own_whatever_it_is_called(other):
  for n in (2, 8):
    names = [f'face/p{i}.png' for i in range(n)]
    names += [f'{other}/q{i}.png' for i in range(n)]
    found = class_labels.labelled(names)
    assert found.class_names == tuple(sorted(('face', other)))
    assert not found.left_out


def at_random(layout):
  """'a/*.png b/*_L.png!' -> names of pictures, of masks; * is no mere count."""
  numbers = ('1_4', '7_19', '23_2', '8_51')
  those = [[part.replace('*', n) for n in numbers] for part in layout.split()]
  masked = [n[:-1] for part in those for n in part if n.endswith('!')]
  return [n for part in those for n in part if not n.endswith('!')], masked


BY_NAME = (
  'train/*.png test/t*.png train_labels/*_L.png! test_labels/t*_L.png!',
  'train/image_2/*.png train/semantic/*.png! train/x/*.png! test/image_2/t*.png',
  'images/*_training.tif 1st_manual/*_manual1.gif!',
  'c_images/a/*.jpg c_images/b/b*.jpg segmentations/a/*.png! segmentations/b/b*.png!',
  'c/images/a/*.jpg c/images/b/b*.jpg segmentations/a/*.png!',
  'train/*.jpg val/v*.jpg annotations/x_train/*.png! annotations/x_val/v*.png!',
  'train/*.jpg val/v*.jpg maps/train/*.png! maps/val/v*.png!',
  'Input/*.jpg Task_GroundTruth/*_segmentation.png!',
  'train/image/*.png train/conditioning_image/*.png!',
)
"""Layouts with a ! behind masks."""


@pytest.mark.parametrize('layout', BY_NAME)
def test_where_files_have_names_the_same_names_say_more(layout):
  pictures, masked = at_random(layout)
  found = class_labels.labelled([*pictures, *masked])
  assert {*found.left_out} == {*masked}
  assert found.class_names in ((), ('a', 'b'))


OF_CLASSES = ('images/*.png cat/c*.png dog/d*.png', 'cat/*.png dog/*.png')


@pytest.mark.parametrize('layout', OF_CLASSES)
def test_the_same_names_in_classes_say_nothing(layout):
  found = class_labels.labelled(at_random(layout)[0])
  assert not found.left_out and len(found.class_names) > 1
