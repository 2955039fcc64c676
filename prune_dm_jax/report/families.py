"""Settings of a sweep that differ in one thing alone."""

from prune_dm_jax.report import headings
from prune_dm_jax.report import sweep


def differing_in(several, key):
  """Settings of a DiT that differ in one key alone, two at least of each.

  Args:
    several: [cells, ...], a setting each.
    key: As `sweep.setting` calls it.

  Returns:
    [[cells, ...], ...], in the order of the first of each.
  """
  others, found = [sweep.setting(cells[0]) for cells in several], {}
  for own in others:
    own.pop(key, None)
  for text, cells in zip(sweep.in_common(others), several, strict=True):
    if own := [cell for cell in cells if cell.model == 'dit']:
      found.setdefault(text, []).append(own)
  return [family for family in found.values() if len(family) > 1]


def named(families):
  """[(family, end of its files' names, heading)], the first one's end being ''."""
  found = headings.of_settings([family[0] for family in families])
  return [
    (family, f'-{number}' if number else '', heading)
    for number, (family, heading) in enumerate(
      zip(families, found, strict=True)
    )
  ]
