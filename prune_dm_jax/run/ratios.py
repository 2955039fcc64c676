"""The fraction that is removed: one that is given, or one that follows."""

from prune_dm_jax.pruning import METHODS
from prune_dm_jax.run import variants


def check(config):
  """Raises ValueError if it cannot be what is asked for."""
  ratio = config.prune_ratio
  if config.select.ratio_from != 'config':
    check_follows(config)
  elif not 0 <= ratio < 1:
    raise ValueError(
      f'config.prune_ratio is {ratio}: it is the fraction removed, in [0, 1)'
    )
  elif config.select.allocation == 'balanced':
    raise ValueError(
      'config.select.allocation is balanced, whose ratio follows from the '
      'smallest cluster; for a ratio of your own take waterfill'
    )
  if config.variant.endswith('unpruned') and ratio:
    raise ValueError(
      f'config.prune_ratio is {ratio}, but {config.variant} removes nothing; '
      'take another variant'
    )


def check_follows(config):
  """Raises ValueError if a ratio is given to what has its own."""
  follows, ratio = config.select.ratio_from, config.prune_ratio
  if follows == 'twins' and config.select.twins != 'drop':
    raise ValueError(
      "config.select.ratio_from is 'twins', but config.select.twins is "
      f'{config.select.twins!r}, so that none are left out; take drop'
    )
  if follows != 'twins' and METHODS[config.score.method].of_number:
    raise ValueError(
      f'config.select.ratio_from is {follows!r}, but {config.score.method} must '
      'be told how many to keep before there are scores; take config'
    )
  if follows == 'threshold':
    check_threshold(config)
  if follows == 'smallest_cluster' and config.select.within == 'all':
    raise ValueError(
      "config.select.within is 'all', of which the smallest cluster, that "
      f'{config.variant} follows, is all there are; take clusters or classes'
    )
  if ratio != variants.FOLLOWS:
    ways = {
      'twins': 'the number of twins; for a ratio of your own take random with '
      '--config.select.twins=drop',
      'smallest_cluster': 'its smallest cluster; for a ratio of your own take '
      'the plain variant with --config.select.allocation=waterfill',
      'threshold': 'config.select.threshold; add --config.prune_ratio=-1',
    }
    raise ValueError(
      f'config.prune_ratio is {ratio}, but that of {config.variant} follows '
      f'from {ways[follows]}'
    )


def check_threshold(config):
  """Raises ValueError where what is kept is not one end of all scores."""
  for key, wanted in (('keep', ('high', 'low')), ('within', ('all',))):
    value = config.select[key]
    if value not in wanted:
      raise ValueError(
        f'config.select.{key} is {value!r}, but a threshold is of one end of all '
        f'scores; take {" or ".join(wanted)}'
      )
  for key, off in (('begin_with', ''), ('at_least', 0)):
    if config.select[key] != off:
      raise ValueError(
        f'config.select.{key} is {config.select[key]!r}, but what a threshold keeps '
        f'is of scores alone; take {off!r}'
      )
