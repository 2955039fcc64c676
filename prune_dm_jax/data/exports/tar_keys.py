"""Samples of a .tar by webdataset's own names: SHARD/__key__, a line each.

A sample is all members whose names are the same up to the first dot of the
file's name; that is its __key__, and the name of the .tar the shard.
"""

import re

from prune_dm_jax.data.exports import files
from prune_dm_jax.data.walks import tar_files

KEY = re.compile(r'((?:.*/)?[^./][^./]*)\.[^/]*')


def webdataset(chosen, path):
  if chosen.root.suffix.lower() != '.tar':
    raise ValueError(
      f'{files.no_files(chosen)}: no .tar, and the names of webdataset are of '
      'members of one; --to=txt names the keys'
    )
  samples = [sample(name, chosen) for name in members(chosen)]
  kept = set(chosen.kept.tolist())
  own = dict.fromkeys(samples[i] for i in sorted(kept))
  for i, other in enumerate(samples):
    if i not in kept and other in own:
      raise ValueError(
        f'{chosen.source.keys[i]!r} is not kept, but another picture of its '
        f'sample {other} is; webdataset has them together'
      )
  shard = chosen.root.name
  if len(shard.splitlines()) != 1:
    raise ValueError(
      f'{str(chosen.root)!r}: a line break in its name, and the list has a line '
      'each; rename it'
    )
  lines = ''.join(f'{shard}/{name}\n' for name in own)
  path.write_text(lines, encoding='utf-8')


def sample(name, chosen):
  """The __key__ of a member."""
  match = KEY.fullmatch(name)
  if not match:
    raise ValueError(
      f'{chosen.root}: {name} has no name before its first dot, so webdataset '
      'passes it over'
    )
  return match[1]


def members(chosen):
  """[N] the name of each picture's member, to the letter."""
  with chosen.root.open('rb') as file:
    found = {
      member.begin: (prefix, member.name)
      for prefix, member in tar_files.members(file)
      if not member.kind
    }
  names = [found[place.offset] for place in chosen.source.places()]
  nested = [prefix for prefix, _ in names if prefix]
  if nested:
    raise ValueError(
      f'{chosen.root}: a .tar of .tar files, as {nested[0]}; webdataset reads '
      'each alone'
    )
  return [name for _, name in names]
