"""Pictures as pretrained networks were shown them: short side, centre, colour.

By PIL itself, on the host, as torchvision's Resize and CenterCrop do.
"""

import jax.numpy as jnp
import numpy as np
from PIL import Image

BICUBIC = Image.Resampling.BICUBIC


def fitted(image, *, short_side, crop, resample=BICUBIC):
  """The centre of a picture whose short side is brought to a length.

  Args:
    image: uint8 [H, W, C]; one channel is shown as three.
    short_side: Its length after resizing; the other side is truncated.
    crop: Side of the centre that is cut out, at most short_side.
    resample: One of PIL's.

  Returns:
    uint8 [crop, crop, 3].
  """
  if image.shape[-1] == 1:
    image = np.repeat(image, 3, axis=2)
  picture = Image.fromarray(image)
  w, h = picture.size
  short = min(w, h)
  size = tuple(
    short_side if side == short else int(short_side * side / short)
    for side in (w, h)
  )
  left, top = (round((side - crop) / 2) for side in size)
  resized = picture.resize(size, resample)
  return np.asarray(resized.crop((left, top, left + crop, top + crop)))


def normalized(images, mean, std):
  """uint8 [B, H, W, 3] -> float32, (x / 255 - mean) / std of each channel."""
  of_channel = lambda values: jnp.array(values).reshape(1, 1, 1, -1)
  x = jnp.asarray(images, jnp.float32) / 255
  return (x - of_channel(mean)) / of_channel(std)
