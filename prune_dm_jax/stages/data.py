"""The split of the data into training and held-out examples, recorded."""

import functools

from prune_dm_jax.data.walks import reasons
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import split


def build(run):
  """Where the split is."""
  return artifacts.build(run.paths.split, functools.partial(write, run))


def write(run, folder):
  """train_idx.npy, held_out_idx.npy, and by which rule."""
  artifacts.write_array(folder / 'train_idx.npy', run.train)
  artifacts.write_array(folder / 'held_out_idx.npy', run.held_out)
  by_hash = (
    'the lowest sha256(shared_seed:key) are held out, copies with each other'
  )
  own = 'the set names those that are held out'
  facts = dict(
    data=run.config.data.name,
    fingerprint=run.source.fingerprint,
    rule=own if run.source.held_out.any() else by_hash,
    shared_seed=run.config.shared_seed,
    imbalance=run.config.data.imbalance,
    thinned=len(run.thinned),
    train=len(run.train),
    held_out=len(run.held_out),
    leaks=split.leaks(run),
    leaked=len(run.leaked),
    bad=run.source.bad,
    left_out={
      why: count._asdict()
      for why, count in reasons.left_out(run.source).items()
    },
  )
  artifacts.write_json(folder / 'split.json', facts)
