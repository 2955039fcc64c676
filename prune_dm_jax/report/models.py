"""The diffusion model beside a VAE and a GAN, each against its own whole set.

The paper finds that these two fall at once where data is pruned at random. What
counts is therefore how far each is from itself unpruned, not from the others.
"""

from prune_dm_jax.report import answer
from prune_dm_jax.report import sweep

NAMES = {'dit': 'DiT', 'vae': 'VAE', 'gan': 'GAN'}

WHOLE, RANDOM = 'unpruned', 'random'


def compared(cells):
  """The unpruned and random cells of every model, a variant a model."""
  stem = lambda cell: cell.variant.removeprefix(f'{cell.model}_')
  return [
    cell._replace(variant=NAMES.get(cell.model, cell.model))
    for cell in cells
    if stem(cell) == (RANDOM if cell.prune_ratio else WHOLE)
  ]


def table(cells, metric):
  """Differences from the whole set: header, and a row for each model.

  Args:
    cells: Of `compared`.
    metric: One of `answer.COMPARED`.

  Returns:
    What is beyond chance is said to be better or worse; intervals are for all
    of a row together, from the deviations between seeds at its two ends.
  """
  ratios = sweep.ratios(cells)
  header = ('model', 'whole set', *(f'{ratio:g}' for ratio in ratios))
  return header, [
    row(name, [c for c in cells if c.variant == name], ratios, metric)
    for name in sweep.variants(cells)
  ]


def row(name, own, ratios, metric):
  """A model, what it makes of the whole set, and how far it is from that."""
  whole, found = differences(own, metric)
  if whole is None:
    return (name, *['not run'] * (1 + len(ratios)))
  told = [answer.marked(found.get(ratio), metric) for ratio in ratios]
  return (name, f'{whole:.3g}', *told)


def differences(own, metric):
  """(mean of the whole set or None, ratio -> Difference from it) of one model."""
  of = {
    ratio: sweep.values(seeds, metric)
    for (_, ratio), seeds in sweep.by_place(own).items()
  }
  whole = of.pop(0.0, ())
  if not len(whole):
    return None, {}
  run = {ratio: v for ratio, v in of.items() if len(v)}
  variant = own[0].variant
  return whole.mean(), {
    ratio: answer.between(variant, ratio, v, whole, len(run))
    for ratio, v in run.items()
  }
