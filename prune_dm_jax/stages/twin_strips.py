"""What a gallery shows of twins: how near they are, pairs, and groups."""

import collections

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from prune_dm_jax.data import source as source_lib
from prune_dm_jax.report import page
from prune_dm_jax.report import twin_pages
from prune_dm_jax.run import artifacts
from prune_dm_jax.stages import strips

PAIRS, GROUPS, MEMBERS = 8, 24, 8
"""Pairs of a band, groups, and pictures of a group that are shown."""

SIDE = 64

KINDS = {
  'bytes': 'the same file',
  'pixels': 'the same pixels in another file',
  'near': 'nearly the same picture',
}

DISTANCES = (
  'How far random pairs are, and how far the nearest other picture of each is. '
  'What is left of the dashed threshold is a twin.'
)
PAIRS_ARE = (
  'Pairs from the nearest to the farthest: where they stop being twins, the '
  'threshold should be. Pointing at a picture tells its key.'
)
OF_SEVERAL = (
  'Twins whose classes differ: one of their labels is wrong, or both are right '
  'and the classes overlap.'
)


def section(run):
  """[HTML, ...] on twins; none where they were not looked for."""
  folder = run.paths.twins
  if not folder.exists():
    return []
  facts = artifacts.read_json(folder / 'twins.json')
  groups = pq.read_table(folder / 'groups.parquet')
  return [
    page.paragraph(sentence(groups, len(run.source))),
    *drawing(facts),
    *pairs(run, pq.read_table(folder / 'pairs.parquet'), facts['threshold']),
    *of_several_classes(run, groups),
  ]


def sentence(groups, total):
  """How many have a twin, of which kind, and how many groups disagree."""
  if not len(groups):
    return f'None of {total:,} pictures has a twin.'
  extra = groups.filter(pc.invert(groups['kept']))
  kinds = collections.Counter(extra['kind'].to_pylist())
  named = [f'{kinds[kind]:,} {text}' for kind, text in KINDS.items() if kinds[kind]]
  number = len(pc.unique(groups['group']))
  return (
    f'{len(groups):,} of {total:,} pictures have a twin, in {number:,} groups. '
    f'Beyond the one that stays of each there are {len(extra):,}: '
    f'{", ".join(named)}.'
  )


def drawing(facts):
  """The two distributions, where twins.json has their quantiles."""
  if not {'random', 'nearest'} <= facts.keys():
    return []
  svg = twin_pages.distances(
    facts['random'], facts['nearest'], facts['threshold']
  )
  return [page.drawing(svg, DISTANCES)]


def pairs(run, table, threshold):
  """Some pairs of each band, the nearest band first."""
  rows, parts = table.sort_by('distance').to_pylist(), []
  bands = collections.defaultdict(list)
  for row in rows:
    bands[row['band']].append(row)
  for own in bands.values():
    drawn = [
      twin_pages.few([
        strips.alone(
          run, row[end], SIDE, note=f'distance {row["distance"]:.3g}',
          kind='kept' if row['distance'] <= threshold else 'pruned',
        )
        for end in ('one', 'other')
      ])
      for row in evenly(own, PAIRS)
    ]  # fmt: skip
    near, far = own[0]['distance'], own[-1]['distance']
    parts.append(
      twin_pages.part(band_name(near, far, threshold), '', drawn, side=SIDE)
    )
  return [page.paragraph(PAIRS_ARE), *parts] if parts else []


def evenly(rows, most):
  """At most so many of them, from the first to the last."""
  if len(rows) <= most:
    return rows
  return [rows[i] for i in np.linspace(0, len(rows) - 1, most).astype(int)]


def band_name(near, far, threshold):
  between = f'Distance {near:.3g} to {far:.3g}'
  if near < far:
    name = between
  else:
    name = f'Distance {near:.3g}'
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
  chosen = groups.filter(pc.is_in(groups['group'], shown_set(groups, shown)))
  members = collections.defaultdict(list)
  for row in chosen.to_pylist():
    members[row['group']].append(row)
  drawn = [group_of(run, members[group]) for group in shown]
  number = f'{len(several):,} groups have several classes'
  first = f'; the first {GROUPS} are shown' if len(several) > GROUPS else ''
  return [
    twin_pages.part(f'{number}{first}.', OF_SEVERAL, drawn, side=SIDE)
  ]


def shown_set(groups, shown):
  import pyarrow as pa

  return pa.array(shown, groups['group'].type)


def group_of(run, rows):
  """A group's pictures with their classes below, who is kept first."""
  name = source_lib.class_name(run.source)
  rows = sorted(rows, key=lambda row: (not row['kept'], row['distance'] or 0))
  drawn = [
    strips.alone(
      run, row['index'], SIDE, caption=name(row['label']),
      kind='kept' if row['kept'] else 'pruned',
    )
    for row in rows[:MEMBERS]
  ]  # fmt: skip
  more = f'and {len(rows) - MEMBERS} more' if len(rows) > MEMBERS else ''
  return twin_pages.few([*drawn, more])
