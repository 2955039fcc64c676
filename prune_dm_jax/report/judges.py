"""By which files of published weights the samples of a cell were judged.

A configuration names a network; <cell>/inputs.json, or of results selection.json, has
the sha256 of its file. Cells older than that say nothing, which is a setting, too.
"""

from prune_dm_jax.features import BACKBONES
from prune_dm_jax.metrics import JUDGES

UNKNOWN = 'unknown'
CARE = (
  'It is not known by which files of weights {} cells were judged: they are '
  'older than the note of it, and stand together as if by the same, apart from '
  'those that are noted.'
)


def of(facts, config):
  """key -> the beginning of a file's sha256, or UNKNOWN, of published judges."""
  judge, noted = config.get('judge', {}), facts.get('inputs', {})
  names = {key: str(judge.get(key) or judge.get('network')) for key in JUDGES}
  return {
    f'judge.{key}.sha256': noted.get(f'judge.{key}', UNKNOWN)
    for key, name in names.items()
    if name in BACKBONES and BACKBONES[name].file
  }


def sentences(cells):
  """What is to be said of cells whose judges are not known."""
  found = [UNKNOWN in of(cell.facts, cell.config).values() for cell in cells]
  return [CARE.format(f'{sum(found):,}')] if any(found) else []
