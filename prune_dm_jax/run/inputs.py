"""Files of others that a cell was made of: what they held is kept beside it.

  <cell>/inputs.json   key of the configuration -> the file, and its sha256

A configuration names a file, and not what is in it. Each is noted by the stage
that first takes it; another file under the same name is then refused. Cells of
before, which note nothing, are noted when they are next gone on with.
"""

import pathlib

from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import processes

NAME = 'inputs.json'


def of_selection(config):
  """key -> file, of what a selection is made of, beside data and scores."""
  return named({'select.begin_with': config.select.begin_with})


def of_training(config):
  seen = config.autoencoder.perceptual > 0
  of_dit = {'dit.init': config.dit.init} if config.model == 'dit' else {}
  perceived = {'autoencoder.perceptual': paths_lib.lpips_path(config)}
  return named(of_dit | (perceived if seen else {}))


def of_judges(config):
  return named(
    {
      f'judge.{key}': paths_lib.weights_path(config, backbone)
      for key, backbone in paths_lib.judges(config).items()
    }
  )


def named(files):
  return {key: pathlib.Path(file) for key, file in files.items() if file}


def note(cell, files):
  """Writes down what a stage is about to take; ValueError if it was another."""
  check(cell, files)
  processes.alone(lambda: write(cell, files))


def write(cell, files):
  """Adds to what is noted; what is noted already stays."""
  new = {
    key: {'file': str(file), 'sha256': paths_lib.digest_of(file)}
    for key, file in files.items()
  }
  if new.keys() - noted(cell).keys():
    artifacts.rewrite_json(cell / NAME, new | noted(cell))


def noted(cell):
  path = cell / NAME
  return damage.read_json(path) if path.exists() else {}


def check_all(config, cell):
  """Raises ValueError if any file that a cell has noted is another one now."""
  check(cell, of_selection(config) | of_training(config) | of_judges(config))


def check(cell, files):
  earlier = noted(cell)
  for key, file in files.items():
    before = earlier.get(key)
    now = paths_lib.digest_of(file) if before else ''
    if before and now != before['sha256']:
      what = 'holds something else' if now else 'is not there'
      raise ValueError(
        f'{cell}: for config.{key} it was made with {before["file"]} of sha256 '
        f'{before["sha256"][:12]}..., and {file} now {what}; bring that file '
        'back, or use another --workdir'
      )
