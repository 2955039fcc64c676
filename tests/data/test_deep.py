"""Pixels of more than 8 bits: by what the file says of their range."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from prune_dm_jax.data import decode
from prune_dm_jax.data.decode import see_through

GREY = np.array([[0, 17, 64, 128], [255, 1, 99, 200]])
DEEP = GREY * 257
"""GREY in 16 bits."""

SIGNED, FLOATS = {339: 2}, {339: 3}
MOST, S_LEAST, S_MOST, WHITE_IS_ZERO = 281, 340, 341, {262: 0}


def tiff(array, bits, tags=(), order='<', width=4):
  """A TIFF [H, W] or [H, W, C] of these bits; a tag of None is left out."""
  raw, channels = array.tobytes(), array.shape[2] if array.ndim > 2 else 1
  found = {
    256: width, 257: len(array), 258: (bits,) * channels, 259: 1,
    262: 2 if channels > 1 else 1, 273: 8, 277: channels, 278: len(array),
    279: len(raw),
  } | dict(tags)  # fmt: skip
  found = {t: v for t, v in sorted(found.items()) if v is not None}
  end = 8 + len(raw) + 2 + 12 * len(found) + 4
  entries, rest = b'', b''
  for tag, value in found.items():
    values = value if isinstance(value, tuple) else (value,)
    kind, form = (12, 'd') if isinstance(values[0], float) else (4, 'I')
    form = 'i' if min(values) < 0 and form == 'I' else form
    kind = 9 if form == 'i' else kind
    packed = struct.pack(f'{order}{len(values)}{form}', *values)
    if len(packed) > 4:
      packed, rest = (
        struct.pack(f'{order}I', end + len(rest)),
        rest + packed,
      )
    entries += struct.pack(f'{order}HHI', tag, kind, len(values)) + packed
  mark = b'II' if order == '<' else b'MM'
  head = mark + struct.pack(f'{order}HI', 42, 8 + len(raw))
  count = struct.pack(f'{order}H', len(found))
  return head + raw + count + entries + bytes(4) + rest


def twelve_packed():
  """GREY in 12 bits of which two take three bytes."""
  high, low = (GREY * 4095 // 255).reshape(-1, 2).T
  three = np.stack([high >> 4, (high & 15) << 4 | low >> 8, low & 255], -1)
  return three.astype(np.uint8).reshape(2, -1)


def of_float(least, most):
  return (GREY / 255 * (most - least) + least).astype('<f4')


TWELVE = (GREY * 4095 // 255).astype(np.uint16)

SAID = {
  'full 16 bits': tiff(DEEP.astype('<u2'), 16),
  'full 16 bits, big endian': tiff(DEEP.astype('>u2'), 16, order='>'),
  '12 bits, packed': tiff(twelve_packed(), 12),
  '12 bits by MaxSampleValue': tiff(TWELVE, 16, {MOST: 4095}),
  '12 bits by SMaxSampleValue': tiff(TWELVE, 16, {S_MOST: 4095}),
  'most measured': tiff(DEEP.astype('<u2'), 16, {MOST: 64000}),
  'from 100 on': tiff((GREY + 100).astype('<u2'), 16, {S_LEAST: 100, S_MOST: 355}),
  'signed': tiff((DEEP - 2**15).astype('<i2'), 16,
                 SIGNED | {S_LEAST: -(2**15), S_MOST: 2**15 - 1}),
  '8 bits in 32': tiff(GREY.astype('<i4'), 32, SIGNED | {MOST: 255}),
  'all of 32': tiff((DEEP * 65537).astype('<u4'), 32, {S_MOST: 2**32 - 1}),
  'floats': tiff(of_float(-1, 1), 32, FLOATS | {S_LEAST: -1.0, S_MOST: 1.0}),
  'floats to 65535': tiff(
    of_float(0, 65535), 32, FLOATS | {S_LEAST: 0.0, S_MOST: 65535.0}
  ),
  '10 bits of a PGM': b'P5 4 2 1023\n'
  + (GREY * 1023 // 255).astype('>u2').tobytes(),
}  # fmt: skip
SAID |= {
  f'{name}, 0 is white': tiff(array, bits, WHITE_IS_ZERO | tags)
  for name, array, bits, tags in (
    ('8 bits', (255 - GREY).astype(np.uint8), 8, {}),
    ('16 bits', (65535 - DEEP).astype('<u2'), 16, {}),
    ('12 bits', 4095 - TWELVE, 16, {MOST: 4095}),
    ('floats', of_float(1, 0), 32, FLOATS | {S_LEAST: 0.0, S_MOST: 1.0}),
  )
}


@pytest.mark.parametrize('name', SAID)
def test_grey_is_by_the_range_that_its_file_says(name):
  got = decode.picture(SAID[name])
  assert got.shape == (2, 4, 3) and (got == got[..., :1]).all()
  assert np.abs(got[..., 0].astype(int) - GREY).max() <= 1


COLOURS = np.repeat(DEEP[..., None], 3, axis=-1)

UNSAID = {
  'int32': (GREY.astype('<i4'), 32, SIGNED, '32 bits of unknown range'),
  'uint32': (GREY.astype('<u4'), 32, {}, '32 bits of unknown range'),
  'int16': (GREY.astype('<i2'), 16, SIGNED, '16 bits of unknown range'),
  'int8': (GREY.astype('u1'), 8, SIGNED, 'its bytes are signed numbers'),
  'floats': (of_float(0, 1), 32, FLOATS, 'floats of unknown range'),
  'floats up to 1': (of_float(0, 1), 32, FLOATS | {S_MOST: 1.0},
                     'floats of unknown range'),
  'not a number': (np.full((2, 4), np.nan, '<f4'), 32,
                   FLOATS | {S_LEAST: 0.0, S_MOST: 1.0}, 'are no numbers'),
  '1000 of 16 bits': (DEEP.astype('<u2') >> 6, 16, {MOST: 1000},
                      '16 bits, and 1000 named'),
  '8 bits in 16': (GREY.astype('<u2'), 16, {}, 'hold no more than 8'),
  'black or white': (GREY.astype('u1'), 8, {262: None}, 'black or white'),
  '12 bits of colour': (COLOURS.astype('<u2') >> 4, 16, {MOST: (4095,) * 3},
                        'colours are of fewer bits'),
  '8 bits of colour in 16': (COLOURS.astype('<u2') >> 8, 16, {},
                             'the high bytes of its 16 bits are all 0'),
}  # fmt: skip


@pytest.mark.parametrize('name', UNSAID)
def test_a_range_of_which_nothing_is_said_is_refused(name):
  *given, why = UNSAID[name]
  with pytest.raises(ValueError, match=why) as error:
    decode.picture(tiff(*given))
  assert len(str(error.value)) < 80 and 'broken' not in str(error.value)


def test_black_in_sixteen_bits_is_black():
  assert not decode.picture(tiff(np.zeros((2, 4), '<u2'), 16)).any()


def png(rows, depth, kind, key):
  """A PNG of 4 pixels a row, of which the colour `key` is see-through."""
  chunk = lambda name, data: (
    struct.pack('>I', len(data)) + name + data
    + struct.pack('>I', zlib.crc32(name + data))
  )  # fmt: skip
  header = struct.pack('>IIBBBBB', 4, len(rows), depth, kind, 0, 0, 0)
  pixels = b''.join(b'\0' + row.tobytes() for row in rows)
  return b'\x89PNG\r\n\x1a\n' + b''.join(
    chunk(*part)
    for part in (
      (b'IHDR', header),
      (b'tRNS', struct.pack(f'>{len(key)}H', *key)),
      (b'IDAT', zlib.compress(pixels)),
      (b'IEND', b''),
    )
  )


@pytest.mark.parametrize('channels', [1, 3])
def test_the_see_through_colour_of_sixteen_bits_is_exact(channels):
  """The second pixel differs from the key in its low byte alone."""
  values = np.array([[0x4020, 0x4021, 0x8000, 0xFFFF]])
  rows = np.repeat(values[..., None], channels, axis=-1).astype('>u2')
  kind = 0 if channels == 1 else 2
  got = decode.picture(png(rows, 16, kind, (0x4020,) * channels))
  expected = np.array([255, 0x40, 0x80, 0xFF])
  np.testing.assert_array_equal(got[0], np.repeat(expected[:, None], 3, -1))


@pytest.mark.parametrize('depth', [1, 2, 4, 8])
@pytest.mark.parametrize('key', [0, 1])
def test_the_see_through_grey_is_white_at_any_depth(depth, key):
  most = 2**depth - 1
  grey = np.array([0, 1, most, most])
  bits = (grey[:, None] >> np.arange(depth)[::-1]) & 1
  got = decode.picture(png([np.packbits(bits)], depth, 0, (key,)))
  expected = np.where(grey == key, 255, grey * 255 // most)
  np.testing.assert_array_equal(got[0, :, 0], expected)


def test_what_a_gifs_first_frame_leaves_of_its_canvas_is_white():
  """A frame of one red pixel on 3 x 3, whose palette begins with blue."""
  palette = bytes([0, 0, 255, 255, 0, 0])
  pixel = bytes([2, 2, 0b01001100, 0b00000001, 0])  # Clear, 1, end.
  data = (
    b'GIF89a' + struct.pack('<HHBBB', 3, 3, 0x80, 0, 0) + palette
    + b',' + struct.pack('<HHHHB', 1, 1, 1, 1, 0) + pixel + b';'
  )  # fmt: skip
  expected = np.full((3, 3, 3), 255)
  expected[1, 1] = 255, 0, 0
  np.testing.assert_array_equal(decode.picture(data), expected)


def test_cmyk_that_does_not_say_what_0_is_is_refused():
  file = io.BytesIO()
  Image.new('CMYK', (8, 8)).save(file, 'JPEG')
  data = file.getvalue()
  begin = data.index(b'\xff\xee')  # Adobe's marker says it.
  size = 2 + struct.unpack('>H', data[begin + 2 : begin + 4])[0]
  assert (decode.picture(data) > 250).all()
  with pytest.raises(ValueError, match='whether 0 is no ink'):
    decode.picture(data[:begin] + data[begin + size :])


@pytest.mark.parametrize('form', ['PNG', 'TIFF'])
def test_sixteen_bits_are_turned_as_exif_says_once(form):
  exif, file = Image.Exif(), io.BytesIO()
  exif[decode.ORIENTATION] = 6
  Image.fromarray(DEEP.astype(np.uint16)).save(file, form, exif=exif)
  got = decode.picture(file.getvalue())[..., 0]
  np.testing.assert_array_equal(got, np.rot90(GREY, -1))


def test_low_bytes_are_those_that_were_written():
  values = np.arange(0, 24 * 2731, 2731).reshape(2, 4, 3)
  data = png(values.astype('>u2'), 16, 2, (0, 0, 0))
  np.testing.assert_array_equal(see_through.low_bytes(data), values & 255)


@pytest.mark.parametrize(('bits', 'channels'), [(8, 3), (16, 3), (16, 4)])
def test_planes_of_sixteen_bits_are_refused_unless_they_are_compressed(
  bits, channels
):
  """Pillow takes their bytes for pixels of 8 bits; those of 8 bits are right."""
  planes = np.stack([GREY, GREY.T.reshape(2, 4), 255 - GREY, GREY])[:channels]
  deep = planes.astype('<u2') * 257 if bits == 16 else planes.astype(np.uint8)
  size = deep[0].nbytes
  tags = {
    257: 2, 258: (bits,) * channels, 262: 2 if channels == 3 else 5,
    273: tuple(8 + i * size for i in range(channels)), 277: channels, 278: 2,
    279: (size,) * channels, 284: 2,
  }  # fmt: skip
  data = tiff(deep, bits, tags)
  if bits == 16:
    with pytest.raises(ValueError, match='in planes that are not compressed'):
      decode.picture(data)
  else:
    np.testing.assert_array_equal(
      decode.picture(data), planes.transpose(1, 2, 0)
    )
