"""Classifiers of ours, whose features select and judge."""

import functools

import jax.numpy as jnp

from prune_dm_jax.features import NETWORKS
from prune_dm_jax.features import classifier
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.stages import fitting


def build(run, name):
  """Where a classifier of ours is, trained on the training split."""
  path = getattr(run.paths, name)
  make = functools.partial(fit, run, name)
  return artifacts.build_together(path, make, settle=damage.reopen)


def fit(run, name, folder):
  """Trains or loads a classifier; returns its `Weights`."""
  if not run.source.class_names:
    raise ValueError(
      f'the {name} is trained on classes, but this data has none; '
      'choose another backbone'
    )
  options = run.config[name]
  network, rest = learned(run, name)
  state = fitting.fit(
    run,
    folder,
    options,
    name=name,
    kept=run.train,
    read=functools.partial(fitting.reader, run),
    seed=options.seed,
    **rest,
  )
  return classifier.Weights(network, state.ema)


def learned(run, name):
  """A classifier, and what `fitting.program` is given of it.

  Of data that are not there, or are refused, it is foreseen as of one class.
  """
  network = NETWORKS[name](max(len(run.source.class_names), 1))
  example = jnp.zeros((1, *fitting.picture_shape(run)))
  return network, dict(
    init=lambda key: (network.init(key, example)['params'], ()),
    objective=classifier.objective(network),
    ema_decay=0.99,
  )
