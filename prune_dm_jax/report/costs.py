"""What scoring cost, and what pruning saved, in seconds of the machine used."""

from prune_dm_jax.features import NETWORKS
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.report import cell_files
from prune_dm_jax.report import tables

MADE = {
  'losses': ('surrogates', 'losses'),
  'gradients': ('surrogates', 'gradients'),
  'surrogates': ('subset_surrogates', 'agreements'),
  'held_out_losses': ('half_surrogates', 'held_out_losses'),
  'influences': ('half_surrogates', 'influences'),
  'class_losses': ('surrogates', 'class_losses'),
  'looks': ('looks',),
  'twins': ('looks', 'twins'),
}
"""What a method needs -> the shared artifacts that are made for it."""


def of(cell):
  """{scoring, training, sampling}: seconds; None where it is not known."""
  if (cell.folder / 'costs.json').exists():
    return cell_files.costs(cell.folder / 'costs.json')
  made = {'training': cell.model, 'sampling': cell.samples}
  found = {
    k: cell_files.seconds(cell.folder / v / 'time.json')
    for k, v in made.items()
  }
  return dict(scoring=scoring(cell), **found)


def scoring(cell):
  """Of the scores and what was made for them alone, latents aside.

  Several of an artifact in one workdir cannot be told apart here: None.
  """
  shared = cell.folder.parent / 'shared'
  row = METHODS.get(cell.config['score']['method'])
  if row is None:
    return None
  if not row.needs:
    return 0.0
  names = artifacts_of(row, cell.config)
  made = [list(shared.glob(f'{name}-????????')) for name in names]
  made[-1] = [p for p in made[-1] if p.name == cell.facts.get('scores', p.name)]
  if any(len(found) != 1 for found in made):
    return None
  parts = [cell_files.seconds(found[0] / 'time.json') for found in made]
  return None if None in parts else sum(parts)


def artifacts_of(row, config):
  """The names, without hash, of what is made for a method; last its scores."""
  backbone, needs = config['score']['backbone'], row.needs
  names = [name for need in needs for name in MADE.get(need, ())]
  by_features = 'twins' in needs and config['twins']['by'] == 'features'
  if row.of_features or by_features:
    names += [f'features_{backbone}', *([backbone] * (backbone in NETWORKS))]
  if 'clusters' in needs:
    names.append(f'scores_cluster_{backbone}')
  of = f'_{backbone}' if row.of_features else ''
  return [*dict.fromkeys(names), f'scores_{config["score"]["method"]}{of}']


def rows(cells):
  """A row for each place: seconds of scoring, training and what was saved."""
  header = ('variant', 'prune ratio', 'kept', 'scoring, s', 'training, s',
            'training saved, s')  # fmt: skip
  whole, found = of_whole(cells), []
  for (variant, ratio), own in tables.in_order(cells):
    spent = [of(cell) for cell in own]
    scored, training = (
      mean([s[what] for s in spent]) for what in ('scoring', 'training')
    )
    known = None not in (whole[own[0].model], training)
    saved = whole[own[0].model] - training if known else None
    kept = tables.kept_of(own)
    found.append((variant, f'{ratio:.4g}', kept, scored, training, saved))
  return header, found


def of_whole(cells):
  """model -> seconds of training on the whole set; None where it is not known."""
  whole = [cell for cell in cells if cell.variant.endswith('unpruned')]
  return {
    model: mean([of(c)['training'] for c in whole if c.model == model])
    for model in {cell.model for cell in cells}
  }


def mean(numbers):
  known = [n for n in numbers if n is not None]
  return sum(known) / len(known) if known else None
