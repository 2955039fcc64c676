"""What of a set cannot be read."""

from prune_dm_jax.data import contents


def bad(source, **options):
  """key -> why, of each example of a Source that cannot be read."""
  found = contents.blank(source)
  contents.complete(found, source, **options)
  return contents.bad(found)
