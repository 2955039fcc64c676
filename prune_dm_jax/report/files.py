"""Files of cells, as they are told of: torn ones are named."""

import json


def read(path):
  """What a .json says.

  Raises:
    ValueError: It is torn, or not JSON.
  """
  data = path.read_bytes()
  try:
    return json.loads(data)
  except (ValueError, RecursionError) as error:
    raise ValueError(
      f'{path} is torn, or not JSON; restore it, or move {path.parent} aside'
    ) from error
