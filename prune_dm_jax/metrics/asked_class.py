"""The share of generated pictures that the judge gives the class asked for.

The interval is Wilson's, 95 %.
"""

import numpy as np


def wilson(share, number, z=1.96):
  """The 95 % interval of a share of `number` independent draws."""
  center = share + z**2 / (2 * number)
  half = z * np.sqrt(share * (1 - share) / number + (z / (2 * number)) ** 2)
  scale = 1 + z**2 / number
  return float((center - half) / scale), float((center + half) / scale)


def metric(generated, reference):
  del reference
  right = generated['logits'].argmax(axis=1) == generated['labels']
  share = float(np.mean(right))
  return {'asked_class': (share, *wilson(share, len(right)))}
