"""Files of masks, or of what else belongs to pictures, beside these.

1.jpg       1_mask.png        in the same folder
img_1.jpg   mask_1.png        likewise
1.jpg       1.png             likewise, where nearly all are there twice
"""

import os
import re

from prune_dm_jax.data.labels import class_folders

IMAGE = '(?:jpeg)?images?|imgs?|leftimg8bit'
"""Words for pictures."""

MASK = (
  'annotations?|annots?|depths?|ground[-_ ]?truth|gt|gtcoarse|gtfine|labels'
  '|masks?|segmentation(?:s|class|object)?|trimaps?'
)
"""Words for what belongs to the pictures beside it."""

BESIDE_IMAGES = f'{MASK}|alpha|bbox|boxes|edges|label|overlays?'
"""Likewise, but for a class as well, unless the other folder is of images."""

OF_PICTURE = re.compile(
  rf'^(?:{IMAGE})[-_. ]|(?:[-_. ](?:{IMAGE})|_0000)$', re.IGNORECASE
)
MASK_FILE = re.compile(
  rf'(?:{BESIDE_IMAGES})[-_. ](.+)|'
  rf'(.+)[-_. ](?:{BESIDE_IMAGES}|seg)(?:[-_ ]\d+)?',
  re.DOTALL | re.IGNORECASE,
)
END = re.compile(r'[-_. ](?=.*[A-Za-z]).+')
"""What all files may end in, as 1_L, 2_L or 1_sat, 2_sat."""

BESIDE = 'a mask of the picture that it is named after'
TWICE = 'called as the .jpg beside it: its mask, or the same picture again'
PHOTO, LOSSLESS = ('jpg', 'jpeg'), ('png', 'bmp', 'gif', 'tif', 'tiff')


def of_files(names):
  """The names that are of masks of other names in the same folder."""
  of = {name: stem for name in names if (stem := of_mask(name))}
  there = {of_picture(name) for name in names if name not in of} if of else {}
  there = without_end(there)
  with_one = there & {*of.values()} if of else ()
  if class_folders.are_few(len(with_one), len(names) - len(of)):
    return set()  # Of a few, it is what they show.
  return {name for name, stem in of.items() if stem in there}


def without_end(stems):
  """{stems} less what all of them end in."""
  shared = os.path.commonprefix([stem[::-1] for stem in stems])[::-1]
  end = END.search(shared) if len(stems) > 1 else None
  return {stem.removesuffix(end[0]) for stem in stems} if end else stems


def twice(names):
  """The names of .png and the like, if nearly all are there as .jpg too."""
  ends = {name.rpartition('.')[2].lower() for name in names}
  if not ends & {*PHOTO} or not ends & {*LOSSLESS}:
    return set()
  photos, others = (
    {n.rpartition('.')[0]: n for n in names if n.lower().endswith(those)}
    for those in (PHOTO, LOSSLESS)
  )
  both = photos.keys() & others.keys()
  alone = len(names) - 2 * len(both)
  few = alone < len(both) and class_folders.are_few(alone, len(names))
  return {others[stem] for stem in both} if few else set()


def parted(name):
  """The folder of a file, and its name less the suffix."""
  folder, slash, file = name.rpartition('/')
  return folder + slash, file.rpartition('.')[0] or file


def of_picture(name):
  """A name less its suffix, and a word for a picture."""
  folder, stem = parted(name)
  return folder + OF_PICTURE.sub('', stem)


def of_mask(name):
  """What `of_picture` would be of the picture of a mask, or ''."""
  folder, stem = parted(name)
  found = MASK_FILE.fullmatch(stem)
  return folder + OF_PICTURE.sub('', found[1] or found[2]) if found else ''
