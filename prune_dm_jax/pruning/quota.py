"""So many of every class and of every cluster, whatever the scores say.

What is kept for it comes nearest to being kept anyway, and takes the places of
those that come nearest to being pruned, so that the number stays.
"""

import numpy as np


def preference(order, keep):
  """[N] places in which examples would be kept, the first 0.

  Args:
    order: [N] indices by ascending score.
    keep: 'high' | 'middle' | 'low' scores; of any other rule, as of the middle.
  """
  rank = np.empty(len(order), int)
  rank[order] = np.arange(len(order))
  last = len(order) - 1
  ends = {'low': rank, 'high': last - rank}
  return ends.get(keep, abs(2 * rank - last))


def at_least(chosen, places, partitions, number, fixed=()):
  """What is kept, so that every group keeps a number or all that it has.

  Args:
    chosen: [M] indices that are kept without it.
    places: [N] preference.
    partitions: [P][N] int, groups of classes, of clusters ...
    number: Of each group.
    fixed: Indices among those chosen that stay.

  Returns:
    [M] sorted indices.

  Raises:
    ValueError: So many cannot be kept of all of them.
  """
  kept = np.isin(np.arange(len(places)), chosen)
  wanted = [np.minimum(np.bincount(own), number) for own in partitions]
  for own, least in zip(partitions, wanted, strict=True):
    for group in np.flatnonzero(
      np.bincount(own[kept], minlength=len(least)) < least
    ):
      among = np.flatnonzero(own == group)
      missing = least[group] - kept[among].sum()
      waiting = among[~kept[among]]
      kept[waiting[np.argsort(places[waiting], kind='stable')[:missing]]] = True
  stays = np.isin(np.arange(len(places)), fixed)
  give_back(kept, stays, places, partitions, wanted, kept.sum() - len(chosen))
  return np.flatnonzero(kept)


def give_back(kept, stays, places, partitions, wanted, number):
  """Drops so many of what is kept [N], in place, that no group falls short."""
  counts = [
    np.bincount(own[kept], minlength=len(least))
    for own, least in zip(partitions, wanted, strict=True)
  ]
  for i in np.argsort(-places, kind='stable'):
    if not number:
      return
    groups = [own[i] for own in partitions]
    spare = all(
      count[g] > least[g]
      for count, least, g in zip(counts, wanted, groups, strict=True)
    )
    if kept[i] and spare and not stays[i]:
      kept[i], number = False, number - 1
      for count, group in zip(counts, groups, strict=True):
        count[group] -= 1
  if number:
    raise ValueError(
      f'config.select.at_least needs {number} more pictures than are kept; '
      'take a smaller one, or a smaller prune_ratio'
    )
