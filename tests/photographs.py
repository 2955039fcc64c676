"""Crops of two photographs, and files of them."""

import functools
import io

from PIL import Image


@functools.cache
def photographs():
  from sklearn.datasets import load_sample_images

  return load_sample_images().images


def crop(i):
  """The i-th crop of two photographs: uint8 [H, W, 3], of a size of its own."""
  top, left = 13 * i % 300, 29 * i % 500
  return photographs()[i % 2][top : top + 40 + i, left : left + 60 - i]


def encoded(array, form='JPEG', **options):
  """The bytes of a picture's file."""
  file = io.BytesIO()
  Image.fromarray(array).save(file, form, **options)
  return file.getvalue()


def jpeg(i):
  return encoded(crop(i))


def put(folder, files):
  """Writes name -> bytes; returns the folder."""
  for name, data in files.items():
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
  return folder
