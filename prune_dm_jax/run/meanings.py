"""What the numbers of an artifact mean: of another meaning it has another name."""

from prune_dm_jax.data import looks

MEANINGS = {'looks': looks.MEANING}
"""Artifact -> 1, or more since its numbers first meant something else."""


def of(artifact):
  """What of a meaning is a part of a name: nothing of the first.

  It is one of the artifact's own name, and must be made one of the names of what
  depends on it and does not name it.
  """
  version = MEANINGS.get(artifact, 1)
  return [{artifact: version}] if version > 1 else []


def of_twins(options):
  """The same of twins, where how pictures look decides who they are."""
  by_looks = (options.by, options.keep_of_group)
  return of('looks') if {'thumbnails', 'sharpest'} & {*by_looks} else []
