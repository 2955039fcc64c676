"""Folders of masks, or of what else belongs to pictures, beside folders of
these: neither is a class.

  images/cat/1.jpg       masks/cat/1.png             is cat/1.jpg and its mask
  JPEGImages/1.jpg       SegmentationClass/1.png     is 1.jpg and its mask
  train/1.jpg            train_masks/1.gif           likewise
  1.jpg                  1_mask.png                  in the same folder
"""

import collections
import os
import re

from prune_dm_jax.data.labels import class_folders

IMAGES = frozenset(
  ('image', 'images', 'img', 'imgs', 'jpegimages', 'leftimg8bit')
)
"""In lower case: folders that say of pictures that they are pictures."""

MASKS = frozenset((
  'annotation', 'annotations', 'annots', 'bbox', 'boxes', 'depth', 'depths',
  'edges', 'ground_truth', 'groundtruth', 'gt', 'gtcoarse', 'gtfine', 'label', 'labels', 'mask',
  'masks', 'segmentation', 'segmentationclass', 'segmentationobject',
  'segmentations', 'trimap', 'trimaps',
))  # fmt: skip
"""In lower case: folders of what belongs to the pictures beside them."""

OF = re.compile(r'(.+)[-_ ]([a-z]+)')
"""What a folder of masks is called, and of which folder's pictures they are."""


FILE = re.compile(
  rf'(.+)[-_. ](?:{"|".join(sorted(MASKS))}|seg)(?:[-_ ]\d+)?\.\w+',
  re.DOTALL | re.IGNORECASE,
)
BESIDE = 'a mask of the picture that it is named after'


def apart(dirs):
  """[N] the folders less those of images; [N] the folder of masks, or ''.

  Args:
    dirs: [N] tuples, the folders that each picture is in.
  """
  kids = collections.defaultdict(set)
  for parts in set(dirs):
    for at, name in enumerate(parts):
      kids[parts[:at]].add(name)
  about = {folder for folder, names in kids.items() if are_about(names)}
  beside = {
    (*folder, name)
    for folder, names in kids.items()
    for name in names
    if are_of_another(name, names)
  }
  known = {parts: without(parts, about, beside) for parts in set(dirs)}
  found = [known[parts] for parts in dirs]
  return [parts for parts, _ in found], [mask for _, mask in found]


def of_files(names):
  """The names that are of masks of other names in the same folder."""
  of = {name: found[1] for name in names if (found := FILE.fullmatch(name))}
  there = {os.path.splitext(name)[0] for name in names} if of else set()
  with_one = there & {*of.values()}
  if class_folders.are_few(len(with_one), len(names) - len(of)):
    return set()  # Of a few, it is what they show.
  return {name for name, stem in of.items() if stem in there}


def are_about(names):
  """Whether these are one folder of images, and of masks any number."""
  lower = [name.lower() for name in names]
  images = sum(name in IMAGES for name in lower)
  return images == 1 and all(name in IMAGES | MASKS for name in lower)


def are_of_another(name, names):
  """Whether masks are in this folder, of what is in another of these."""
  found = OF.fullmatch(name.lower())
  others = map(str.lower, names)
  return bool(found) and found[2] in MASKS and found[1] in others


def without(parts, about, beside):
  """Folders less those of images; those of masks end there."""
  left = []
  for at, name in enumerate(parts):
    if parts[: at + 1] in beside:
      return tuple(left), name
    if parts[:at] not in about:
      left.append(name)
    elif name.lower() in MASKS:
      return tuple(left), name
  return tuple(left), ''
