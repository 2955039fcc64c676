"""What scoring cost, and what pruning saved, in seconds of the machine used."""

from prune_dm_jax.report import cell_files
from prune_dm_jax.report import sweep
from prune_dm_jax.report import tables

MADE_FOR = {
  'monotonicity': ('surrogates', 'losses'),
  'el2n': ('surrogates', 'losses'),
  'grand': ('surrogates', 'gradients'),
  'moso': ('subset_surrogates', 'agreements'),
  'grand_by_time': ('surrogates', 'gradients'),
  'el2n_by_time': ('surrogates', 'losses'),
  'window_variance': ('surrogates', 'losses'),
  'cld': ('half_surrogates', 'held_out_losses'),
  'diffusion_classifier': ('surrogates', 'class_losses'),
}
"""Shared artifacts that a method's scores are made of, if not of features."""


def of(cell):
  """{scoring, training, sampling}: seconds; None where it is not known."""
  if (cell.folder / 'costs.json').exists():
    return cell_files.costs(cell.folder / 'costs.json')
  made = {'training': cell.model, 'sampling': 'samples'}
  found = {
    k: cell_files.seconds(cell.folder / v / 'time.json')
    for k, v in made.items()
  }
  return dict(scoring=scoring(cell), **found)


def scoring(cell):
  """Of the scores and what was made for them alone, latents aside.

  Several of an artifact in one workdir cannot be told apart here: None.
  """
  score, shared = cell.config['score'], cell.folder.parent / 'shared'
  method = score['method']
  if method == 'random':
    return 0.0
  if method in MADE_FOR:
    names = (f'scores_{method}', *MADE_FOR[method])
  else:
    backbone = score['backbone']
    names = (f'scores_{method}_{backbone}', backbone, f'features_{backbone}')
    names = names if backbone == 'classifier' else (names[0], names[2])
  made = [list(shared.glob(f'{name}-????????')) for name in names]
  if any(len(found) != 1 for found in made):
    return None
  parts = [cell_files.seconds(found[0] / 'time.json') for found in made]
  return None if None in parts else sum(parts)


def rows(cells):
  """A row for each place: seconds of scoring, training and what was saved."""
  header = ('variant', 'prune ratio', 'kept', 'scoring, s', 'training, s',
            'training saved, s')  # fmt: skip
  places = sweep.by_place(cells)
  whole = {
    model: mean([
      of(c)['training']
      for c in cells
      if c.model == model and c.variant.endswith('unpruned')
    ])
    for model in {cell.model for cell in cells}
  }  # fmt: skip
  found = []
  for variant in sweep.variants(cells):
    for (name, ratio), own in places.items():
      if name != variant:
        continue
      spent = [of(cell) for cell in own]
      training = mean([s['training'] for s in spent])
      all_of_it = whole[own[0].model]
      known = all_of_it is not None and training is not None
      saved = all_of_it - training if known else None
      scored = mean([s['scoring'] for s in spent])
      kept = tables.kept_of(own)
      found.append((variant, f'{ratio:.4g}', kept, scored, training, saved))
  return header, found


def mean(numbers):
  known = [n for n in numbers if n is not None]
  return sum(known) / len(known) if known else None
