"""Formats that not every Pillow reads: AVIF, and by extras HEIF and JPEG XL.

  pip install pillow-heif       .heic, .heif
  pip install pillow-jxl-plugin .jxl

What cannot be read here is left out, and counted.
"""

import importlib
import importlib.util

from PIL import Image
from PIL import features

KNOWN = {
  '.avif': 'AVIF', '.heic': 'HEIF', '.heif': 'HEIF', '.hif': 'HEIF',
  '.jxl': 'JXL',
}  # fmt: skip
"""Suffix -> Pillow's name of its format."""


def available():
  """Names of the formats that can be read here; their readers are there then."""
  if 'avif' in features.modules and features.check('avif'):
    importlib.import_module('PIL.AvifImagePlugin')
  if importlib.util.find_spec('pillow_heif'):
    importlib.import_module('pillow_heif').register_heif_opener()
  if importlib.util.find_spec('pillow_jxl'):
    importlib.import_module('pillow_jxl')
  return tuple(n for n in sorted(set(KNOWN.values())) if n in Image.OPEN)


FORMATS = available()
SUFFIXES = tuple(end for end, name in KNOWN.items() if name in FORMATS)
UNREAD = tuple(end for end, name in KNOWN.items() if name not in FORMATS)
