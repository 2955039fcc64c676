"""Whether a picture is grey by what its file says, and not by its pixels."""

import numpy as np


def is_grey(opened):
  """Whether it has one channel, or a palette of greys, but for opacity."""
  if opened.mode == 'P':
    palette = opened.palette
    colours = np.frombuffer(bytes(palette.palette), np.uint8)
    if (palette.rawmode or palette.mode) != 'RGB' or len(colours) % 3:
      return False
    return not np.ptp(colours.reshape(-1, 3), axis=1).any()
  return opened.mode in ('1', 'L', 'LA', 'La') or opened.mode[0] in 'IF'
