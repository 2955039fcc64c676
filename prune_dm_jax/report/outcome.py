"""What became of a cell, in a sentence.

A difference of two numbers, each with its own interval, has the interval

  d - sqrt((a - a_low)^2 + (b_high - b)^2),  d + sqrt((a_high - a)^2 + (b - b_low)^2)

(MOVER: Zou and Donner, 2008), at 95 % for all numbers of a sentence together
(Bonferroni). It is of sampling alone: another seed of training is another model,
so that of one cell each nothing is said to be better.
"""

import math
import statistics

from prune_dm_jax.report import counts
from prune_dm_jax.report import plain

FIRST = ('FID', 'frechet_distance', 'precision', 'recall', 'copies')
"""Numbers that a sentence and the first screen have, those that there are."""

COMPARED = FIRST[:-1]

NAMES = ('FID', 'frechet_distance', 'f_score')
"""Those that keep their capital inside a sentence."""


def difference(row, other):
  """(difference, low, high) of two rows; None where a number is missing."""
  a, a_low, a_high = (row[k] for k in ('value', 'low', 'high'))
  b, b_low, b_high = (other[k] for k in ('value', 'low', 'high'))
  if None in (a, a_low, a_high, b, b_low, b_high):
    return None
  low = a - b - math.hypot(a - a_low, b_high - b)
  return a - b, low, a - b + math.hypot(a_high - a, b - b_low)


def wider(found, comparisons):
  """(difference, low, high) of one among so many, at 95 % for all."""
  quantile = statistics.NormalDist().inv_cdf
  times = quantile(1 - 0.025 / comparisons) / quantile(0.975)
  middle, *ends = found
  return middle, *(middle + times * (end - middle) for end in ends)


def word(found, good):
  """'ahead', 'behind', or 'even' where the interval holds 0."""
  _, low, high = found
  if low <= 0 <= high:
    return 'even'
  return 'ahead' if (low > 0) == (good == plain.UP) else 'behind'


def against(rows, others):
  """'even in Fréchet distance (+0.2 ± 2), behind in recall (-0.1 ± 0.05)'."""
  said = {'ahead': [], 'even': [], 'behind': []}
  shared = [name for name in COMPARED if name in rows and name in others]
  found = {name: difference(rows[name], others[name]) for name in shared}
  found = {name: of for name, of in found.items() if of}
  for name, of in found.items():
    middle, low, high = wider(of, len(found))
    said[word((middle, low, high), plain.of(name).good)].append(
      f'{inside(name)} ({middle:+.2g} ± {(high - low) / 2:.2g})'
    )
  return ', '.join(
    f'{how} in {" and ".join(names)}' for how, names in said.items() if names
  )


def chosen(facts):
  """What chose, in words that go on after 'kept'."""
  if facts['file']:
    return f'by the list {facts["file"]}'
  if not facts['pruned'] + facts.get('high_noise', 0):
    return 'nothing is pruned'
  clusters = f'{facts["k"]} clusters of {facts["backbone"]}'
  of = clusters if facts['k'] else ''
  of = {'classes': 'classes', 'all': ''}.get(facts.get('within'), of)
  shares = f', {facts["allocation"]} over {of}' if of else ''
  return f'by method {facts["method"]} ({facts["direction"]} scores{shares})'


def balanced(facts):
  """Which groups are trained on equally, in words that go on; '' if none."""
  of = counts.SEVERAL.get(facts.get('balance'))
  return f', {of} trained on equally' if of else ''


def kept(facts):
  """'719 of 1,438 pictures (50 %) kept', and how many at high noise alone."""
  high_noise = facts.get('high_noise', 0)  # Older cells know of none.
  total = facts['kept'] + high_noise + facts['pruned']
  share = f'{100 * facts["kept"] / total:.3g} %'
  said = f'{facts["kept"]:,} of {total:,} pictures ({share}) kept'
  if not high_noise:
    return said
  return (
    f'{said}, {high_noise:,} at high noise alone ({noise(facts)}) and '
    f'{facts["pruned"]:,} pruned'
  )


def noise(facts):
  """'1 - t from 0.5', or where pictures differ 'from 0.5 to 0.9 on'."""
  first = facts['noise_from']
  last = facts.get('noise_to', first)  # Older cells know of none.
  return f'1 - t from {first:g}' + (f' to {last:g} on' if last > first else '')


def inside(name):
  """A metric's name as it stands inside a sentence."""
  of = plain.of(name).name
  return of if name in NAMES else of.lower()


def sentence(facts, rows, beside):
  """What was kept, how that does beside others, and how many copies there are.

  Args:
    facts: selection.json.
    rows: name -> row of the samples.
    beside: name of others -> their rows.
  """
  said = [f'{kept(facts)}, {chosen(facts)}{balanced(facts)}']
  found = {name: against(rows, others) for name, others in beside.items()}
  said += [f'beside {name} {how}' for name, how in found.items() if how]
  if any(found.values()):
    said.append('of one seed each: not enough seeds to call either better')
  else:
    said += [
      f'{inside(name)} {plain.number(rows[name]["value"])} '
      f'({plain.interval(rows[name])})'
      for name in COMPARED
      if name in rows and plain.interval(rows[name])
    ]
  if 'copies' in rows and rows['copies']['value'] is not None:
    of = rows['copies']
    said.append(f'{of["value"] * of["n"]:,.0f} copies in {of["n"]:,} samples')
  return '; '.join(said) + '.'
