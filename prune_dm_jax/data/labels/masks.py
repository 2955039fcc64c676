"""Folders of masks, or of what else belongs to pictures, beside folders of
these: neither is a class.

  images/cat/1.jpg       masks/cat/1.png             is cat/1.jpg and its mask
  JPEGImages/1.jpg       SegmentationClass/1.png     is 1.jpg and its mask
  train/1.jpg            trainannot/1.png            likewise
  rgb/1.png              depth/1.png                 likewise: the same names
  1.jpg                  1_mask.png                  in the same folder

A folder is one of masks if its name says so, and its files are called as those
of one other folder, which is not: face_mask/ with pictures of its own is a class.
"""

import collections
import re

from prune_dm_jax.data.labels import class_folders
from prune_dm_jax.data.labels import split_names

IMAGE = '(?:jpeg)?images?|imgs?|leftimg8bit'
"""Words for pictures."""

MASK = (
  'annotations?|annots?|depths?|ground[-_ ]?truth|gt|gtcoarse|gtfine|labels'
  '|masks?|segmentation(?:s|class|object)?|trimaps?'
)
"""Words for what belongs to the pictures beside it."""

BESIDE_IMAGES = f'{MASK}|alpha|bbox|boxes|edges|label|overlays?'
"""Likewise, but for a class as well, unless the other folder is of images."""


def holding(word):
  """A pattern of names of folders, in lower case, that hold a word."""
  return re.compile(
    rf'(?:(.*)[-_ .])?(train|val|test)?(?:{word})(t[rs])?(?:[-_ .](.*))?'
  )


IMAGES, SURELY, MASKS = map(holding, (IMAGE, MASK, BESIDE_IMAGES))

OF_PICTURE = re.compile(
  rf'^(?:{IMAGE})[-_. ]|(?:[-_. ](?:{IMAGE})|_0000)$', re.IGNORECASE
)
MASK_FILE = re.compile(
  rf'(?:{BESIDE_IMAGES})[-_. ](.+)|'
  rf'(.+)[-_. ](?:{BESIDE_IMAGES}|seg)(?:[-_ ]\d+)?',
  re.DOTALL | re.IGNORECASE,
)
BESIDE = 'a mask of the picture that it is named after'


def apart(dirs, names, at):
  """[F] the folders less those of images; [F] the folder of masks, or ''.

  Args:
    dirs: [F] tuples, folders with what they are in.
    names: [N] of pictures.
    at: [N] which of the folders each is in.
  """
  kids = collections.defaultdict(set)
  for parts in set(dirs):
    for depth, name in enumerate(parts):
      kids[parts[:depth]].add(name)
  about = {folder for folder, those in kids.items() if are_about(those)}
  some = {
    f: [less(MASKS, n) is None for n in kids[f]] for f in kids.keys() - about
  }
  mixed = [folder for folder, others in some.items() if len({*others}) == 2]
  inside = files_in(mixed, dirs, names, at) if mixed else {}
  beside = {
    (*folder, name)
    for folder, those in inside.items()
    for name in of_others(those)
  }
  known = {parts: without(parts, about, beside) for parts in set(dirs)}
  found = [known[parts] for parts in dirs]
  return [parts for parts, _ in found], [mask for _, mask in found]


def of_files(names):
  """The names that are of masks of other names in the same folder."""
  of = {name: stem for name in names if (stem := of_mask(name))}
  there = {of_picture(name) for name in names if name not in of} if of else {}
  with_one = there & {*of.values()} if of else ()
  if class_folders.are_few(len(with_one), len(names) - len(of)):
    return set()  # Of a few, it is what they show.
  return {name for name, stem in of.items() if stem in there}


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
  return folder + (found[1] or found[2]) if found else ''


def less(pattern, name):
  """What is left of a name that holds a word, or None."""
  found = pattern.fullmatch(name.lower())
  return ''.join(filter(None, found.groups())) if found else None


def are_about(names):
  """Whether these are one folder of images, and of masks any number."""
  images = [name for name in names if less(IMAGES, name) == '']
  masks = [name for name in names if less(MASKS, name) == '']
  return len(images) == 1 and len(masks) == len(names) - 1


def files_in(folders, dirs, names, at):
  """folder -> {a folder in it: its files, as paths within it}."""
  found = {folder: collections.defaultdict(list) for folder in folders}
  for name, parts in zip(names, map(dirs.__getitem__, at), strict=True):
    whole = (*parts, name.rpartition('/')[2])
    for depth in range(len(parts)):
      if parts[:depth] in found:
        found[parts[:depth]][parts[depth]].append('/'.join(whole[depth + 1 :]))
  return found


def of_others(files):
  """Those of folders, name -> its files, that hold masks of another's."""
  own = {
    name: {of_mask(file) or of_picture(file) for file in files[name]}
    for name in files
    if less(MASKS, name) is not None
  }
  stems = {n: {*map(of_picture, files[n])} for n in files.keys() - own.keys()}
  return {
    name
    for name, those in own.items()
    if are_of_one(
      name, those, {n: s for n, s in stems.items() if holds(s, those)}
    )
  }


def holds(stems, own):
  """Whether nearly all of a folder's own stems are among others."""
  missing = len(own - stems)
  return missing < len(own) / 2 and class_folders.are_few(missing, len(own))


def are_of_one(name, own, others):
  """Whether masks are in a folder, of the pictures in one of the others.

  Where many are numbered alike, its name has to say of which.

  Args:
    name: Of the folder.
    own: Stems of its files.
    others: name -> stems, where its own are among these.
  """
  if any(name.lower() in other.lower() for other in others):
    return False  # mask and nomask are classes.
  rest = less(MASKS, name)
  named = [o for o in others if rest in (o.lower(), less(IMAGES, o))]
  plainly = [
    o for o in others if split_names.role(o) or less(IMAGES, o) is not None
  ]
  if len(others) > 1:
    return len({*named} & {*plainly}) == 1
  same = any(holds(own, stems) for stems in others.values())
  sure = less(SURELY, name) is not None and (plainly or not rest)
  return bool(named or (same and sure))


def without(parts, about, beside):
  """Folders less those of images; those of masks end there."""
  left = []
  for at, name in enumerate(parts):
    if parts[: at + 1] in beside:
      return tuple(left), name
    if parts[:at] not in about:
      left.append(name)
    elif less(MASKS, name) == '':
      return tuple(left), name
  return tuple(left), ''
