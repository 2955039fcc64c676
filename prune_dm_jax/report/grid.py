"""Pictures side by side, as PNG data that a page can hold."""

import base64
import io

import numpy as np
from PIL import Image


def tile(pictures, *, columns, gap=2):
  """uint8 [N, H, W, C] -> uint8 [rows*(H+gap)-gap, columns*(W+gap)-gap, C]."""
  pictures = np.asarray(pictures)
  number, h, w, c = pictures.shape
  rows = -(-number // columns)
  canvas = np.full((rows, h + gap, columns, w + gap, c), 128, np.uint8)
  for i, picture in enumerate(pictures):
    canvas[i // columns, :h, i % columns, :w] = picture
  flat = canvas.reshape(rows * (h + gap), columns * (w + gap), c)
  return flat[: -gap or None, : -gap or None]


def as_image(image):
  """uint8 [H, W, C], of one channel or three."""
  return Image.fromarray(image.squeeze(-1) if image.shape[-1] == 1 else image)


def png(image, *, scale=1):
  """uint8 [H, W, C] -> bytes of a PNG, each pixel `scale` pixels wide."""
  picture = as_image(image)
  size = (picture.width * scale, picture.height * scale)
  buffer = io.BytesIO()
  picture.resize(size, Image.Resampling.NEAREST).save(buffer, 'PNG')
  return buffer.getvalue()


def data_uri(image, *, scale=1):
  return uri('png', png(image, scale=scale))


def uri(kind, content):
  return f'data:image/{kind};base64,{base64.b64encode(content).decode()}'


def photo_uri(image):
  """uint8 [H, W, C] as a JPEG, which is far smaller where pictures are not."""
  buffer = io.BytesIO()
  as_image(image).save(buffer, 'JPEG', quality=85)
  return uri('jpeg', buffer.getvalue())


def small_uri(image):
  """uint8 [H, W, C] as a WebP, which is smaller still."""
  buffer = io.BytesIO()
  as_image(image).save(buffer, 'WEBP', quality=75)
  return uri('webp', buffer.getvalue())


def by_class(pictures, labels, *, num_classes, each):
  """The first `each` pictures of every class, a class a row; gaps are grey."""
  pictures = np.asarray(pictures)
  blank = np.full((1, *pictures.shape[1:]), 128, np.uint8)
  rows = []
  for label in range(num_classes):
    own = pictures[np.flatnonzero(labels == label)[:each]]
    rows.append(np.concatenate([own, *[blank] * (each - len(own))]))
  return np.concatenate(rows)
