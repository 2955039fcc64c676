"""A picture is grey by what its file says."""

import io

import numpy as np
import pytest
from PIL import Image

from prune_dm_jax.data import contents
from prune_dm_jax.data import contents_file
from prune_dm_jax.data import decode
from prune_dm_jax.data import image_folder


def file(mode='RGB', kind='PNG'):
  image = np.random.default_rng(0).integers(0, 256, (5, 3, 3), np.uint8)
  saved = io.BytesIO()
  picture = Image.fromarray(image)
  if mode == 'I;16':
    picture = Image.fromarray(image[..., 0] * np.uint16(257))
  picture.convert(mode).save(saved, kind)
  return saved.getvalue()


@pytest.mark.parametrize(
  ('mode', 'channels'),
  [('L', 1), ('1', 1), ('LA', 1), ('I;16', 1), ('RGB', 3), ('RGBA', 3),
   ('P', 3)],
)  # fmt: skip
def test_a_picture_is_grey_by_its_mode(mode, channels):
  data = file(mode)
  assert decode.channels(data) == channels
  if channels == 1:
    assert np.ptp(decode.picture(data), axis=2).max() == 0


@pytest.mark.parametrize('kind', ['GIF', 'PNG', 'BMP', 'TIFF'])
def test_a_palette_of_greys_is_grey(kind):
  for mode in ('L', 'P'):
    data = file(mode, kind)
    grey = np.ptp(decode.picture(data), axis=2).max() == 0
    assert (decode.channels(data) == 1) == grey == (mode == 'L')


def test_the_table_knows_which_are_grey_without_looking_again(tmp_path):
  for name, data in dict(a=file(), b=file('L'), c=b'no picture').items():
    (tmp_path / f'{name}.png').write_bytes(data)
  source = image_folder.open_folder(tmp_path)
  found, again = contents.blank(source), contents.blank(source)
  contents.complete(found, source)
  contents_file.write(tmp_path / 'table', found)
  contents_file.read(tmp_path / 'table', again)
  assert again.known.all()
  assert again.channels.tolist() == found.channels.tolist() == [3, 1, 0]
