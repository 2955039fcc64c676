"""Folders of masks, or of what else belongs to pictures, beside folders of
these: neither is a class.

  images/cat/1.jpg    masks/cat/1.png           is cat/1.jpg and its mask
  JPEGImages/1.jpg    SegmentationClass/1.png   is 1.jpg and its mask
  train/1.jpg         trainannot/1_L.png        likewise
  rgb/1.png           depth/1.png               likewise: the same names
  image_2/7.png       semantic/7.png            likewise, beside images alone
  train/7.png         maps/train/7.png          likewise, of all beside it

A folder is one of masks if its name says so, and its files are called as those
of one other folder, which is not: face_mask/ with pictures of its own is a class.
Where files have names, and not only numbers from 1 on, the same names say more.
"""

import collections
import re

from prune_dm_jax.data.labels import class_folders
from prune_dm_jax.data.labels import masks
from prune_dm_jax.data.labels import split_names


def holding(word):
  """A pattern of names of folders, in lower case, that hold a word."""
  return re.compile(
    rf'(?:(.*)[-_ .])?(train|val|test)?(?:{word})(t[rs])?(?:[-_ .](.*))?'
  )


IMAGES, SURELY, MASKS = map(
  holding, (masks.IMAGE, masks.MASK, masks.BESIDE_IMAGES)
)
DIGITS, LETTER = re.compile(r'[0-9]+'), re.compile(r'[^\W\d_]')


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
  mixed = [f for f in kids.keys() - about if may_hold(kids, f)]
  inside = files_in(mixed, dirs, names, at) if mixed else {}
  beside = {
    (*folder, name)
    for folder, those in inside.items()
    for name in of_others(those)
  }
  known = {parts: without(parts, about, beside) for parts in set(dirs)}
  found = [known[parts] for parts in dirs]
  return [parts for parts, _ in found], [mask for _, mask in found]


def may_hold(kids, folder):
  """Whether some of the folders in one could be of masks of the others."""
  those = kids[folder]
  said = sum(less(MASKS, name) is not None for name in those)
  within = (kids.get((*folder, name), set()) for name in those)
  again = any(map(those.__and__, within))
  return len(those) > 1 and (
    0 < said < len(those) or len(images(those)) == 1 or again
  )


def less(pattern, name):
  """What is left of a name that holds a word, or None."""
  found = pattern.fullmatch(name.lower())
  return ''.join(filter(None, found.groups())) if found else None


def images(names):
  """Those of names that say images, and but for a number no more."""
  rest = {name: less(IMAGES, name) for name in names}
  return [
    n for n in names if rest[n] is not None and not LETTER.search(rest[n])
  ]


def are_about(names):
  """Whether these are one folder of images, and of masks any number."""
  those = [name for name in names if less(IMAGES, name) == '']
  others = [name for name in names if less(MASKS, name) == '']
  return len(those) == 1 and len(others) == len(names) - 1


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
  said = {name for name in files if less(MASKS, name) is not None}
  stems = {name: stems_of(files[name], name in said) for name in files}
  others = {name: stems[name] for name in files.keys() - said}
  found = {name for name in said if are_of_some(name, stems[name], others)}
  of_images = images(files)
  if len(of_images) == 1 and (found or not numbered(stems[of_images[0]])):
    rest = others.keys() - {*of_images}
    found |= {n for n in rest if holds(stems[of_images[0]], others[n])}
  return found | {n for n in stems.keys() - found if are_paths(n, stems)}


def stems_of(files, said):
  """Names less suffixes, words for pictures or masks, and what all end in."""
  found = {(said and masks.of_mask(f)) or masks.of_picture(f) for f in files}
  return masks.without_end(found)


def numbered(stems):
  """Whether files are only counted, as those of any other folder may be."""
  found = [DIGITS.findall(stem.rpartition('/')[2]) for stem in stems]
  if any(len(digits) != 1 or len(digits[0]) > 9 for digits in found):
    return False
  return max(int(digits) for (digits,) in found) <= 2 * len(stems) + 1


def holds(stems, own):
  """Whether nearly all of a folder's own stems are among others."""
  missing = len(own - stems)
  return missing < len(own) / 2 and class_folders.are_few(missing, len(own))


def are_of_some(name, own, others):
  """Whether masks are in a folder, of the pictures in others, name -> stems."""
  if any(name.lower() in other.lower() for other in others):
    return False  # mask and nomask are classes.
  with_all = {other: s for other, s in others.items() if holds(s, own)}
  if with_all or numbered(own):
    return are_of_one(name, own, with_all)
  files = lambda stems: {stem.rpartition('/')[2] for stem in stems}
  return holds(files(set().union(*others.values())), files(own))


def are_of_one(name, own, others):
  """Whether masks are in a folder, of the pictures in one of the others.

  Where many are numbered alike, its name has to say of which.

  Args:
    name: Of the folder.
    own: Stems of its files.
    others: name -> stems, where its own are among these.
  """
  rest = less(MASKS, name)
  named = [o for o in others if rest in (o.lower(), less(IMAGES, o))]
  plainly = [
    o for o in others if split_names.role(o) or less(IMAGES, o) is not None
  ]
  if len(others) > 1:
    return len({*named} & {*plainly}) == 1
  same = any(holds(own, stems) for stems in others.values())
  sure = less(SURELY, name) is not None and (plainly or not rest)
  return bool(named or (same and (sure or not numbered(own))))


def are_paths(name, stems):
  """Whether files in a folder are called as those of the others from outside."""
  own = stems[name]
  if not all('/' in stem for stem in own) or numbered(own):
    return False
  outside = {f'{o}/{s}' for o in stems.keys() - {name} for s in stems[o]}
  return holds(outside, own)


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
