"""Any picture as uint8 [H, W, 3]: what it is, its content decides.

Turned as EXIF says; see-through parts on white; the first frame of an
animation, the first page of a TIFF; the high byte of 16 bits, other ranges as
`deep` has them; colour profiles are not applied. What cannot be read so is a
ValueError of a few words.
"""

import io
import logging
import warnings

import numpy as np
from PIL import Image

from prune_dm_jax.data.decode import deep
from prune_dm_jax.data.decode import grey
from prune_dm_jax.data.decode import newer
from prune_dm_jax.data.decode import see_through

FORMATS = (
  'JPEG', 'PNG', 'WEBP', 'GIF', 'BMP', 'TIFF', 'PPM', *newer.FORMATS,
)  # fmt: skip
"""What is tried: Pillow's other readers are rare, and some run programs."""

MOST_PIXELS = 2**26
"""Height x width: more is a decompression bomb, or no training picture."""

MOST_ELONGATED = 64
"""Long over short side: a crop's rescaling would blow up anything longer."""

OTHERS = {
  'a pointer of Git LFS; `git lfs pull` brings the picture': (
    b'version https://git-lfs',
  ),
  'a web page, not a picture': (b'<!doctype html', b'<html'),
  'an SVG, which is not read': (b'<svg', b'<?xml'),
}
"""What stands in place of pictures -> how it begins, in lower case."""

TURN = {
  2: lambda rows: rows[:, ::-1],
  3: lambda rows: rows[::-1, ::-1],
  4: lambda rows: rows[::-1],
  5: lambda rows: rows.swapaxes(0, 1),
  6: lambda rows: rows[::-1].swapaxes(0, 1),
  7: lambda rows: rows[::-1, ::-1].swapaxes(0, 1),
  8: lambda rows: rows[:, ::-1].swapaxes(0, 1),
}
"""EXIF orientation -> what undoes it, of [H, W, C]."""

STRIP = 2**18
"""Pixels that are brought to RGB at a time: a large picture is held twice at most,
as it was decoded, and as it is returned.
"""

ORIENTATION = 0x0112

# What is wrong with a picture, our own lines say.
warnings.filterwarnings('ignore', module=r'PIL\.')
logging.getLogger('PIL').setLevel(logging.CRITICAL)


def picture(data):
  """The bytes of a file -> uint8 [H, W, 3].

  Raises:
    ValueError: Why it cannot be read, in a few words.
  """
  if not data:
    raise ValueError('empty')
  try:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
      check_size(*opened.size)
      deep.check(opened)
      opened.load()
      return turned(opened, as_rgb(opened, data))
  except Image.UnidentifiedImageError:
    raise ValueError(unknown(data)) from None
  except Image.DecompressionBombError:
    raise ValueError('too many pixels') from None
  except deep.Refused as error:
    raise ValueError(str(error)) from None
  except Exception as error:  # Pillow's readers raise anything.
    raise ValueError(reason(error)) from error


def channels(data):
  """1, if a file that can be read holds greys alone by what it says, else 3."""
  with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
    return 1 if grey.is_grey(opened) else 3


def check_size(width, height):
  if width * height > MOST_PIXELS:
    raise deep.Refused(f'too many pixels: {width} x {height}')
  if max(width, height) > MOST_ELONGATED * min(width, height):
    raise deep.Refused(f'too elongated: {width} x {height}')


def unknown(data):
  """What to call bytes that no reader takes."""
  if data[:4] in (b'II*\0', b'MM\0*'):
    return 'a TIFF that is torn, or of a kind that is not read'
  begin = data[:256].lstrip().lower()
  found = [what for what, start in OTHERS.items() if begin.startswith(start)]
  return found[0] if found else 'not a picture'


def reason(error):
  """A few words for what a reader of Pillow has raised."""
  text = ' '.join(str(error).split())
  return 'truncated' if 'truncated' in text.lower() else f'broken: {text[:60]}'


def turned(opened, rows):
  """[H, W, 3] upright; what EXIF cannot be read says nothing."""
  try:
    orientation = opened.getexif().get(ORIENTATION)
  except Exception:  # The pixels are whole.
    return rows
  if orientation not in TURN:
    return rows
  return np.ascontiguousarray(TURN[orientation](rows))


def as_rgb(opened, data):
  """uint8 [H, W, 3] of a picture of any mode."""
  if deep.is_grey(opened):
    picture = deep.shallow(opened)
  else:
    deep.check_high_bytes(opened, data)
    picture = see_through.rightly(opened, data)
  width, height = picture.size
  high = max(STRIP // width, 1)
  found = np.empty((height, width, 3), np.uint8)
  for top in range(0, height, high):
    bottom = min(top + high, height)
    whole = high >= height
    strip = picture if whole else picture.crop((0, top, width, bottom))
    found[top:bottom] = np.asarray(on_white(strip))
  return found


def on_white(picture):
  """An RGB picture of one of 8 bits: what is see-through is seen on white.

  y = x a / 255 + 255 (1 - a / 255),  rounded
  """
  if not picture.has_transparency_data:
    return picture if picture.mode == 'RGB' else picture.convert('RGB')
  if picture.mode == 'La':
    picture = picture.convert('LA')
  over = picture if picture.mode == 'RGBA' else picture.convert('RGBA')
  white = Image.new('RGB', over.size, (255, 255, 255))
  white.paste(over, mask=over)
  return white
