"""How two choices differ, as text and as parts of a page."""

import math

from prune_dm_jax.report import page
from prune_dm_jax.report import table


def facts(names, overlap, jaccard, by_chance, agreement):
  """(what, in words) each.

  Args:
    names: Of the two.
    overlap: (first, second, both, expected) numbers of pictures.
    jaccard: Of what is.
    by_chance: What it would be.
    agreement: (rank correlation, pictures), or None where not both have scores.
  """
  first, second, both, expected = overlap
  rows = [
    ('A', f'{first:,} kept by {names[0]}'),
    ('B', f'{second:,} kept by {names[1]}'),
    ('kept by both', f'{both:,}; by chance {expected:,.1f}'),
    ('Jaccard', f'{jaccard:.3f}; by chance about {by_chance:.3f}'),
    (
      'changed sides',
      f'{first + second - 2 * both:,}: {first - both:,} kept by A alone, '
      f'{second - both:,} by B alone',
    ),
  ]
  if agreement is None:
    return [*rows, ('scores', 'not both have them')]
  value, number = agreement
  said = 'all of one are equal' if math.isnan(value) else f'{value:.3f}'
  return [*rows, ('rank correlation', f'{said}, of {number:,} scored by both')]


def rows(counts, name, jaccard):
  """{column: value} of each class or cluster.

  Args:
    counts: (value, size, first, second, both) each.
    name: value -> str.
    jaccard: (first, second, both) -> float.
  """
  return [
    {
      'group': name(value),
      'pictures': size,
      'A': first,
      'B': second,
      'both': both,
      'Jaccard': f'{jaccard(first, second, both):.3f}',
    }
    for value, size, first, second, both in counts
  ]


def text(facts, groups, changed):
  """All of it, as text.

  Args:
    facts: (what, in words) each.
    groups: heading -> rows.
    changed: heading -> [key, ...].
  """
  wide = max(len(name) for name, _ in facts) + 2
  lines = [f'{name:{wide}}{said}' for name, said in facts]
  for heading, found in groups.items():
    shown = [{k: str(v) for k, v in row.items()} for row in found]
    lines += ['', heading, '', table.markdown(shown).rstrip('\n')]
  for heading, keys in changed.items():
    lines += ['', heading, *(f'  {key}' for key in keys)]
  return '\n'.join(lines)


def sections(facts, groups, drawn):
  """(heading, [HTML, ...]) each; drawn: heading -> HTML."""
  found = [('In numbers', [page.table(('', ''), facts)])]
  found += [(heading, [shown]) for heading, shown in drawn.items()]
  for heading, those in groups.items():
    header = tuple(those[0])
    found.append(
      (heading, [page.table(header, [list(r.values()) for r in those])])
    )
  return found
