"""Notes beside a training, of which nothing is made: without them it goes on."""

import jax
from absl import logging

from prune_dm_jax.training import aside
from prune_dm_jax.training import faults


def read(path, parse):
  """parse(text) of a note; [] where there is none, or it is damaged.

  What is damaged is said, and moved aside by the first process.
  """
  try:
    return parse(path.read_text())
  except FileNotFoundError:
    return []
  except (ValueError, LookupError, TypeError, AttributeError):
    where = aside.free(path.with_name(f'{path.name}.damaged'))
    logging.warning(
      '%s is damaged: it is moved to %s, and done without', path, where.name
    )
    if jax.process_index() == 0:
      path.rename(where)
    return []


def write(path, text):
  save_whole(path, lambda temporary: temporary.write_text(text))


def save_whole(path, save):
  """save(temporary name), renamed: whole if it is there, though the power goes."""
  temporary = path.with_name(f'{path.stem}.partial{path.suffix}')
  save(temporary)
  faults.sync_entry(temporary)
  temporary.rename(path)
  faults.sync_entry(path.parent)
