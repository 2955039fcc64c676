"""Pixels of more than 8 bits as 8: by what the file says of their range.

  y = round(255 (x - low) / (high - low)),  255 - y where the file's 0 is white

Of a TIFF its tags say low and high, else its bits; of a PNG its bits; Pillow
has brought a PGM's maxval to 16 bits. Full 16 bits keep their high byte. A range
of which the file says nothing is refused, and never guessed from the pixels: of
12 bits in 16 that are not said to be 12, the high byte is dark. 8 bits are taken
as they are, whatever a tag names as their most.
"""

import numpy as np
from PIL import Image

BITS, PHOTOMETRIC, MOST, FORM, S_LEAST, S_MOST = 258, 262, 281, 339, 340, 341
PACKED, PLANES = 259, 284
"""Tags of TIFF: 281 is MaxSampleValue, 340 and 341 what replaced it; 259 is
Compression, 1 for none, 284 PlanarConfiguration, 2 for a plane of each colour.
"""

UNSIGNED, SIGNED = 1, 2
"""Values of FORM."""

FULL = 0, 65535


class Refused(ValueError):
  """A picture of which it is known why it cannot be taken, in a few words."""


def check(opened):
  """Raises Refused for what Pillow would read otherwise than it was meant."""
  if opened.mode == 'CMYK' and opened.format == 'JPEG':
    if 'adobe' not in opened.info:
      raise Refused('CMYK that does not say whether 0 is no ink or all of it')
  if opened.format != 'TIFF':
    return
  if PHOTOMETRIC not in opened.tag_v2:
    raise Refused('it does not say whether 0 is black or white')
  if is_grey(opened):
    limits(opened)
  elif [value(opened, tag, 1) for tag in (BITS, PACKED, PLANES)] == [16, 1, 2]:
    raise Refused(
      'its colours of 16 bits are in planes that are not compressed'
    )
  elif value(opened, FORM, UNSIGNED) == SIGNED:
    raise Refused('its bytes are signed numbers of unknown range')
  elif value(opened, BITS, 1) == 16 and stated(opened, FULL[1]) < 2**15:
    raise Refused('its colours are of fewer bits than the 16 they are kept in')


def is_grey(opened):
  """Whether its pixels are numbers of more than 8 bits, or floats."""
  return opened.mode.startswith(('I', 'F'))


def value(opened, tag, default):
  """What a tag of a TIFF says, of the first channel that it speaks of."""
  found = opened.tag_v2.get(tag, default)
  return found[0] if isinstance(found, tuple) else found


def stated(opened, default):
  """The largest value, if a tag of a TIFF states one."""
  return value(opened, S_MOST, value(opened, MOST, default))


def limits(opened):
  """What is black, and what is white or, where 0 is white, the reverse.

  MaxSampleValue counts if it is the most of a number of bits: TIFF 6.0 has it
  else as what was measured, which is no range.
  """
  if opened.format != 'TIFF':
    if opened.mode == 'F':
      raise Refused('its pixels are floats of unknown range')
    return FULL
  form, bits = value(opened, FORM, UNSIGNED), value(opened, BITS, 1)
  least = value(opened, S_LEAST, 0 if form == UNSIGNED else np.nan)
  most, range_of_bits = stated(opened, np.nan), 2**bits - 1
  known = form == UNSIGNED and bits <= 16
  if S_MOST in opened.tag_v2 and -np.inf < least < most < np.inf:
    return least, most
  if opened.mode != 'F' and most in 2 ** np.arange(1, bits) - 1:
    return 0, int(most)
  if known and not most <= range_of_bits / 2:
    return 0, range_of_bits
  if known:
    raise Refused(
      f'its range is unclear: {bits} bits, and {most} named as the most'
    )
  kind = 'floats' if opened.mode == 'F' else f'{bits} bits'
  raise Refused(f'its pixels are {kind} of unknown range')


def shallow(opened):
  """A grey picture of 8 bits, with alpha where one grey is see-through."""
  low, high = limits(opened)
  x = np.asarray(opened)
  if opened.mode == 'I' and high >= 2**31:
    x = x.view(np.uint32)
  y = high_byte(x) if (low, high) == FULL else scaled(x, low, high)
  if opened.format == 'TIFF' and value(opened, PHOTOMETRIC, 1) == 0:
    y = 255 - y
  key = opened.info.get('transparency')
  return Image.fromarray(y) if key is None else with_alpha(y, x != key)


def high_byte(x):
  """Numbers of 16 bits [H, W] -> uint8."""
  if 0 < x.max() < 256:
    raise Refused('its 16 bits hold no more than 8, which would all be lost')
  return (np.clip(x, *FULL).astype(np.int32) >> 8).astype(np.uint8)


def scaled(x, low, high):
  """[H, W] -> uint8, of which low is 0 and high 255."""
  if np.isnan(x).any():
    raise Refused('some of its pixels are no numbers')
  y = np.clip(x, low, high).astype(np.float64)
  y -= low
  y *= 255 / (high - low)
  return y.round().astype(np.uint8)


def check_high_bytes(opened, data):
  """Raises Refused for colours of 16 bits of which no high byte says anything."""
  png, tiff = (opened.format == form for form in ('PNG', 'TIFF'))
  bits = data[24] if png else value(opened, BITS, 1) if tiff else 8
  if bits == 16 and not np.any(opened.getextrema()):
    raise Refused('the high bytes of its 16 bits are all 0')


def with_alpha(y, seen):
  """uint8 [H, W] or [H, W, 3] as a picture, see-through where not `seen`."""
  alpha = np.where(seen, 255, 0).astype(np.uint8)
  return Image.fromarray(np.dstack([y, alpha]))
