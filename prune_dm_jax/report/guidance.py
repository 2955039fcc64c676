"""What samples by other weights of guidance are called, beside those of the cell.

<cell>/samples               by config.sample.guidance_weight
<cell>/samples_guidance_1.5  by one of config.sample.other_weights
"""

FIRST = 'samples'


def folder(weight):
  """Their folder in a cell."""
  return f'{FIRST}_guidance_{weight:g}'


def words(name):
  """What metrics.json calls the samples of a folder."""
  return name.replace('_guidance_', ' at guidance ')
