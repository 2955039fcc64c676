"""What Pillow says of pictures does not reach the terminal: what we say does."""

import io
import struct
import subprocess
import sys

from photographs import crop
from photographs import put
from PIL import Image

PHOTO = Image.fromarray(crop(3))


def of(picture, form='PNG', **options):
  file = io.BytesIO()
  picture.save(file, form, **options)
  return file.getvalue()


def cut_exif():
  exif = Image.Exif()
  exif[0x010E] = 'a photograph' * 9
  return of(PHOTO, 'JPEG', exif=exif.tobytes()[:60])


def tiff(tag, kind, count):
  """A TIFF, of which a tag that it has is of another kind and count."""
  data = of(PHOTO, 'TIFF', tiffinfo={270: 'a'})
  at = data.index(struct.pack('<H', tag), 8)
  return data[: at + 2] + struct.pack('<HI', kind, count) + data[at + 8 :]


FAULTS = {
  'exif.jpg': (cut_exif, ''),
  'tag.tif': (lambda: tiff(270, 2, 10**6), ''),
  'samples.tif': (lambda: tiff(277, 4, 1) , 'not a picture'),
  'large.png': (lambda: of(Image.new('1', (9500, 9500))), 'too many pixels'),
  'palette.png': (
    lambda: of(PHOTO.quantize(9), transparency=bytes(3)), ''
  ),
}  # fmt: skip


def test_of_what_is_wrong_with_a_picture_nothing_but_our_word_is_said(tmp_path):
  put(tmp_path, {name: make() for name, (make, _) in FAULTS.items()})
  code = (
    'import logging, sys\n'
    'from prune_dm_jax.data import contents, image_folder\n'
    'logging.basicConfig()\n'
    'source = image_folder.open_folder(sys.argv[1])\n'
    'contents.complete(contents.blank(source), source)\n'
    'for i in range(len(source)): print(source.attempt(i)[0])\n'
  )
  process = subprocess.run(
    [sys.executable, '-c', code, str(tmp_path)],
    capture_output=True, text=True, check=True,
  )  # fmt: skip
  assert process.stderr == ''
  assert len(process.stdout.splitlines()) == len(FAULTS)
