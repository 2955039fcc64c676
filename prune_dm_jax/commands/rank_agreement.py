"""Whether scores, taken once more, rank the examples alike.

  prune-dm rank-agreement --config=configs/digits.py

Each way of taking them is taken once for each of --seeds, which are of the
surrogate's training and of the noise bank unless the way holds one of them, and
compared pair by pair:

  rank agreement   Spearman's correlation of the two scores
  kept by both     of the half that one keeps, the share that the other keeps;
                   half of it for two random halves

Prints a table of each, mean (lowest to highest pair), and a line of JSON.
"""

import json
from typing import NamedTuple

import numpy as np
from absl import flags
from absl import logging
from scipy import stats

from prune_dm_jax import stages
from prune_dm_jax.models import dit
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning import select
from prune_dm_jax.run import command_line
from prune_dm_jax.run import opening
from prune_dm_jax.stages import scores as scores_lib

SEEDS = flags.DEFINE_list('seeds', ['0', '1'], 'Two at least, to compare.')
LARGE = flags.DEFINE_enum(
  'large_size', 'mini8', list(dit.SIZES),
  'The surrogate that costs as much as eight draws.',
)  # fmt: skip

OF_SUBSETS = tuple(n for n, row in METHODS.items() if 'surrogates' in row.needs)

TAKEN_AT_A_SURROGATE = tuple(
  name
  for name, row in METHODS.items()
  if row.of_training and {*row.needs} <= {'losses', 'gradients', 'surrogates'}
)


class Way(NamedTuple):
  """Settings of the first of two scores, what else the second has, and of whom."""

  settings: dict
  second: dict = {}
  methods: tuple = TAKEN_AT_A_SURROGATE


def ways():
  """name -> Way: one draw, eight times its cost in two ways, and what is held."""
  one, eight = {'bank.num_draws': 1}, {'bank.num_draws': 8}
  large = {'surrogate.size': LARGE.value}
  published = {**one, 'bank.t_min': 0.95, 'bank.t_max': 0.95}
  same = {'moso.subsets_seed': 0}
  return {
    'as published: one draw at t = 0.95': Way(published),
    'one draw': Way(one),
    'one draw, eightfold surrogate': Way(one | large),
    'eight draws': Way(eight),
    'eight draws, the second at an eightfold surrogate': Way(eight, large),
    'eight draws, of one surrogate': Way(eight | {'surrogate.seed': 0}),
    'eight draws, of one bank': Way(eight | {'bank.seed': 0}),
    'eight draws, of the same subsets': Way(eight | same, methods=OF_SUBSETS),
    'eight draws, of one bank and the same subsets': Way(
      eight | {'bank.seed': 0} | same, methods=OF_SUBSETS
    ),
  }


def scored(config, workdir, settings):
  """[n] scores of a configuration with other settings."""
  config = config.copy_and_resolve_references()
  config.update_from_flattened_dict(settings)
  run = opening.open_checked(config, workdir, judged=False)
  stages.build(run, 'scores')
  return scores_lib.load(run).score


def spearman(a, b):
  """Rank correlation of [n] and [n], ties at their mean rank."""
  return float(stats.spearmanr(a, b).statistic)


def kept_by_both(a, b, *, keep):
  """Of the half kept by scores [n], the share that other scores [n] keep."""
  kept = [
    select.select(
      score, np.zeros(len(score), int), number=-(-len(score) // 2), keep=keep,
      allocation='proportional', seed=0,
    )
    for score in (a, b)
  ]  # fmt: skip
  return len(np.intersect1d(*kept)) / len(kept[0])


def compare(config, workdir, method, way):
  """name -> [pairs] of what is compared."""
  score = lambda seed, more: scored(
    config, workdir,
    {'score.method': method, 'surrogate.seed': seed, 'bank.seed': seed}
    | way.settings | more,
  )  # fmt: skip
  seeds = [int(seed) for seed in SEEDS.value]
  first = [score(seed, {}) for seed in seeds[:-1]]
  second = [score(seed, way.second) for seed in seeds[1:]]
  pairs = [(a, b) for i, a in enumerate(first) for b in second[i:]]
  keep = METHODS[method].keep
  return {
    'rank agreement': [spearman(*pair) for pair in pairs],
    'kept by both': [kept_by_both(*pair, keep=keep) for pair in pairs],
  }


def compared(config, workdir):
  seeds = SEEDS.value
  if len(set(seeds)) < 2 or not all(seed.isdigit() for seed in seeds):
    raise ValueError(
      f'--seeds={",".join(seeds)}: take two whole numbers or more, as 0,1'
    )
  found = {}
  for name, way in ways().items():
    for method in way.methods:
      logging.info('%s, %s', method, name)
      found[name, method] = compare(config, workdir, method, way)
  for measure in ('rank agreement', 'kept by both'):
    print(table(found, measure))
  print(json.dumps({f'{m}, {n}': v for (n, m), v in found.items()}))


def table(found, measure):
  """Markdown, a row for each way and a column for each method."""
  methods = list(dict.fromkeys(method for _, method in found))
  rows = [[measure, *methods], ['---'] * (1 + len(methods))]
  for name in dict.fromkeys(name for name, _ in found):
    own = [found.get((name, method), {}) for method in methods]
    rows.append([name, *(spread(of.get(measure, [])) for of in own)])
  return ''.join(f'| {" | ".join(row)} |\n' for row in rows)


def spread(values):
  """The mean, and the lowest and highest where there are several."""
  if not values:
    return ''
  mean = f'{np.mean(values):.2f}'
  several = f' ({min(values):.2f} to {max(values):.2f})'
  return mean + several if len(values) > 1 else mean


def main(argv):
  command_line.run(compared, argv, __doc__)
