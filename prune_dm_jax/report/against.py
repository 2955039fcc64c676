"""By how much the variants of each setting differ from one of them, as text."""

from prune_dm_jax.report import answer
from prune_dm_jax.report import headings
from prune_dm_jax.report import plain
from prune_dm_jax.report import sweep
from prune_dm_jax.report import table


def text(cells, other):
  """A table for each setting and metric that an answer is given by.

  Raises:
    ValueError: No cell is of that variant, or none stands beside it.
  """
  if other not in sweep.variants(cells):
    known = ', '.join(sweep.variants(cells))
    raise ValueError(f'no cell is of {other!r}; --beside takes one of {known}')
  several = sweep.settings(cells)
  named = zip(headings.of_settings(several), several, strict=True)
  found = [
    part for heading, own in named for part in tables(heading, own, other)
  ]
  if not found:
    raise ValueError(
      f'nothing was run at a prune ratio that {other} was run at'
    )
  return '\n'.join([*found, f'{SAID}\n'])


SAID = 'Differences of means over seeds, with 95 % intervals for all of a table together.'


def tables(heading, cells, other):
  """A table for each metric that has numbers of both, of the model that is judged."""
  cells = [cell for cell in cells if cell.model == 'dit']
  for metric in answer.ANSWERS:
    header, rows = answer.table(cells, metric, other)
    if rows:
      rows = [dict(zip(header, row, strict=True)) for row in rows]
      title = f'{plain.of(metric).name}, beside {other}: {heading}'
      yield f'{title}\n\n{table.markdown(rows)}'
