"""ImageNet, as a small set in each published layout."""

import io
import pickle
import tarfile

import damage
import numpy as np
import pyarrow.parquet as pq
import pytest
from layouts import IMAGENET
from layouts import SYNSETS
from layouts import array_record
from layouts import image_folder_tree
from layouts import imagenet as pictures
from layouts import kaggle
from layouts import parquet
from layouts import prepared
from layouts import tar
from layouts import tar_of_tars
from photographs import jpeg
from photographs import put
from PIL import Image

from prune_dm_jax.data import imagenet

KEYS = [f'{split}/{name[:-5]}' for split, _, name, _ in pictures()]


@pytest.fixture(scope='module', params=IMAGENET)
def layout(request, tmp_path_factory):
  """The name of a layout, and where a set of it is."""
  folder = tmp_path_factory.mktemp('imagenet')
  return request.param, IMAGENET[request.param](folder)


@pytest.fixture(scope='module')
def opened(layout):
  return imagenet.open_imagenet(layout[1])


def test_the_layout_is_recognised(layout, opened):
  assert opened.layout == layout[0] and not opened.bad


def test_keys_are_the_same_in_every_layout(opened):
  assert opened.keys == tuple(sorted(KEYS))


def test_labels_are_places_among_the_sorted_synsets(opened):
  assert opened.class_names == SYNSETS
  expected = {key: i % 3 for i, key in enumerate(KEYS)}
  assert opened.labels.tolist() == [expected[key] for key in opened.keys]


def test_official_validation_is_held_out(opened):
  named = [key.startswith('val/') for key in opened.keys]
  assert opened.held_out.tolist() == named and sum(named) == 6


def test_pictures_are_those_that_were_put_there(opened):
  data = dict(zip(KEYS, (row[-1] for row in pictures()), strict=True))
  for i, key in enumerate(opened.keys):
    expected = np.asarray(Image.open(io.BytesIO(data[key])))
    np.testing.assert_array_equal(opened.image(i), expected)


def test_a_worker_sees_the_same_pictures(opened):
  other = pickle.loads(pickle.dumps(opened))
  np.testing.assert_array_equal(other.image(3), opened.image(3))


def test_nothing_is_written_where_the_data_is(layout, opened):
  before = sorted(layout[1].rglob('*'))
  opened.image(0)
  imagenet.open_imagenet(layout[1])
  assert sorted(layout[1].rglob('*')) == before


def test_the_fingerprint_is_the_same_when_opened_again(layout, opened):
  again = imagenet.open_imagenet(layout[1])
  assert again.fingerprint == opened.fingerprint


def test_layouts_of_single_files_have_one_fingerprint(tmp_path):
  prints = set()
  for name in ('ImageFolder, train/ and val/', 'Kaggle, CLS-LOC',
               'the tar of tars', 'TFDS, ArrayRecord'):  # fmt: skip
    (folder := tmp_path / name[:5]).mkdir()
    prints.add(imagenet.open_imagenet(IMAGENET[name](folder)).fingerprint)
  assert len(prints) == 1


def test_a_file_of_another_size_is_another_fingerprint(tmp_path):
  path = image_folder_tree(tmp_path)
  before = imagenet.open_imagenet(path).fingerprint
  put(path, {'train/n01440764/n01440764_10026.JPEG': jpeg(30)})
  assert imagenet.open_imagenet(path).fingerprint != before


def test_without_validation_none_is_held_out_by_the_set(tmp_path):
  path = tar_of_tars(tmp_path)
  (path / 'LOC_val_solution.csv').unlink()
  found = imagenet.open_imagenet(path / 'ILSVRC2012_img_train.tar')
  assert len(found) == 12 and not found.held_out.any()


def test_what_has_no_class_is_bad_by_name(tmp_path):
  name = 'ILSVRC2012_val_00049999.JPEG'
  flat = put(
    kaggle(tmp_path / 'b'), {f'ILSVRC/Data/CLS-LOC/val/{name}': jpeg(0)}
  )
  assert imagenet.open_imagenet(flat).bad == {
    f'val/{name}': 'not in LOC_val_solution.csv'
  }


def test_a_number_in_two_classes_is_neither(tmp_path):
  twice = {'train/n02979186/n01440764_10026.JPEG': jpeg(0)}
  found = imagenet.open_imagenet(put(image_folder_tree(tmp_path), twice))
  assert found.bad == {'train/n01440764_10026': 'its key is there twice'}
  assert 'train/n01440764_10026' not in found.keys and len(found) == 17


def test_numbers_that_tell_no_pictures_apart_give_way_to_paths(tmp_path):
  one, two = 'train/n01440764/n01440764_1', 'train/n02979186/n02979186_'
  val, other = 'val/n01440764/ILSVRC2012_val_0000000', 'validation/n01440764/'
  keys = {
    f'{one}.JPEG': 'train/n01440764_1',
    f'{one}_flip.JPEG': f'{one}_flip.JPEG',
    **{f'{two}0_{i}.JPEG': f'{two}0_{i}.JPEG' for i in range(2)},
    **{f'{two}1.{end}': f'{two}1.{end}' for end in ('JPEG', 'png')},
    f'{two}2_n02979186.JPEG': 'train/n02979186_2',
    f'{val}1.JPEG': 'val/ILSVRC2012_val_00000001',
    f'{val}2_crop.JPEG': f'{val}2_crop.JPEG',
    'val/n02979186/ILSVRC2012_val_00000002_crop.JPEG': '',
    f'{other}ILSVRC2012_val_00000001.JPEG': 'validation/ILSVRC2012_val_00000001',
  }
  found = imagenet.open_imagenet(
    put(tmp_path, {name: jpeg(i) for i, name in enumerate(keys)})
  )
  assert found.keys == tuple(sorted(key or name for name, key in keys.items()))
  assert not found.bad and found.held_out.sum() == 4


def test_links_and_paths_out_of_a_tar_are_refused(tmp_path):
  inner = tar(
    {'n01440764_1.JPEG': jpeg(0), '../evil.JPEG': jpeg(1), '/e.JPEG': jpeg(2)}
  )
  file = io.BytesIO()
  with tarfile.open(fileobj=file, mode='w') as archive:
    link = tarfile.TarInfo('n01440764_2.JPEG')
    link.type, link.linkname = tarfile.SYMTYPE, '/etc/passwd'
    archive.addfile(link)
  outer = {'n01440764.tar': inner, 'n02979186.tar': file.getvalue()}
  path = put(tmp_path, {'ILSVRC2012_img_train.tar': tar(outer)})
  found = imagenet.open_imagenet(path)
  assert found.keys == ('train/n01440764_1',)
  assert found.bad == {
    'train/n01440764/../evil.JPEG': 'a path that leads out of the archive',
    'train/n01440764//e.JPEG': 'an absolute path',
    'train/n02979186/n01440764_2.JPEG': 'a link',
  }


def torn_tar(folder):
  path = tar_of_tars(folder) / 'ILSVRC2012_img_train.tar'
  path.write_bytes(path.read_bytes()[:20_000])


def torn_parquet(folder):
  file = parquet(folder) / 'data/train-00000-of-00001.parquet'
  file.write_bytes(file.read_bytes()[:-9])


def other_parquet(folder):
  file = parquet(folder) / 'data/train-00000-of-00001.parquet'
  pq.write_table(pq.read_table(file).rename_columns(['png', 'label']), file)


def nothing(folder):
  (folder / 'notes.txt').write_text('no picture')


WRONG = {
  torn_tar: 'a torn .tar',
  torn_parquet: 'not a Parquet file, or a torn one',
  other_parquet: 'its pictures are in the column image, but png in',
  nothing: 'no ImageNet here; known are TFDS, ArrayRecord; Hugging Face',
}


@pytest.mark.parametrize('make', WRONG)
def test_what_is_no_imagenet_is_one_sentence(make, tmp_path):
  make(tmp_path)
  with pytest.raises(ValueError, match=WRONG[make]):
    imagenet.open_imagenet(tmp_path)


def test_a_damaged_group_of_parquet_is_bad_and_not_the_end(tmp_path):
  path = parquet(tmp_path)
  file = path / 'data/train-00000-of-00001.parquet'
  data = bytearray(file.read_bytes())
  data[600:700] = bytes(100)
  file.write_bytes(data)
  found = imagenet.open_imagenet(path)
  assert 0 < len(damage.bad(found)) < len(found)


def test_damaged_records_are_bad_and_the_others_are_not(tmp_path):
  path = array_record(tmp_path)
  (file,) = path.rglob('*-train.array_record-*')
  data = bytearray(file.read_bytes())
  for i in range(9000, 9100):
    data[i] ^= 255
  file.write_bytes(data)
  found = imagenet.open_imagenet(path)
  assert set(found.bad.values()) == {'damaged in its ArrayRecord'}
  assert len(found.bad) + len(found) == 18 and not damage.bad(found)


def test_tfrecord_is_refused_with_what_would_do(tmp_path):
  info = next(array_record(tmp_path).rglob('dataset_info.json'))
  text = info.read_text().replace('array_record', 'tfrecord')
  info.write_text(text)
  with pytest.raises(ValueError, match="with file_format='array_record'"):
    imagenet.open_imagenet(tmp_path / 'imagenet2012')


def test_records_without_names_are_numbered(tmp_path):
  import tensorflow_datasets as tfds

  features = {
    'image': tfds.features.Image(),
    'label': tfds.features.Scalar(np.int64),
  }
  examples = {
    i: {'image': io.BytesIO(jpeg(i)), 'label': i % 2} for i in range(4)
  }
  path = prepared(tmp_path, 'mine', '1.0.0', features, {'train': examples})
  found = imagenet.open_imagenet(path)
  assert found.keys == tuple(f'train/{i:07d}' for i in range(4))
  assert found.class_names == ('0', '1')
