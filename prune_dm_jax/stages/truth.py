"""What each way of pruning keeps of what was planted, beside chance.

A way is a method, as a row of VARIANTS has it, and a keep rule. Its scores are
those that a run on the planted set has, of the same stages; nothing is copied.
"""

from typing import NamedTuple

import numpy as np
from scipy import stats

from prune_dm_jax import stages
from prune_dm_jax.data import identity
from prune_dm_jax.data import planted
from prune_dm_jax.data.planted_kinds import KINDS
from prune_dm_jax.data.planted_kinds import TWINS
from prune_dm_jax.metrics import shares
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import select as select_lib
from prune_dm_jax.pruning.method import OF_HALVES
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import opening
from prune_dm_jax.run import progress
from prune_dm_jax.run import variants
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import rates
from prune_dm_jax.stages import scores as scores_lib
from prune_dm_jax.stages import select

RATIOS = (0.25, 0.5, 0.75, 0.9)
MEANING = 1
"""Raised when a kind is made otherwise."""


class Truth(NamedTuple):
  """A planted set, [n] in the order of its keys."""

  path: str
  kind: np.ndarray
  pairs: np.ndarray
  """[p, 2] places of a twin and of its picture."""


def plant(run, other, *, kinds, share, pictures, seed):
  """Where a set is, that has some of each kind among what a run trains on.

  Args:
    run: Whose training split it is.
    other: Source of foreign pictures.
    kinds: Names of KINDS.
    share: Of the pictures, that are planted of each kind.
    pictures: How many are taken at most, by hash of the key.
    seed: Of all that is drawn.
  """
  order = identity.by_hash([run.source.keys[i] for i in run.train], seed)
  rows = run.train[np.sort(order[:pictures])]
  each = max(round(share * len(rows)), 1)
  made_of = artifacts.hash8(
    MEANING, run.paths.split.name, other and other.fingerprint, kinds, each,
    len(rows), seed,
  )  # fmt: skip
  folder = run.paths.split.with_name(f'planted-{made_of}')

  def make(into):
    found = planted.plan(
      rows, run.source.labels[rows], kinds=kinds, each=each, seed=seed
    )
    draw = lambda rng: other.image(int(rng.integers(len(other))))
    with progress.doing(f'planting among {len(rows):,} pictures'):
      planted.write(into, found, run.source, draw, seed)

  return artifacts.build(folder, make)


def read(folder):
  """The Truth of a planted set."""
  lines = damage.content(folder / planted.TABLE).decode().splitlines()[1:]
  rows = sorted(line.split('\t') for line in lines)
  kind = np.array([row[1] for row in rows], object)
  of = np.array([row[2] for row in rows], object)
  pairs = planted.partners(planted.Plan(kind, of, None))
  return Truth(str(folder / planted.PICTURES), kind, pairs)


def opened(config, truth, workdir, method):
  """The run of a method, a row of VARIANTS, on the planted set."""
  row = variants.VARIANTS[method]
  config = config.copy_and_resolve_references()
  config.data.update(
    name='image_folder', path=truth.path, held_out=0.0, imbalance=1.0
  )
  config.score.update(row['score'])
  config.select.update(
    keep=row['keep'], allocation='proportional', ratio_from='config', file='',
    begin_with='', twins=row.get('twins', config.select.twins),
  )  # fmt: skip
  config.update(variant=method, model='dit', prune_ratio=RATIOS[0])
  return opening.open_checked(config, workdir, judged=False)


def seconds(run):
  """What the scores took, with all that they need; as it was when it was made."""
  outputs, paths = opening.outputs(run, None), run.paths
  needs = METHODS[run.config.score.method].needs
  made = {outputs[name] for name in stages.way_to(run, 'scores')}
  made |= {getattr(paths, need, None) for need in needs}
  if 'surrogates' in needs:
    made |= {paths.subset_surrogates, paths.agreements}
    made.discard(paths.surrogates)
  if OF_HALVES & {*needs}:
    made.add(paths.half_surrogates)
  if 'clusters' in needs:
    made.add(scores_lib.by_clusters(run).paths.scores)
  if METHODS[run.config.score.method].of_features:
    made.add(getattr(paths, run.config.score.backbone, None))
  times = [path / 'time.json' for path in made - {None}]
  return sum(damage.read_json(t)['seconds'] for t in times if t.exists())


def leaves(run, scores, keep):
  """[n] when each leaves, the lowest first; None where that is drawn."""
  ranks = stats.rankdata(scores.score)
  orders = {
    'high': lambda: ranks,
    'low': lambda: -ranks,
    'middle': lambda: -np.abs(ranks - (len(ranks) + 1) / 2),
  }
  if keep not in orders:
    return None
  found = np.full(len(run.source), -np.inf)
  found[scores.index] = orders[keep]()
  return found


def area(truth, kind, when):
  """Under the curve, of one kind, by when each picture leaves."""
  paired = truth.pairs.ravel()
  rest = (truth.kind == '') & ~np.isin(np.arange(len(truth.kind)), paired)
  if kind in TWINS:
    pairs = pairs_of(truth, kind)
    return shares.area_of_pairs(when[pairs], when[rest])
  return shares.area(when[truth.kind == kind], when[rest])


def pairs_of(truth, kind):
  """[m, 2] indices of the planted twins of a kind."""
  return truth.pairs[truth.kind[truth.pairs[:, 0]] == kind]


def count(truth, kind, kept):
  """How many of a kind there are, and stay; the share of pairs of which none does,
  which is a loss; and [n + 1] P(k) by chance.
  """
  size, number = len(kept), int(kept.sum())
  if kind in TWINS:
    pairs = pairs_of(truth, kind)
    both = int(kept[pairs].all(1).sum())
    neither = float(1 - kept[pairs].any(1).mean())
    chance = shares.pairs_by_chance(size, number, len(pairs))
    return len(pairs), both, neither, chance
  own = kept[truth.kind == kind]
  chance = shares.by_chance(size, number, len(own))
  return len(own), int(own.sum()), None, chance


def at(run, ratio):
  """The run at another ratio."""
  config = run.config.copy_and_resolve_references()
  config.prune_ratio = ratio
  return run._replace(config=config, paths=rates.located(run, config))


def scored(run):
  """The Scores, made if they are not there."""
  stages.build(run, 'scores')
  return scores_lib.load(run)


def kept_by(run, scores, keep, ratio):
  """[n] bool, as a cell with this rule and ratio keeps; None: too few are left."""
  run = at(run, ratio)
  run.config.select.keep = keep
  if cells.number_kept(run, scores) > len(scores.index):
    return None
  found = np.zeros(len(run.source), bool)
  found[select.choose(run, scores)] = True
  return found


def rows(truth, run):
  """A dict for each keep rule, ratio and kind of one method."""
  scores = scored(run)
  own = METHODS[run.config.score.method].of_number
  each = {r: scored(at(run, r)) if own else scores for r in RATIOS}
  kinds = [kind for kind in KINDS if (truth.kind == kind).any()]
  for keep in select_lib.KEEPS:
    when = leaves(run, scores, keep)
    areas = {k: None if when is None else area(truth, k, when) for k in kinds}
    for ratio in RATIOS:
      kept = kept_by(run, each[ratio], keep, ratio)
      for kind in kinds if kept is not None else ():
        yield dict(
          method=run.config.variant, keep=keep, ratio=ratio, kind=kind,
          area=areas[kind], **beside_chance(kind, *count(truth, kind, kept)),
        )  # fmt: skip


def beside_chance(kind, number, kept, neither, chances):
  """Share kept, its interval, what random keeps, and P(as good by chance)."""
  mean, least, most = shares.expected(chances)
  low, high = shares.interval(kept, number)
  to_keep = KINDS[kind].where == 'alone'
  p = (shares.as_many if to_keep else shares.as_few)(chances, kept)
  return dict(
    planted=number, kept=kept, neither=neither, share=kept / number, low=low,
    high=high, random=mean / number, random_low=least / number,
    random_high=most / number, p=p,
  )  # fmt: skip
