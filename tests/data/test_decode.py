"""A folder of nasty files, and what happens to each."""

import io
import os
import struct
import zlib

import damage
import numpy as np
import pytest
from photographs import crop
from photographs import encoded
from photographs import jpeg
from photographs import put
from PIL import Image

from prune_dm_jax.data import decode
from prune_dm_jax.data import image_folder

PHOTO = crop(3)
GREY = PHOTO.mean(axis=-1).astype(np.uint8)
ALPHA = np.tile(np.linspace(0, 255, PHOTO.shape[1]), (len(PHOTO), 1))
SEE_THROUGH = np.dstack([PHOTO, ALPHA.astype(np.uint8)])


def of(picture, form='PNG', **options):
  file = io.BytesIO()
  picture.save(file, form, **options)
  return file.getvalue()


def rotated(orientation):
  """A JPEG of PHOTO whose EXIF says how it was held."""
  exif = Image.Exif()
  exif[0x0112] = orientation
  return of(Image.fromarray(PHOTO), 'JPEG', quality=95, exif=exif)


def animated():
  frames = [Image.fromarray(crop(i)).resize((20, 20)) for i in range(3)]
  return of(frames[0], 'GIF', save_all=True, append_images=frames[1:])


def palette():
  """Four colours, of which the first is see-through."""
  picture = Image.fromarray(np.arange(16, dtype=np.uint8).reshape(4, 4) // 4)
  picture = picture.convert('P')
  picture.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120])
  return of(picture, transparency=0)


def bomb(width, height):
  """A whole PNG that announces more pixels than it holds."""
  chunk = lambda kind, data: (
    struct.pack('>I', len(data)) + kind + data
    + struct.pack('>I', zlib.crc32(kind + data))
  )  # fmt: skip
  header = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
  parts = [
    (b'IHDR', header),
    (b'IDAT', zlib.compress(bytes(999))),
    (b'IEND', b''),
  ]
  return b'\x89PNG\r\n\x1a\n' + b''.join(chunk(*part) for part in parts)


def flipped(data):
  middle = len(data) // 2
  return data[:middle] + bytes(b ^ 255 for b in data[middle:-30]) + data[-30:]


SIXTEEN = GREY.astype(np.uint16) * 256 + 77

GOOD = {
  'CMYK.jpg': of(Image.fromarray(PHOTO).convert('CMYK'), 'JPEG', quality=95),
  'UPPER.JPG': jpeg(3),
  'a name with spaces .png': encoded(PHOTO, 'PNG'),
  'alpha.png': encoded(SEE_THROUGH, 'PNG'),
  'animated.gif': animated(),
  'bilevel.png': of(Image.fromarray(GREY).convert('1')),
  'grey alpha.png': encoded(np.dstack([GREY, ALPHA.astype(np.uint8)]), 'PNG'),
  'grey.jpg': encoded(GREY, quality=95),
  'one pixel.png': encoded(PHOTO[:1, :1], 'PNG'),
  'palette.png': palette(),
  'png named.jpg': encoded(PHOTO, 'PNG'),
  'sixteen bits.png': of(Image.fromarray(SIXTEEN)),
  'turned 6.jpg': rotated(6),
  'webp.webp': encoded(PHOTO, 'WEBP', lossless=True),
  'größe-日本.png': encoded(PHOTO, 'PNG'),
}
UNREADABLE = {
  'truncated.jpg': (jpeg(3)[:-300], 'truncated'),
  'truncated.png': (encoded(PHOTO, 'PNG')[:-900], 'truncated'),
  'text named.jpg': (b'this is a text\n' * 20, 'not a picture'),
  'pointer.png': (b'version https://git-lfs.github.com/spec/v1\noid sha2',
                  'a pointer of Git LFS; `git lfs pull`'),
  'page.jpg': (b'\n<!DOCTYPE html><html>404', 'a web page, not a picture'),
  'drawing.png': (b'<?xml version="1.0"?><svg/>', 'an SVG'),
  'phone.jpg': (b'\0\0\0\x18ftypheic' + bytes(40), 'HEIF'),
  'denied.png': (b'<?xml version="1.0"?>\n<Error><Code>AccessDenied', 'XML, as serv'),
  'half a header.png': (b'\x89PNG\r\n\x1a\n\0\0', 'not a picture'),
  'flipped bits.png': (flipped(encoded(PHOTO, 'PNG')), 'broken'),
  'postscript.jpg': (encoded(PHOTO, 'EPS'), 'not a picture'),
  'bomb.png': (bomb(60_000, 60_000), 'too many pixels'),
  'large.png': (bomb(9000, 9000), 'too many pixels: 9000 x 9000'),
  'sliver.png': (encoded(np.zeros((1, 999, 3), np.uint8), 'PNG'),
                 'too elongated: 999 x 1'),
  'floats.tif': (of(Image.fromarray(GREY / np.float32(255)), 'TIFF'),
                 'its pixels are floats of unknown range'),
}  # fmt: skip
NO_FILES = {
  'empty.png': 'empty',
  'link out.png': 'a link that leads out of the folder',
  'link to a folder': 'a link to a folder',
  'link to nothing.png': 'a link to nothing',
  'link to itself.png': 'a link to nothing',
  'pipe.png': 'not a file',
  'line\\nbreak.png': 'a line break in its name',
  'not \\udcff utf8.png': 'a name that is not UTF-8',
}
IGNORED = ('notes.txt', '.hidden.png', '__MACOSX/._webp.png')


@pytest.fixture(scope='module')
def nasty(tmp_path_factory):
  folder = tmp_path_factory.mktemp('sets') / 'nasty'
  outside = folder.parent / 'outside.png'
  outside.write_bytes(encoded(PHOTO, 'PNG'))
  put(folder, GOOD)
  put(folder, {name: data for name, (data, _) in UNREADABLE.items()})
  put(folder, dict.fromkeys(IGNORED, b'whatever'))
  (folder / 'empty.png').touch()
  (folder / 'a folder.png').mkdir()
  (folder / 'link out.png').symlink_to(outside)
  (folder / 'link to a folder').symlink_to(folder / '__MACOSX')
  (folder / 'link to nothing.png').symlink_to(folder / 'gone.png')
  (folder / 'link to itself.png').symlink_to(folder / 'link to itself.png')
  os.mkfifo(folder / 'pipe.png')
  (folder / 'line\nbreak.png').write_bytes(encoded(PHOTO, 'PNG'))
  (folder / 'not \udcff utf8.png').write_bytes(encoded(PHOTO, 'PNG'))
  return image_folder.open_folder(folder)


@pytest.fixture(scope='module')
def checked(nasty):
  return nasty.without(damage.bad(nasty))


def test_all_that_can_be_read_stay_and_no_other(checked):
  assert checked.keys == tuple(sorted(GOOD))


@pytest.mark.parametrize('name', UNREADABLE)
def test_what_cannot_be_read_is_bad_for_a_reason(checked, name):
  assert checked.bad[name].startswith(UNREADABLE[name][1])
  assert len(checked.bad[name]) < 80


@pytest.mark.parametrize('name', NO_FILES)
def test_what_is_no_file_of_its_own_is_bad_for_a_reason(nasty, name):
  assert nasty.bad[name] == NO_FILES[name]


def test_nothing_else_is_bad(checked):
  assert checked.bad.keys() == UNREADABLE.keys() | NO_FILES.keys()


def test_asking_for_a_bad_picture_is_a_sentence_with_its_key(nasty):
  place = nasty.keys.index('text named.jpg')
  with pytest.raises(ValueError, match='^text named.jpg: not a picture$'):
    nasty.image(place)


@pytest.mark.parametrize('name', GOOD)
def test_every_picture_is_rgb_in_bytes(checked, name):
  picture = checked.image(checked.keys.index(name))
  assert picture.dtype == np.uint8 and picture.ndim == 3
  assert picture.shape[-1] == 3 and picture.flags.writeable


LOSSLESS = ('a name with spaces .png', 'png named.jpg', 'webp.webp',
            'größe-日本.png')  # fmt: skip


@pytest.mark.parametrize('name', LOSSLESS)
def test_what_was_saved_without_loss_comes_back(name):
  np.testing.assert_array_equal(decode.picture(GOOD[name]), PHOTO)


def test_see_through_parts_are_on_white():
  share = ALPHA.astype(np.uint8)[..., None] / 255
  for name, colour in (
    ('alpha.png', PHOTO),
    ('grey alpha.png', GREY[..., None]),
  ):
    expected = share * colour + (1 - share) * 255
    got = decode.picture(GOOD[name])
    assert np.abs(got - expected).max() <= 1


def test_the_see_through_colour_of_a_palette_is_white():
  rows = [(255, 255, 255), (40, 50, 60), (70, 80, 90), (100, 110, 120)]
  expected = np.repeat(np.array(rows, np.uint8)[:, None], 4, axis=1)
  np.testing.assert_array_equal(decode.picture(palette()), expected)


def test_of_sixteen_bits_the_high_byte_stays():
  got = decode.picture(GOOD['sixteen bits.png'])
  np.testing.assert_array_equal(got, np.repeat(GREY[..., None], 3, axis=-1))


def test_grey_is_three_equal_channels():
  for name in ('grey.jpg', 'bilevel.png'):
    got = decode.picture(GOOD[name])
    assert (got == got[..., :1]).all()
  assert set(np.unique(decode.picture(GOOD['bilevel.png']))) == {0, 255}


def test_cmyk_has_the_colours_of_the_photograph():
  error = np.abs(decode.picture(GOOD['CMYK.jpg']).astype(int) - PHOTO)
  assert error.mean() < 8  # Inverted, it would be above 80.


def test_the_first_frame_of_an_animation_is_taken():
  expected = np.asarray(Image.fromarray(crop(0)).resize((20, 20)))
  got = decode.picture(GOOD['animated.gif'])
  assert np.abs(got.astype(int) - expected).mean() < 10


UPRIGHT = {
  1: lambda a: a,
  2: lambda a: a[:, ::-1],
  3: lambda a: a[::-1, ::-1],
  4: lambda a: a[::-1],
  5: lambda a: a.swapaxes(0, 1),
  6: lambda a: np.rot90(a, -1),
  7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
  8: np.rot90,
}


@pytest.mark.parametrize('orientation', UPRIGHT)
def test_exif_turns_the_picture_upright(orientation):
  got = decode.picture(rotated(orientation))
  expected = UPRIGHT[orientation](PHOTO)
  assert got.shape == expected.shape
  assert np.abs(got.astype(int) - expected).mean() < 8
