"""What a selection, of the whole or of each pass, may ask of a method and a model."""

from prune_dm_jax.pruning import METHODS


def check_pruned(config):
  if config.select.pruned == 'high_noise' and config.model != 'dit':
    raise ValueError(
      f"config.select.pruned is 'high_noise', but a {config.model} is trained at "
      'no noise; take drop, or a variant of the dit'
    )


def check_noise(config):
  """Raises ValueError where no score says at which noise each is used."""
  first, last = config.select.noise_from, config.select.noise_to
  if last and last < first:
    raise ValueError(
      f'config.select.noise_to is {last:g}, but what is pruned first is used from '
      f'config.select.noise_from={first:g} on; take that or more, or 0'
    )
  if last and config.select.file:
    raise ValueError(
      f'config.select.noise_to is {last:g}, but the list {config.select.file} has '
      'no scores; take 0, or a list with t_min'
    )


def check_clusters(config):
  clusters, method = config.select.clusters, config.score.method
  if not clusters:
    return
  if METHODS[method].of_clusters:
    raise ValueError(
      f'config.select.clusters is {clusters!r}, but {method} has clusters of its '
      "own, by config.score.backbone; take ''"
    )
  if config.twins.by == 'features' and clusters != config.score.backbone:
    raise ValueError(
      f'config.select.clusters is {clusters!r}, but twins are told by features of '
      f'{config.score.backbone}; take that, or config.twins.by=thumbnails'
    )


def check_balance(config):
  own = METHODS[config.score.method].in_clusters
  clustered = own or config.select.clusters
  if config.select.balance == 'cluster' and (
    config.select.file or not clustered
  ):
    by = config.select.file or f'the method {config.score.method}'
    raise ValueError(
      f"config.select.balance is 'cluster', but {by} has no clusters; take "
      'class, or a variant of clusters'
    )


def check_dynamic(config):
  """Raises ValueError where passes cannot follow from what a model has learned."""
  train = config.train
  if train.dynamic and config.model != 'dit':
    raise ValueError(
      f'config.train.dynamic is {train.dynamic!r}, but a {config.model} has no '
      "such losses; take '', or a variant of the dit"
    )
  if train.dynamic and train.exposure == 'epochs':
    raise ValueError(
      f'config.train.dynamic is {train.dynamic!r}, by which a pass has no fixed '
      "number of steps, but config.train.exposure is 'epochs'; take iterations, and "
      'fewer config.train.steps'
    )


CHECKS = (
  check_pruned,
  check_noise,
  check_clusters,
  check_balance,
  check_dynamic,
)
"""Each raises ValueError naming the key, its value and what would do."""
