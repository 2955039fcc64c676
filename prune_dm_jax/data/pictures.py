"""Pictures to be judged: a folder of them, arrays, or the samples of a run.

<folder>/**/*.png .jpg ...   a class a folder, if all are in folders
.npz                         arr_0 uint8 [N, H, W, C], arr_1 [N] labels or none
.npy                         uint8 [N, H, W, C]
a cell, or its samples/      images.npy and labels.npy
"""

import hashlib
import pathlib
import zipfile
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image

from prune_dm_jax.data import decode
from prune_dm_jax.data import identity

SUFFIXES = ('.png', '.jpg', '.jpeg', '.webp', '.bmp', '.ppm', '.pgm')


class Pictures(NamedTuple):
  """N pictures of one size."""

  keys: tuple[str, ...]
  labels: np.ndarray | None
  """[N] int, or None."""
  read: Callable
  """indices [b] -> uint8 [b, H, W, C]."""
  fingerprint: str

  def __len__(self):
    return len(self.keys)


def open_pictures(path):
  """The Pictures at a path; a ValueError says what is wrong with it."""
  path = pathlib.Path(path)
  if not path.exists():
    raise ValueError(f'{path}: there is no such file or folder')
  for folder in (path / 'samples', path):
    if (folder / 'images.npy').exists():
      return of_run(folder)
  if path.is_dir():
    return of_folder(path)
  readers = {'.npz': of_npz, '.npy': of_npy}
  if path.suffix not in readers:
    raise ValueError(
      f'{path}: pictures are a folder, a .npz, a .npy or the cell of a run'
    )
  return readers[path.suffix](path)


def of_arrays(path, images, labels):
  """Pictures of uint8 [N, H, W, C]; the file's bytes are their fingerprint."""
  if images.dtype != np.uint8 or images.ndim != 4 or not len(images):
    raise ValueError(
      f'{path}: wanted pictures as uint8 [N, H, W, C], got {images.dtype} '
      f'{list(images.shape)}'
    )
  if images.shape[-1] not in (1, 3):
    raise ValueError(
      f'{path}: its pictures have {images.shape[-1]} channels; 1 and 3 are known'
    )
  if labels is not None and labels.shape != (len(images),):
    raise ValueError(
      f'{path}: {len(images)} pictures, but labels of shape '
      f'{list(labels.shape)}'
    )
  keys = tuple(str(i) for i in range(len(images)))
  return Pictures(keys, labels, lambda i: np.asarray(images[i]), digest(path))


def digest(path):
  with open(path, 'rb') as file:
    return hashlib.file_digest(file, 'sha256').hexdigest()[:16]


def of_run(folder):
  labels = folder / 'labels.npy'
  return of_npy(
    folder / 'images.npy', np.load(labels) if labels.exists() else None
  )


def of_npy(path, labels=None):
  try:
    images = np.load(path, mmap_mode='r')
  except (ValueError, EOFError) as error:
    raise ValueError(f'{path}: not an .npy file of numbers') from error
  return of_arrays(path, images, labels)


def of_npz(path):
  """As ADM writes samples: arr_0 and, for classes, arr_1."""
  try:
    with np.load(path) as file:
      found = {
        name: file[name] for name in file.files if name.startswith('arr_')
      }
  except (ValueError, EOFError, zipfile.BadZipFile) as error:
    raise ValueError(f'{path}: not an .npz file of numbers') from error
  if 'arr_0' not in found:
    raise ValueError(f'{path}: there is no arr_0, which would be its pictures')
  return of_arrays(path, found['arr_0'], found.get('arr_1'))


def of_folder(path):
  """All pictures under a folder, in the order of their names."""
  files = sorted(p for p in path.rglob('*') if p.suffix.lower() in SUFFIXES)
  if not files:
    raise ValueError(
      f'{path}: no picture in this folder; {", ".join(SUFFIXES)} are known'
    )
  keys = tuple(file.relative_to(path).as_posix() for file in files)
  labels = by_folder(keys)
  sizes = [file.stat().st_size for file in files]
  known = labels if labels is not None else [-1] * len(keys)
  shape = decoded(files[0]).shape
  read = lambda indices: np.stack([same(files[i], shape) for i in indices])
  return Pictures(keys, labels, read, identity.fingerprint(keys, sizes, known))


def by_folder(keys):
  """[N] the place of each key's first folder; None if one is in none."""
  if not all('/' in key for key in keys):
    return None
  folders = [key.split('/')[0] for key in keys]
  return np.unique(folders, return_inverse=True)[1]


def same(file, shape):
  """A picture that must be of this shape."""
  picture = decoded(file)
  if picture.shape != shape:
    raise ValueError(
      f'{file}: its size is {picture.shape}, that of the first picture '
      f'{shape}; bring all to one size, and one number of channels'
    )
  return picture


def decoded(file):
  """uint8 [H, W, 1] of a grey picture, [H, W, 3] of any other."""
  try:
    array = decode.picture(file.read_bytes())
    with Image.open(file) as picture:
      grey = picture.mode in ('L', '1')
  except (OSError, ValueError) as error:
    raise ValueError(f'{file}: not a picture that can be read') from error
  return array[..., :1] if grey else array
