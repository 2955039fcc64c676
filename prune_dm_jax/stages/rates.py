"""Another learning rate for a network that stopped, as it was not finite.

Elsewhere a cell is of one configuration. But where a diagnosis.json says that a
network got no further at the rate with which its cell was begun, the cell goes
on at another one: config.json has the new rate, and the diagnosis, which stays,
the old one and the step up to which it held.
"""

from prune_dm_jax.run import artifacts
from prune_dm_jax.run import cell_config
from prune_dm_jax.run import damage
from prune_dm_jax.run import paths as paths_lib

RATE = '.learning_rate'


def section(name):
  """The section of the configuration that a network is trained by."""
  role = name.split()[0]
  return 'train' if role == 'dit' else role


def same_config(run, cell):
  """Raises ValueError if a cell is of another configuration than this one."""
  wanted, path = run.config.to_dict(), cell / 'config.json'
  for key, (old, _) in changed(run, cell).items():
    put(wanted, key, old)
  artifacts.same_config(path, wanted, younger=cell_config.YOUNGER)


def keep(run, cell):
  """Writes the rates that a cell goes on with to its config.json."""
  found = changed(run, cell) if (cell / 'config.json').exists() else {}
  if found:
    config = damage.read_json(cell / 'config.json')
    for key, (_, new) in found.items():
      put(config, key, new)
    artifacts.rewrite_json(cell / 'config.json', config)


def changed(run, cell):
  """key -> (old, new) of the rates that differ, and at the old it stopped."""
  found = artifacts.differences(
    cell / 'config.json', run.config.to_dict(), younger=cell_config.YOUNGER
  )
  rates = {key: both for key, both in found.items() if key.endswith(RATE)}
  return {k: both for k, both in rates.items() if stopped(run, cell, k)}


def stopped(run, cell, key):
  """Whether what was trained by that rate of the cell is unfinished, and why."""
  name = key.removesuffix(RATE)
  if name == 'train':
    folders = [cell / 'dit']
  elif name in ('vae', 'gan'):
    folders = [cell / name]
  else:
    paths = paths_of(run, cell)
    each = {**paths._asdict(), 'surrogate': paths.surrogates}
    of_parts = [paths.subset_surrogates, paths.half_surrogates]
    folders = [each[name], *(of_parts if name == 'surrogate' else [])]
  if any(folder.exists() for folder in folders):
    return False
  partial = [artifacts.partial(folder) for folder in folders]
  return any(list(f.glob('**/diagnosis.json')) for f in partial)


def paths_of(run, cell):
  """Where the shared artifacts are by the configuration of the cell."""
  return located(run, cell_config.of(cell))


def located(run, config):
  """Where they are by another configuration of the same split."""
  given = config, run.source.fingerprint, run.workdir
  either = [paths_lib.locate(*given, together=t) for t in (False, True)]
  return next((p for p in either if p.split == run.paths.split), either[0])


def put(config, key, value):
  """Sets config[a][b] of the key a.b."""
  *outer, last = key.split('.')
  for name in outer:
    config = config[name]
  config[last] = value
