"""Any words on the command line: a configuration, or one sentence."""

import pathlib
import sys
from unittest import mock

import mutants
import numpy as np
import pytest
from absl import flags
from ml_collections import config_flags

from configs import digits_quick
from prune_dm_jax.run import checks
from prune_dm_jax.run import command_line
from prune_dm_jax.run import mistakes
from prune_dm_jax.stages import patience

FEW, MANY = 25, 4000

VALUES = (
  '', 'a', '-1', '0', '1', 'nan', 'inf', '-inf', '1e400', '1e-400', '0.5', '3.7',
  'True', 'None', '[]', '()', '(1,)', '{}', "'x'", '9' * 400, '--', '=', '\n', '%s',
  '../..', '\x00', '\udcff', '(1, 2, 3)', '[1, "a"]', 'lambda: 0',
  '__import__("os").mkdir("made")', '(', '1_000', ' 1', '１',
)  # fmt: skip
"""What is given as a value on the command line."""

STRUCTURE = ('', '.', 'x', 'data', 'data.', '.data', 'data..path', 'data.path.x',
             'Data.path', 'data path', 'data.path[0]', 'train.steps.y')  # fmt: skip
"""Keys that there are not."""


def keys_of(config, start=''):
  for key, value in config.items():
    if hasattr(value, 'items'):
      yield from keys_of(value, f'{start}{key}.')
    else:
      yield f'{start}{key}'


def typed(*words):
  """A configuration as flags make it, and what is checked before any work."""
  own = flags.FlagValues()
  config = config_flags.DEFINE_config_file(
    'config', None, '', lock_config=True, flag_values=own
  )
  try:
    with mock.patch.object(sys, 'argv', ['main', *words]):  # As ml_collections.
      own(['main', *words])
    if not pathlib.Path(own['config'].config_filename.split(':')[0]).is_file():
      command_line.refuse('there is no such file')  # As call() has it.
  except Exception as error:
    command_line.refuse(mistakes.sentence(error))
  patience.warn(config.value, 'report')  # As main has it, before any check.
  checks.check(config.value, 4)


CONFIG = f'--config={digits_quick.__file__}'


def configurations(number):
  rng, keys = np.random.default_rng(0), [*keys_of(digits_quick.get_config())]
  for _ in range(number):
    pick = lambda of: of[rng.integers(len(of))]
    names = STRUCTURE if rng.random() < 0.2 else keys
    yield f'{CONFIG}:random', f'--config.{pick(names)}={pick(VALUES)}'
  for name in (CONFIG[:-3], f'{CONFIG}:', f'{CONFIG}:a:b', '--config=', '--config',
               '--config=/', '--config=\x00', '--config=:random', f'{CONFIG}:\n',
               '--config=a:b.py', '--confg=x', '--until=x'):  # fmt: skip
    yield (name,)


def configurations_tried(number):
  return [mutants.outcome(lambda w=words: typed(*w), words)
          for words in configurations(number)]  # fmt: skip


def test_a_configuration_of_any_words_is_one_or_is_refused(
  tmp_path, monkeypatch
):
  monkeypatch.chdir(tmp_path)
  configurations_tried(FEW)
  assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_many_configurations_are_one_or_are_refused(tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  print(len(configurations_tried(MANY)))
  assert not list(tmp_path.iterdir())
