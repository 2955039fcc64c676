"""How what a report shows was made: curves of training, and how long all took.

Notes tell it, of which nothing is made: a damaged one is left out, and said.
"""

import re

from prune_dm_jax.report import figures
from prune_dm_jax.report import models
from prune_dm_jax.report import page
from prune_dm_jax.run import damage
from prune_dm_jax.training import log

HASH = re.compile('-[0-9a-f]{8}$')
"""The end of the name of what is shared."""


def curve_of(path):
  """Steps and losses of a log."""
  lines = log.read(path)
  return [v['step'] for v in lines], [v['loss'] for v in lines]


def training(run, cell):
  """Loss curves, and how well the autoencoder does."""
  model = run.config.model
  sides = [
    losses('autoencoder', run.paths.autoencoder),
    losses(models.NAMES[model], cell / model),
  ]
  return [page.pair(*sides), page.paragraph(of_autoencoder(run))]


def losses(name, folder):
  """The curve of a training, as HTML."""
  curve = damage.noted(folder / 'metrics.jsonl', curve_of)
  if not curve:
    return page.paragraph(f'{name}: the log of training is not there.')
  log_scale = min(curve[1]) > 0  # Minus a log density may be negative.
  svg = figures.curves(
    {name: curve}, xlabel='step', ylabel='loss', log=log_scale
  )
  return page.drawing(svg, f'{name}: mean loss since the point before')


def of_autoencoder(run):
  """How well it does, in words."""
  header = damage.read_json(run.paths.latents / 'header.json')
  return (
    f'Of {header["num_codes"]} codes {header["codes_used"]} are used, '
    f'perplexity {header["perplexity"]:.1f}. Mean squared error of '
    f'reconstructions, on [-1, 1]: {header["reconstruction_error_train"]:.4f} '
    f'on training, {header["reconstruction_error_held_out"]:.4f} on '
    f'{header["held_out"]} held-out pictures. Scale of the latents: '
    f'{header["std"]:.4f}.'
  )


SHARED = (
  'Seconds of the machine that ran it, the compilation of programs with them. '
  'What is shared with other cells of the workdir was made once for all of them.'
)

RESUMED = 'since it was resumed'


def times(run, cell):
  """(what was made, seconds, a note) each, in the order in which it was made."""
  folders = [
    *dict.fromkeys(run.paths),
    cell / run.config.model,
    cell / 'samples',
  ]
  rows = [(path.name, damage.noted(path / 'time.json')) for path in folders]
  rows += damage.noted(cell / 'times.json').items()
  return [
    (plain(name), of['seconds'], RESUMED if of.get('resumed') else '')
    for name, of in rows
    if isinstance(of, dict) and isinstance(of.get('seconds'), (int, float))
  ]


def plain(name):
  """'features_judge-1a2b3c4d' as 'features judge'; a model by its name."""
  stem = HASH.sub('', name)
  return models.NAMES.get(stem) or stem.replace('_', ' ')
