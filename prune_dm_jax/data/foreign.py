"""What stands in place of a picture that no reader takes, by its first bytes: its
name may say another.
"""

import re

from prune_dm_jax.data.decode import newer

INSTALL = {
  'HEIF': 'HEIF, which pip install pillow-heif makes readable',
  'AVIF': 'AVIF, which pip install -U pillow makes readable',
  'JXL': 'JPEG XL, which pip install pillow-jxl-plugin makes readable',
}
"""Pillow's name of a format that not every Pillow reads -> what would do."""

KINDS = {
  INSTALL['HEIF']: rb'....ftyp(hei|hev|mif1|msf1)',
  INSTALL['AVIF']: rb'....ftypavi',
  INSTALL['JXL']: rb'\xff\x0a|....JXL ',
  'JPEG 2000, which is not read': rb'....jP  |\xffO\xffQ',
  'a film': rb'....ftyp|RIFF....AVI |\x1aE\xdf\xa3',
  'a drawing of Photoshop, which is not read': rb'8BPS',
  'a PDF': rb'%PDF',
  'an archive': rb'PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!',
  'XML, as servers answer with': rb'\s*<\?xml(?!.*<svg)',
  'JSON, as servers answer with': rb'\s*[\[{]\s*["{\[]',
}
"""What it is -> how it begins, the first that fits."""

VAGUE = ('not a picture', 'an SVG, which is not read')
"""What `decode` says of all that it does not know, and of any XML."""


def named(why, data):
  """Why a file of these bytes cannot be read, if more is known than `why`."""
  if why not in VAGUE:
    return why
  torn = {INSTALL[name] for name in newer.FORMATS if name in INSTALL}
  begin = data[:1024]
  for what, start in KINDS.items():
    if re.match(start, begin, re.DOTALL):
      return f'{what.partition(",")[0]}, but torn' if what in torn else what
  return why
