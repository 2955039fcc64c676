"""What settings of a sweep are called, so that no two are called alike."""

import json

from prune_dm_jax.report import cell_files
from prune_dm_jax.report import sweep


def of_settings(several):
  """A heading for each of some settings, that names in what those differ which
  would have the same.

  several: Cells by their setting, as `sweep.settings` gives them.
  """
  named = [plain(cells) for cells in several]
  for name in {name for name in named if named.count(name) > 1}:
    places = [i for i, other in enumerate(named) if other == name]
    words = differing([shared(several[i]) for i in places])
    for i, word in zip(places, words, strict=True):
      named[i] = ', '.join([name, *word])
  return named


def plain(cells):
  """A setting by what mostly tells one from another, for a person."""
  config = cells[0].config
  parts = [config['data']['name']]
  imbalance = config['data'].get('imbalance', 1)  # Older cells name none.
  if imbalance != 1:
    parts.append(f'long-tailed {imbalance:g} to 1')
  if not config['dit']['conditional']:
    parts.append('no classes told')
  parts.append(f'{config["train"]["steps"]:,} steps')
  weight = config.get('sample', {}).get('guidance_weight', 1)
  if weight != 1:
    parts.append(f'guidance {weight:g}')
  if config['train']['exposure'] == 'epochs':
    parts.append('fewer where fewer are kept')
  if passes := config['train'].get('dynamic'):
    parts.append(f'passes by {passes}')
  return ', '.join(parts)


def shared(cells):
  """key -> value, as text, where all cells of a setting say the same."""
  found = alike([sweep.setting(cell) for cell in cells])
  for model in cell_files.ALONE:
    if own := [sweep.way(cell) for cell in cells if cell.model == model]:
      found |= {f'{model}.{key}': text for key, text in alike(own).items()}
  return found


def alike(each):
  """key -> value, as text, of which dicts say the same."""
  first, *others = ({k: json.dumps(v) for k, v in o.items()} for o in each)
  return {
    key: text
    for key, text in first.items()
    if all(other.get(key) == text for other in others)
  }


def differing(each):
  """['key=value', ...] each, of the keys in which dicts differ that have them."""
  values = {}
  for one in each:
    for key, value in one.items():
      values.setdefault(key, set()).add(value)
  return [
    [f'{key}={value}' for key, value in one.items() if len(values[key]) > 1]
    for one in each
  ]
