"""Pictures of what is kept, of what is pruned, and of what lies between.

Of the manifest, its columns; of the data, only the pictures that are shown.
"""

import concurrent.futures
import functools
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prune_dm_jax.data import images
from prune_dm_jax.data import source as source_lib
from prune_dm_jax.pruning import cuts
from prune_dm_jax.pruning import select
from prune_dm_jax.report import gallery
from prune_dm_jax.report import twin_pages
from prune_dm_jax.run import damage
from prune_dm_jax.stages import drawn
from prune_dm_jax.stages import pixels

LARGE = 2**22
"""Pixels of a picture beside which no other is decoded."""


class Shown(NamedTuple):
  """[n] each over what was kept or pruned; None where a method gives none.

  There is no rank where nothing is pruned, as it decided nothing.
  """

  index: np.ndarray
  label: np.ndarray
  cluster: np.ndarray
  score: np.ndarray
  rank: np.ndarray
  kept: np.ndarray
  groups: np.ndarray
  places: cuts.Places
  thresholds: dict
  """group -> [c] scores; empty without ranks, or where what is kept is drawn."""


def read(path, facts):
  """The Shown of a manifest, whose selection.json says `facts`."""
  direction = facts['direction']
  table = damage.read_table(path)
  asked = pa.array(['kept', 'pruned', 'high_noise'])
  wanted = pc.is_in(table['reason'], asked)
  table = table.filter(wanted)
  scored = table.filter(pc.is_valid(table['rank']))
  table = scored if len(scored) else table  # A list may begin with a twin.

  def column(name):
    missing = table[name].null_count == len(table)
    return None if missing else table[name].to_numpy()

  cluster, kept, label = map(column, ('cluster', 'keep', 'label'))
  rank = None if kept.all() else column('rank')
  groups = {'classes': label, 'all': None}.get(facts.get('within'), cluster)
  groups = np.zeros(len(kept), int) if groups is None else groups
  cut = rank if direction in select.CUTS else None  # What is drawn has no cut.
  places, score = places_of(cut, groups, kept, direction), column('score')
  found = {} if cut is None else cuts.thresholds(score, rank, groups, kept)
  return Shown(
    column('index'), label, cluster, score, rank, kept, groups,
    places, found,
  )  # fmt: skip


def places_of(rank, groups, kept, direction):
  """The Places; without ranks, those of a seeded draw, which has no cut."""
  if rank is not None:
    return cuts.places(rank, groups, kept, direction)
  draw = np.random.default_rng(0).permutation(len(kept))
  nowhere = np.zeros(len(kept), bool)
  return cuts.Places(draw, draw, nowhere, nowhere)


def strips(run, shown, among, *, number, size):
  """Strips of what is kept, borderline and pruned among some, [n] bool."""
  at, kept = shown.places, shown.kept

  def show(steps, which, most):
    rows = cuts.first(steps, shown.groups, among & which, most)
    return pictures(run, shown, rows, size)

  sides = np.unique(at.upper[~kept])  # one; two where the middle is kept
  near, far = [], []
  for upper in sides:
    here, half = at.has_cut & (at.upper == upper), number // 2
    inner = show(at.from_cut, here & kept, half)[::-1]
    near.append((inner, show(at.from_cut, here & ~kept, half)))
    outer = ~kept & (at.upper == upper)
    ends = show(at.from_end, outer, number // len(sides))
    far.append(ends if len(sides) > 1 and not upper else ends[::-1])
  joined = lambda *several: [gallery.strip(*s) for s in several if any(s)]
  return {
    'Kept': joined([show(at.from_end, kept, number)]),
    'Borderline': joined(*near),
    'Pruned': joined(far),
  }


def pictures(run, shown, rows, size):
  """Images of some rows, each of which says what it is."""
  data = run.config.data
  said = [words(run, shown, row) for row in rows]
  size = min(size, data.image_size)
  seen = pixels.seen(run, shown.index[rows]) if len(rows) else None
  if seen is not None and size == data.image_size:
    return drawn.images_of(seen, said, size=size)
  return drawn.pictures(
    run.source, shown.index[rows], said, size=size, crop=data.crop
  )


def words(run, shown, row):
  """What a picture says, 'kept' or 'pruned', and lines of more."""
  kind = 'kept' if shown.kept[row] else 'pruned'
  name = source_lib.class_name(run.source)(shown.label[row])
  text = f'{run.source.keys[shown.index[row]]}, {kind}, class {name}'
  if shown.cluster is not None:
    text += f', cluster {shown.cluster[row]}'
  if shown.score is not None:
    text += f', score {shown.score[row]:.4g}'
  return text, kind, more(shown, row)


def kind_of_group(shown):
  """Cluster or class, whichever has its own cut; '' where all have one."""
  if shown.groups is shown.cluster:
    return 'cluster'
  return 'class' if shown.groups is shown.label else ''


def more(shown, row):
  """Where the score of a picture stands, and the cut that decided."""
  if shown.rank is None:
    return []
  lines = [f'rank {shown.rank[row] + 1:,} of {len(shown.rank):,} scores']
  found = shown.thresholds.get(int(shown.groups[row]), ())
  if len(found):
    of = kind_of_group(shown)
    of = f'its {of}' if of else 'all'
    cut = ' and '.join(f'{threshold:.4g}' for threshold in found)
    lines.append(f'threshold of {of} {cut}')
  return lines


def side_of(run, size):
  """Screen pixels of a picture: small ones are magnified whole times."""
  return drawn.side(min(size, run.config.data.image_size))


def whole(run, size, index):
  """All of one picture, `size` pixels large at most, as a URI."""
  picture = run.source.image(int(index))
  size = min(size, max(picture.shape[:2]))
  return drawn.uri(size)(images.letterbox(picture, size))


def wholes(run, size, indices):
  """index -> all of a picture, as `whole` has it; large ones one by one."""
  indices = np.unique(np.asarray(indices, int))
  large = run.facts.shapes[indices].prod(axis=1) > LARGE
  see = functools.partial(whole, run, size)
  found = {i: see(i) for i in indices[large]}
  others = indices[~large]
  with concurrent.futures.ThreadPoolExecutor(drawn.THREADS) as pool:
    return found | dict(zip(others, pool.map(see, others), strict=True))


def alone(run, index, uri, *, note, kind='', caption=''):
  """A picture that says its key and a note."""
  text = f'{run.source.keys[index]}, {note}'
  return twin_pages.image(uri, text, kind, caption)
