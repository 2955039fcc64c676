"""Any picture as uint8 [H, W, 3]: what it is, its content decides.

Turned as EXIF says; see-through parts on white; the first frame of an
animation; the high byte of 16 bits; colour profiles are not applied. What
cannot be read so is a ValueError of a few words.
"""

import io
import warnings

import numpy as np
from PIL import Image

FORMATS = ('JPEG', 'PNG', 'WEBP', 'GIF', 'BMP', 'TIFF', 'PPM')
"""What is tried: Pillow's other readers are rare, and some run programs."""

MOST_PIXELS = 2**26
"""Height x width: more is a decompression bomb, or no training picture."""

MOST_ELONGATED = 64
"""Long over short side: a crop's rescaling would blow up anything longer."""

TURN = {
  2: Image.Transpose.FLIP_LEFT_RIGHT,
  3: Image.Transpose.ROTATE_180,
  4: Image.Transpose.FLIP_TOP_BOTTOM,
  5: Image.Transpose.TRANSPOSE,
  6: Image.Transpose.ROTATE_270,
  7: Image.Transpose.TRANSVERSE,
  8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation -> what undoes it."""

ORIENTATION = 0x0112

# MOST_PIXELS is below the size from which Pillow warns.
warnings.filterwarnings('ignore', category=Image.DecompressionBombWarning)


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
      opened.load()
      return np.array(as_rgb(turned(opened)))
  except Image.UnidentifiedImageError:
    raise ValueError('not a picture') from None
  except Image.DecompressionBombError:
    raise ValueError('too many pixels') from None
  except TooLarge as error:
    raise ValueError(str(error)) from None
  except Exception as error:  # Pillow's readers raise anything.
    raise ValueError(reason(error)) from error


class TooLarge(Exception):
  """A picture that is not even decoded."""


def check_size(width, height):
  if width * height > MOST_PIXELS:
    raise TooLarge(f'too many pixels: {width} x {height}')
  if max(width, height) > MOST_ELONGATED * min(width, height):
    raise TooLarge(f'too elongated: {width} x {height}')


def reason(error):
  """A few words for what a reader of Pillow has raised."""
  text = ' '.join(str(error).split())
  return 'truncated' if 'truncated' in text.lower() else f'broken: {text[:60]}'


def turned(opened):
  """The picture upright; what EXIF cannot be read says nothing."""
  try:
    orientation = opened.getexif().get(ORIENTATION)
  except Exception:  # The pixels are whole.
    return opened
  return opened.transpose(TURN[orientation]) if orientation in TURN else opened


def as_rgb(opened):
  """An RGB picture of 8 bits, of any mode."""
  if opened.mode.startswith('I'):
    high = np.clip(np.asarray(opened), 0, 65535) >> 8
    opened = Image.fromarray(high.astype(np.uint8))
  if opened.mode == 'F':
    raise ValueError('its pixels are floats of unknown range')
  if not opened.has_transparency_data:
    return opened.convert('RGB')
  over = opened.convert('RGBA')
  white = Image.new('RGBA', over.size, (255, 255, 255, 255))
  return Image.alpha_composite(white, over).convert('RGB')
