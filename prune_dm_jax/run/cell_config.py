"""The configuration that a cell was made by: of this version, or an older one."""

import math

import ml_collections

from prune_dm_jax.report import cell_files
from prune_dm_jax.run import damage
from prune_dm_jax.run import defaults
from prune_dm_jax.run.artifacts import flat

YOUNGER = {
  'model': 'dit',
  'weights': 'weights',
  'store': '',
  'score': defaults.OF_METHODS
  | {'components': 0, 'scores': '', 'embeddings': ''},
  'select': cell_files.SELECT,
  'twins': defaults.TWINS,
  'junk': defaults.JUNK,
  **cell_files.OLDER,
  'runtime': {'accumulate': 1, 'shard_optimizer': False, 'crops': False},
  'autoencoder': {'perceptual': 0.0, 'adversarial': 0.0},
  'data': cell_files.OLDER['data'] | {'max_bad': 0.01},
  'sample': cell_files.OLDER['sample'] | {'other_weights': ()},
}
"""Keys that older cells have not, at what was done without them."""

UNASKED = ('gan.', 'vae.', 'autoencoder.adversarial_from')
"""Keys that they have not either, and that nobody asks for then."""


def of(cell):
  """The ConfigDict; what it is too old to name is as it was then."""
  path = cell / 'config.json'
  read = damage.read_json(path)
  given = dict(flat(read)) if isinstance(read, dict) else {}
  config = ml_collections.ConfigDict(YOUNGER)
  younger = {name for name, _ in flat(YOUNGER)}
  for name, wanted in flat(defaults.get_config('random').to_dict()):
    old = name in younger or name.startswith(UNASKED)
    if name not in given and not old:
      raise ValueError(f'{path}: it has no {name}; {RESTORE}')
    if name in given and not fits(given[name], wanted):
      raise ValueError(f'{path}: its {name} is {given[name]!r:.60}; {RESTORE}')
  damage.parsed(path, lambda: config.update(read), 'configuration')
  return config


RESTORE = 'no cell has that here; restore the file, or use another --workdir'


def fits(value, wanted):
  """Whether a value is of the type that another is of; a float may be whole."""
  if isinstance(wanted, float):
    return cell_files.fits(value, cell_files.NUMBER) and math.isfinite(value)
  return cell_files.fits(value, type(wanted))
