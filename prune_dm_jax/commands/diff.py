"""How far two cells, or lists, keep the same pictures, and which they do not.

  prune-dm diff A B [--out=PAGE.html] [--data=PATH]

A and B are each the folder of a cell, or a list in any form that select.file
takes, of the same data; for two lists --data says which. Says what both keep
beside what chance would give, by class and by cluster (the largest 20), the rank
correlation of the scores, and the pictures that changed sides. --out writes the
same with the pictures.
"""

import pathlib

import numpy as np

from prune_dm_jax.commands import explain
from prune_dm_jax.data import source as source_lib
from prune_dm_jax.pruning import overlap
from prune_dm_jax.report import difference
from prune_dm_jax.report import gallery
from prune_dm_jax.report import page
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import command_line
from prune_dm_jax.stages import drawn
from prune_dm_jax.stages import sides as sides_lib

MOST = 20
"""Classes and clusters."""

TOLD, SHOWN = 10, 60
"""Pictures that changed sides, in the text and on the page."""

SIZE = 64


def options(argv):
  parser = command_line.parser('diff', __doc__)
  path = pathlib.Path
  parser.add_argument('first', metavar='A', type=path)
  parser.add_argument('second', metavar='B', type=path)
  parser.add_argument('--data', default='', help='of two lists')
  parser.add_argument('--out', type=path, help='a page with the pictures')
  return parser.parse_args(argv)


def main(argv):
  command_line.carry_out('diff', diff, options(argv))


def diff(given):
  """Prints how the two differ, and writes the page if asked to."""
  explain.check_page(given.out)
  paths = [given.first, given.second]
  view, sides = sides_lib.opened(paths, given.data)
  facts, groups = numbers(sides), grouped(sides, view.source)
  moved = changed(sides)
  keys = {
    f'{heading}, {len(those):,}{first_of(those)}': [
      view.source.keys[i] for i in those[:TOLD]
    ]
    for heading, those in moved.items()
    if len(those)
  }
  print(difference.text(facts, groups, keys))
  if given.out:
    shown = page.page(
      f'{given.first.name} beside {given.second.name}',
      'What the two keep of the same data.',
      difference.sections(facts, groups, pictures(view, moved)),
      style=gallery.STYLE,
    )
    artifacts.write_text(given.out, shown)
    print(given.out)


def numbers(sides):
  """(what, in words) of the two as wholes."""
  found = overlap.overlap(
    [s.kept for s in sides], [s.candidates for s in sides]
  )
  by_chance = overlap.jaccard(found.first, found.second, found.expected)
  return difference.facts(
    [s.name for s in sides], found, overlap.jaccard(*found[:3]), by_chance,
    agreement(sides),
  )  # fmt: skip


def scored(sides):
  """[N] bool, what both have scores of; None, if not both have any."""
  if any(side.score is None for side in sides):
    return None
  return np.isfinite(sides[0].score) & np.isfinite(sides[1].score)


def agreement(sides):
  both = scored(sides)
  if both is None:
    return None
  return overlap.spearman([s.score[both] for s in sides]), int(both.sum())


def grouped(sides, source):
  """heading -> rows, by class and by the clusters of either, or of both."""
  named = source_lib.class_name(source)
  values = {'By class': (source.labels, named)} if source.class_names else {}
  own = [side.cluster for side in sides]
  if alike(own):
    values['By cluster'] = own[0], str
  else:
    found = zip('AB', own, strict=True)
    values |= {
      f'By cluster of {x}': (g, str) for x, g in found if g is not None
    }
  among = sides[0].candidates | sides[1].candidates
  kept = [side.kept for side in sides]
  tables = {}
  for heading, (groups, name) in values.items():
    inside = np.where(among, groups, -1).astype(int)
    counts = overlap.by(inside, kept, most=MOST)
    tables[heading] = difference.rows(counts, name, overlap.jaccard)
  return {heading: rows for heading, rows in tables.items() if rows}


def alike(clusters):
  """Whether two have the same clusters, under the same numbers."""
  both = all(cluster is not None for cluster in clusters)
  return both and np.array_equal(*clusters)


def changed(sides):
  """heading -> [n] indices, those farthest apart in the two orders first."""
  first, second = (side.kept for side in sides)
  apart, both = np.zeros(len(first)), scored(sides)
  if both is not None and both.any():
    apart[both] = overlap.moved([s.score[both] for s in sides])
  order = np.argsort(-apart, kind='stable')
  return {
    'Kept by A alone': order[(first & ~second)[order]],
    'Kept by B alone': order[(second & ~first)[order]],
  }


def first_of(those):
  return f', of which {TOLD} are' if len(those) > TOLD else ''


def pictures(view, moved):
  """heading -> HTML of the pictures that changed sides."""
  size, found = min(SIZE, view.size), {}
  for heading, those in moved.items():
    if len(those):
      few = those[:SHOWN]
      words = [(view.source.keys[i], 'kept') for i in few]
      images = drawn.pictures(
        view.source, few, words, size=size, crop=view.crop
      )
      strip = gallery.strip(images)
      shown = f'<div style="--side:{drawn.side(size)}px">{strip}</div>'
      found[f'{heading}: {len(few):,} of {len(those):,}'] = shown
  return found
