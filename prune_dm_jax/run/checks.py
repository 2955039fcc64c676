"""All that can be wrong with a configuration before any work begins."""

import functools
import importlib.util
import pathlib

from prune_dm_jax.data import EMBEDDED
from prune_dm_jax.data import SOURCES
from prune_dm_jax.data import dynamic
from prune_dm_jax.data.images import CROPS
from prune_dm_jax.data.lists import embeddings
from prune_dm_jax.data.lists import scores
from prune_dm_jax.features import GIVEN
from prune_dm_jax.features import JUDGING
from prune_dm_jax.features import SELECTING
from prune_dm_jax.features import check_file
from prune_dm_jax.features import lpips
from prune_dm_jax.features import weights
from prune_dm_jax.flow import SOLVERS
from prune_dm_jax.flow.guidance import GUIDANCE
from prune_dm_jax.flow.path import PATHS
from prune_dm_jax.flow.path import TIMES
from prune_dm_jax.flow.stochastic import DIFFUSIONS
from prune_dm_jax.models.dit import ATTENTIONS
from prune_dm_jax.models.dit import DTYPES
from prune_dm_jax.models.dit import SIZES
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning.gradients import GRADIENTS
from prune_dm_jax.pruning.kmeans import FITS
from prune_dm_jax.pruning.select import ALLOCATIONS
from prune_dm_jax.pruning.select import KEEPS
from prune_dm_jax.run import bounds
from prune_dm_jax.run import mistakes
from prune_dm_jax.run import paths as paths_lib
from prune_dm_jax.run import ratios
from prune_dm_jax.training.exposure import EXPOSURES

CHOICES = {
  'data.name': SOURCES,
  'data.crop': CROPS,
  'data.leaks': ('keep', 'drop'),
  'select.twins': ('keep', 'drop'),
  'twins.by': ('thumbnails', 'features'),
  'twins.keep_of_group': ('largest', 'sharpest', 'nearest_centre', 'first'),
  'score.method': METHODS,
  'score.backbone': SELECTING,
  'judge.network': JUDGING,
  'judge.precision': (*JUDGING, ''),
  'judge.memorization': (*JUDGING, ''),
  'score.gradient': GRADIENTS,
  'surrogate.size': SIZES,
  'score.kmeans': FITS,
  'select.keep': KEEPS,
  'select.allocation': ALLOCATIONS,
  'select.within': ('clusters', 'classes', 'all'),
  'select.clusters': ('', *(b for b in SELECTING if b != GIVEN)),
  'select.pruned': ('drop', 'high_noise'),
  'select.balance': ('', 'class', 'cluster'),
  'select.ratio_from': ('config', 'smallest_cluster', 'twins', 'threshold'),
  'dit.size': SIZES,
  'train.exposure': EXPOSURES,
  'dit.dtype': DTYPES,
  'dit.attention': ('auto', *ATTENTIONS),
  'train.reduce_dtype': DTYPES,
  'train.dynamic': ('', *dynamic.SCHEDULES),
  'flow.path': PATHS,
  'flow.time': TIMES,
  'sample.step': SOLVERS,
  'sample.diffusion': DIFFUSIONS,
  'sample.guidance': GUIDANCE,
}
"""key -> the words that it may be."""


def check(config, devices, *, judged=True):
  """Raises ValueError naming the key, its value and what would do.

  Args:
    config: All of it.
    devices: How many there are.
    judged: Whether what judges must be there.
  """
  check_choices(config)
  for one in of_rest(config, devices, judged):
    one()


def troubles(config, devices, *, judged=True):
  """What `check` would say, all of it: a list of sentences."""
  found = said(of_choices(config))
  return found or said(of_rest(config, devices, judged))


def wrong_in_itself(config, devices):
  """The sentences that leave no program to speak of: of words and numbers."""
  numbers = bounds.checks(config, devices)
  return said(of_choices(config)) or said(numbers)


def check_choices(config):
  """Raises ValueError where a word is none that there is."""
  for one in of_choices(config):
    one()


def said(checks):
  """What checks raise; a sentence that two of them have is said once."""
  found = []
  for one in checks:
    try:
      one()
    except ValueError as error:
      found.append(str(error))
    except (ArithmeticError, TypeError):  # Of what is refused already.
      if not found:
        raise
  return [*dict.fromkeys(found)]


def of_choices(config):
  """Checks of words, which those of `of_rest` take for right."""
  for key, allowed in CHOICES.items():
    value = bounds.value_at(config, key)
    yield functools.partial(check_choice, key, value, allowed)


def of_rest(config, devices, judged):
  """Checks of numbers and files, each without an argument."""
  yield from bounds.checks(config, devices)
  yield functools.partial(check_path, config)
  yield functools.partial(check_installed, config)
  yield from given_checks(config)
  yield from weights_checks(config, judged)
  yield functools.partial(ratios.check, config)
  store = pathlib.Path(config.store)
  yield functools.partial(mistakes.check_folder, 'config.store', store)
  for key in ('select.file', 'select.begin_with', 'dit.init'):
    yield functools.partial(check_named, config, key)


def check_named(config, key):
  """Raises ValueError if a key names a file, and there is none."""
  file = bounds.value_at(config, key)
  if file and not pathlib.Path(file).is_file():
    raise ValueError(f'config.{key} is {file!r}: there is no such file')


def check_choice(key, value, allowed):
  if value not in allowed:
    raise ValueError(
      f'config.{key} is {value!r}; choose from '
      f'{", ".join(name or repr(name) for name in allowed)}'
    )


def check_path(config):
  path, name = config.data.path, config.data.name
  if name in EMBEDDED:
    return
  if not path:
    raise ValueError(
      f'config.data.path is {path!r}, but {name} is read from files: name the '
      'folder or archive, as --config.data.path=PATH'
    )
  if not pathlib.Path(path).exists():
    raise ValueError(
      f'config.data.path is {path!r}: there is no such file or folder'
    )


def check_installed(config):
  step = config.sample.step
  if step == 'dopri5' and importlib.util.find_spec('diffrax') is None:
    raise ValueError(
      f'config.sample.step is {step!r}, which diffrax does, and that is not '
      'installed; `pip install diffrax` would do, or heun'
    )


def given_checks(config):
  """Checks that files that someone else has made are there."""
  score = config.score
  if score.method == GIVEN:
    yield functools.partial(check_given, config, 'scores', scores.READERS)
  if score.backbone == GIVEN:
    readers = embeddings.READERS
    yield functools.partial(check_given, config, 'embeddings', readers)


def check_given(config, key, readers):
  """Raises ValueError unless a file of the user's is there, and can be read."""
  path = pathlib.Path(config.score[key])
  if path.suffix.lower() not in readers:
    raise ValueError(
      f'config.score.{key} is {config.score[key]!r}, but {config.variant} takes '
      f'{key} of your own: name a file of them, one of {", ".join(readers)}'
    )
  if not path.is_file():
    raise ValueError(
      f'config.score.{key} is {config.score[key]!r}: there is no such file'
    )


def weights_checks(config, judged):
  """Checks that the weights of each network that is asked for are there."""
  of_features = METHODS[config.score.method].of_features
  needed = [config.score.backbone] if of_features else []
  needed += [config.select.clusters] if config.select.clusters else []
  needed += paths_lib.judges(config).values() if judged else []
  for backbone in needed:
    path = paths_lib.weights_path(config, backbone)
    if path:
      yield functools.partial(check_file, backbone, path)
  if config.autoencoder.perceptual > 0:
    path = paths_lib.lpips_path(config)
    yield functools.partial(weights.check_file, path, lpips.SOURCE)


def check_held_out(source, config):
  """Raises ValueError if nothing would be left to judge by."""
  share = config.data.held_out
  if not (source.held_out.any() or round(len(source) * share)):
    raise ValueError(
      f'config.data.held_out is {share}, which holds out none of '
      f'{len(source)} pictures, so that there is nothing to judge by; take '
      '--until=sample, or hold some out'
    )
