"""What files hold: hash, size and colour, without decoding them."""

import io

import numpy as np
import pytest
from PIL import Image

from prune_dm_jax.data import decode
from prune_dm_jax.data import npz
from prune_dm_jax.data import survey


class InMemory:
  """A Source of the bytes of files."""

  def __init__(self, *files):
    self.files, self.keys = files, tuple(map(str, range(len(files))))

  def __len__(self):
    return len(self.files)

  def data(self, i):
    return self.files[i]


def file(mode='RGB', kind='PNG', **options):
  image = np.random.default_rng(0).integers(0, 256, (5, 3, 3), np.uint8)
  saved = io.BytesIO()
  picture = Image.fromarray(image)
  if mode == 'I;16':
    picture = Image.fromarray(image[..., 0] * np.uint16(257))
  picture.convert(mode).save(saved, kind, **options)
  return saved.getvalue()


@pytest.mark.parametrize('orientation', range(1, 9))
def test_the_size_is_that_of_the_decoded_picture(orientation):
  exif = Image.Exif()
  exif[decode.ORIENTATION] = orientation
  data = file(kind='JPEG', exif=exif)
  (found,) = survey.of_source(InMemory(data))
  assert found.size == decode.picture(data).shape[:2]


@pytest.mark.parametrize(
  ('mode', 'grey'),
  [('L', True), ('1', True), ('LA', True), ('I;16', True), ('RGB', False),
   ('RGBA', False), ('P', False)],
)  # fmt: skip
def test_a_picture_is_grey_by_its_mode(mode, grey):
  data = file(mode)
  (found,) = survey.of_source(InMemory(data))
  assert found.grey == grey
  if grey:
    assert np.ptp(decode.picture(data), axis=2).max() == 0


@pytest.mark.parametrize('kind', ['GIF', 'PNG', 'BMP', 'TIFF'])
def test_a_palette_of_greys_is_grey(kind):
  for mode in ('L', 'P'):
    data = file(mode, kind)
    (found,) = survey.of_source(InMemory(data))
    assert found.grey == (mode == 'L')
    assert (np.ptp(decode.picture(data), axis=2).max() == 0) == found.grey


def test_one_byte_is_another_digest_and_what_is_no_picture_has_no_size():
  data = file()
  found = [survey.of_source(InMemory(d)) for d in (data, data + b'1', b'text')]
  digests = {survey.digest(one, ['a']) for one in found}
  assert len(digests) == 3 and found[2][0].size == ()


def test_every_file_is_said_once_in_order():
  files, said = [bytes([i]) for i in range(200)], []
  found = survey.of_source(InMemory(*files), say=said.append)
  assert len({one.digest for one in found}) == said[-1] == 200
  assert survey.repeated(found + found[:1]) == [(200, 0)]


@pytest.mark.parametrize('save', [np.savez, np.savez_compressed])
def test_an_array_of_an_npz_is_in_place_if_it_is_not_packed(save, tmp_path):
  array = np.asfortranarray(np.arange(6).reshape(2, 3))
  save(tmp_path / 'a.npz', first=np.ones(3), second=array)
  found = npz.array(tmp_path / 'a.npz', 'second')
  np.testing.assert_array_equal(found, array)
  assert isinstance(found, np.memmap) == (save is np.savez)
