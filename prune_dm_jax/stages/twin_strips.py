"""What a gallery shows of twins: how near they are, pairs, and groups."""

import collections

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prune_dm_jax.data import source as source_lib
from prune_dm_jax.report import page
from prune_dm_jax.report import twin_pages
from prune_dm_jax.run import damage
from prune_dm_jax.stages import strips

PAIRS, GROUPS, MEMBERS = 8, 24, 8
"""Pairs of a band, groups, and pictures of a group that are shown."""

SIDE = 56

DISTANCES = (
  'The share of random pairs that are within a distance, and of pictures whose '
  'nearest other one is. What is left of the dashed threshold can be a twin.'
)
PAIRS_ARE = (
  'Pairs from the nearest to the farthest: where they stop being twins, the '
  'threshold should be. Pointing at a picture tells its key.'
)
OF_SEVERAL = (
  'Twins whose classes differ: one of their labels is wrong, or both are right '
  'and the classes overlap.'
)


def section(run, by_side=()):
  """[HTML, ...] on twins, after which `by_side` of them; none where they were not
  looked for.
  """
  folder = run.paths.twins
  if not folder.exists():
    return []
  facts = damage.read_json(folder / 'twins.json')
  return [
    page.paragraph(sentence(facts, run.config.select.twins)),
    *by_side,
    *drawing(facts['quantiles'], facts['threshold']),
    *pairs(
      run, damage.read_table(folder / 'pairs.parquet'), facts['threshold']
    ),
    *of_several_classes(run, damage.read_table(folder / 'groups.parquet')),
  ]


def sentence(facts, twins):
  """How many have a twin, of which kind, and what follows where they are so
  treated ('drop', 'keep').
  """
  if not facts['members']:
    return f'None of {facts["pictures"]:,} pictures has a twin.'
  dropped, said = facts['dropped'], ''
  if facts['held_out']:
    said = (
      f' {sum(facts["leaks"].values()):,} of {facts["held_out"]:,} held-out '
      'pictures have a twin that is trained on.'
    )
  left_out = {
    'drop': f'{dropped:,} are left out for it.',
    'keep': f'--config.select.twins=drop leaves out {dropped:,} for it.',
  }
  return (
    f'{facts["members"]:,} of {facts["pictures"]:,} pictures have a twin, in '
    f'{facts["groups"]:,} groups: {facts["bytes"]:,} have the same bytes as '
    f'another, {facts["pixels"]:,} the same pixels, and of those whose pixels '
    f'differ {facts["near"]:,} are nearly the same. {left_out[twins]}{said}'
  )


def by_side(manifest):
  """How many of what is kept, and of what is pruned, have a twin."""
  if 'group' not in manifest.column_names:  # Of before there were twins.
    return []
  table = manifest.filter(pc.not_equal(manifest['reason'], 'held_out'))
  group = table['group'].fill_null(-1).to_numpy()
  keep, has = table['keep'].to_numpy(), group >= 0
  if not has.any():
    return []
  _, place, size = np.unique(
    group[keep], return_inverse=True, return_counts=True
  )
  both = (size[place] > 1) & has[keep]
  share = lambda some: f'{some.mean():.0%}' if len(some) else 'none'
  return [
    page.paragraph(
      f'Of {keep.sum():,} kept {share(has[keep])} have a twin, '
      f'{share(both)} one that is kept too; of {(~keep).sum():,} pruned '
      f'{share(has[~keep])} have one.'
    )
  ]


def drawing(quantiles, threshold):
  """The two distributions, where there are any."""
  if not (quantiles['random'] and quantiles['nearest']):
    return []
  svg = twin_pages.distances(
    quantiles['at'], quantiles['random'], quantiles['nearest'], threshold
  )
  return [page.drawing(svg, DISTANCES)]


def pairs(run, table, threshold):
  """Some pairs of each band, the nearest band first."""
  rows, parts = table.sort_by('distance').to_pylist(), []
  bands = collections.defaultdict(list)
  for row in rows:
    bands[row['band']].append(row)
  for own in bands.values():
    few = evenly(own, PAIRS)
    see = strips.wholes(run, SIDE, [i for row in few for i in both(row)])
    drawn = [pair(run, see, row, threshold) for row in few]
    near, far = own[0]['distance'], own[-1]['distance']
    name = band_name(near, far, threshold)
    parts.append(twin_pages.part(name, '', drawn, side=SIDE))
  return [page.paragraph(PAIRS_ARE), *parts] if parts else []


def both(row):
  """The two of a row of pairs.parquet."""
  return row['one'], row['other']


def pair(run, see, row, threshold):
  """Both pictures of a row of pairs.parquet, of those that `see` has."""
  note = f'distance {row["distance"]:.3g}'
  kind = 'kept' if row['distance'] <= threshold else 'pruned'
  return twin_pages.few(
    [strips.alone(run, i, see[i], note=note, kind=kind) for i in both(row)]
  )


def evenly(rows, most):
  """At most so many of them, from the first to the last."""
  if len(rows) <= most:
    return rows
  return [rows[i] for i in np.linspace(0, len(rows) - 1, most).astype(int)]


def band_name(near, far, threshold):
  """What lies between two distances, and on which side of the threshold."""
  name = f'Distance {near:.3g}' + (f' to {far:.3g}' if far > near else '')
  if far <= threshold:
    return f'{name}: twins'
  return f'{name}: no twins' if near > threshold else name


def of_several_classes(run, groups):
  """The groups whose members have different classes."""
  labels = collections.defaultdict(set)
  for group, label in zip(
    groups['group'].to_pylist(), groups['label'].to_pylist(), strict=True
  ):
    labels[group].add(label)
  several = [group for group, own in labels.items() if len(own - {-1}) > 1]
  if not several:
    return []
  shown = several[:GROUPS]
  mask = pc.is_in(groups['group'], pa.array(shown, groups['group'].type))
  members = collections.defaultdict(list)
  for row in groups.filter(mask).to_pylist():
    members[row['group']].append(row)
  drawn = [group_of(run, members[group]) for group in shown]
  heading = f'Groups of several classes: {len(several):,}'
  if len(several) > GROUPS:
    heading += f', of which the first {GROUPS}'
  return [twin_pages.part(heading, OF_SEVERAL, drawn, side=SIDE)]


def group_of(run, rows):
  """A group's pictures with their classes below, the one that stays first."""
  name = source_lib.class_name(run.source)
  rows = sorted(rows, key=lambda row: row['index'] != row['group'])
  shown = rows[:MEMBERS]
  see = strips.wholes(run, SIDE, [row['index'] for row in shown])
  drawn = [
    strips.alone(
      run, row['index'], see[row['index']],
      caption=name(row['label']), note=role(row),
      kind='kept' if row['kept'] else 'pruned',
    )
    for row in shown
  ]  # fmt: skip
  more = f'and {len(rows) - MEMBERS} more' if len(rows) > MEMBERS else ''
  return twin_pages.few([*drawn, more])


def role(row):
  """What a member of a group is: the one that stays, held out, or a twin."""
  if row['index'] == row['group']:
    return 'stays'
  return 'held out' if row['kept'] else 'a twin'
