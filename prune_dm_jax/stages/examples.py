"""What a cell trains on: how often each example, and at which noise.

All that is kept, alike and at all times, unless config.select says otherwise:

  pruned=high_noise  what is pruned is used where 1 - t >= noise_from, or the more the
                     sooner the score would prune it, up to noise_to. Its weight
                     is the share of times that are so, by which a picture counts
                     at such a time as much as one that is kept.
  balance=class      weights by which classes, or clusters, count equally
"""

import functools

import numpy as np

from prune_dm_jax.data import manifest
from prune_dm_jax.flow import high_noise
from prune_dm_jax.pruning import balance
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import own_list
from prune_dm_jax.stages import scores as scores_lib


def chosen(run, scores, kept):
  """manifest.Trained, of what is kept [M] and what else a cell trains on."""
  options = run.config.select
  found = own_list.trained(run) if options.file else manifest.throughout(kept)
  found = joined(found, at_high_noise(run, scores, found.index))
  if options.balance:
    groups = GROUPS[options.balance](run, scores)[found.index]
    found = found._replace(weight=balance.balanced(found.weight, groups))
  if found.t_min.any() and run.config.model != 'dit':
    raise ValueError(
      f'{options.file}: it has a t_min above 0, but a {run.config.model} is '
      'trained at no noise; take a variant of the dit'
    )
  return found


def joined(one, other):
  """Two Trained, of which no example is in both, as one."""
  order = np.argsort(np.concatenate([one.index, other.index]))
  pairs = zip(one, other, strict=True)
  return manifest.Trained(*(np.concatenate(pair)[order] for pair in pairs))


def at_high_noise(run, scores, others):
  """Trained, of what is pruned by the method and not of the others [M]."""
  options, index = run.config.select, np.zeros(0, np.int64)
  if options.pruned == 'high_noise':
    among = run.train if scores is None else scores.index
    index = np.setdiff1d(among, others)
  t_min = least_noise(run, scores, index)
  values, at = np.unique(t_min, return_inverse=True)
  share = [*map(high_noise.SHARES[run.config.flow.time], values)]
  return manifest.Trained(index, np.array(share, float)[at], t_min)


def least_noise(run, scores, index):
  """[n] of what is pruned: alike, or evenly by the order in which it would be kept."""
  options = run.config.select
  if not options.noise_to:
    return np.full(len(index), options.noise_from)
  t_min, place = np.empty(len(index)), scores_lib.places(run, scores)
  t_min[np.argsort(place[index], kind='stable')] = np.linspace(
    options.noise_from, options.noise_to, len(index)
  )
  return t_min


def clusters(run, scores):
  """[N] the cluster of each example, -1 of one that is in none."""
  found = np.full(len(run.source), -1)
  found[scores.index] = scores.group
  return found


GROUPS = {'class': lambda run, scores: run.source.labels, 'cluster': clusters}
"""config.select.balance -> (run, scores) -> [N] the groups that count equally."""


def facts(config, trained):
  """What selection.json says of a Trained, beside what is kept and pruned."""
  return dict(
    high_noise=int((trained.t_min > 0).sum()),
    noise_from=min(filter(None, trained.t_min.tolist()), default=0.0),
    noise_to=float(trained.t_min.max(initial=0)),
    balance=config.select.balance,
  )


def of_cell(cell):
  """manifest.Trained, as the manifest of a cell has it."""
  return manifest.trained(damage.read_table(cell / 'manifest.parquet'))


def weights(trained):
  """Of the loader: None where all are trained on alike, as before there were any."""
  return None if (trained.weight == 1).all() else trained.weight


def fingerprints(trained):
  """name -> text, of what a checkpoint was trained on besides the kept list."""
  said = {'weights': trained.weight, 't_min': trained.t_min}
  plain = {'weights': 1, 't_min': 0}
  return {
    name: artifacts.hash8(values.tolist())
    for name, values in said.items()
    if (values != plain[name]).any()
  }


def reader(trained, read):
  """`read`, whose batches say `t_min` [b], if any is above 0; it pickles."""
  if not trained.t_min.any():
    return read
  return functools.partial(with_t_min, read, trained.index, trained.t_min)


def with_t_min(read, index, t_min, indices):
  rows = np.searchsorted(index, indices)
  return {**read(indices), 't_min': t_min[rows].astype(np.float32)}
