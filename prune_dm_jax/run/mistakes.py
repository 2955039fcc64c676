"""What is wrong with words on a command line, in one sentence."""

import difflib
import os
import pathlib
import re
import traceback

import ml_collections

from prune_dm_jax.run import defaults
from prune_dm_jax.run.artifacts import flat

MISREAD = re.compile(r'flag --(.*?=.*?): (.*)', re.DOTALL)
KINDS = {
  'int()': 'a whole number',
  'float': 'a number',
  'oolean': 'True or False',
  'a ConfigDict': 'given key by key, as config.GROUP.KEY=VALUE',
}
"""What absl says of a value that it cannot read -> what it wanted."""

MEANT = re.compile(r' Did you mean "(.*?)" instead of ".*?"\?')
"""How ml_collections says which key is near."""


FILE = re.compile(r'--?config=([^:]*)')
"""The file in --config=<file>:<variant>."""

OPTION = re.compile(r"argument (--\S+): invalid (int|float) value: '(.*)'")
OPTION_KINDS = {'int': 'a whole number', 'float': 'a number'}
"""What argparse calls the type of a number -> what it is."""

NAMED = re.compile(r'--?config\.(variant|score\.method)(?:=(.*))?', re.DOTALL)
"""Keys that a cell is named by, and that only a variant sets."""


def check_named(argv):
  """Raises ValueError if a word would have a cell called what it is not."""
  for word in argv:
    found = NAMED.fullmatch(word)
    if found:
      raise ValueError(
        f'{word}: what a cell does is named after the colon, as '
        f'--config=FILE:{found[2] or "VARIANT"}'
      )


def check_keys(config, file):
  """Raises ValueError where a file's keys are not those of a configuration."""
  own = isinstance(config, ml_collections.ConfigDict)
  given = dict(flat(config.to_dict())) if own else {}
  known = dict(flat(defaults.get_config('random').to_dict()))
  missing = [name for name in known if name not in given]
  strange = [name for name in given if name not in known]
  if missing:
    raise ValueError(
      f'--config={file}: what its get_config returns has no {missing[0]}; let it '
      'begin with config = prune_dm_jax.run.defaults.get_config(variant)'
    )
  if strange:
    near = difflib.get_close_matches(strange[0], known, n=1)
    meant = f'; did you mean {near[0]}?' if near else ''
    raise ValueError(
      f'--config={file} sets {strange[0]}, which is no key{meant}'
    )


def check_folder(option, path):
  """Raises ValueError if what `option` names is, or is under, a file."""
  there = next(filter(os.path.exists, (path, *path.parents)), path)
  if os.path.isfile(there):  # Which raises nothing of a name that cannot be.
    raise ValueError(
      f'{option}={path}: {there} is a file, where a folder is wanted'
    )


def of_argv(error, argv):
  """What is wrong with a command line: a flag, or a line of the file it names."""
  named = [found[1] for found in map(FILE.match, argv) if found]
  file = named[-1] if named else 'the file of --config'
  said = sentence(error).replace("module 'config_config'", file)
  if isinstance(error, SyntaxError):
    return f'{error.filename}, line {error.lineno}: {said}'
  lines = [
    frame.lineno
    for frame in traceback.extract_tb(error.__traceback__)
    if frame.filename in (file, str(pathlib.Path(file).absolute()))
  ]
  if not lines or isinstance(error, ValueError):  # A sentence of ours.
    return said
  return f'{file}, line {lines[-1]}: {said}'


def sentence(error):
  """What a failed flag says, in one line."""
  reason = error.args[0]
  if isinstance(reason, KeyError):
    said = ' '.join(reason.args[0].splitlines())
    meant = r"; did you mean '\1'?"
    return f'config has no key {MEANT.sub(meant, said)}'
  lines = [line for line in str(reason).splitlines() if line]
  if any(line.startswith('Traceback') for line in lines):
    lines = lines[-1:]
  said = ' '.join(lines).removeprefix('ValueError: ')
  misread = MISREAD.match(said)
  if misread:
    return of_value(*misread.groups()) or said
  alone = re.fullmatch(r"'[^' ]+'", said)  # As of a key in no group.
  return f'config has no key {said}' if alone else said


def of_option(message):
  """What argparse says of an option, with what was wanted."""
  misread = OPTION.fullmatch(message)
  if not misread:
    return f'{message}; --help says what there is'
  name, kind, value = misread.groups()
  return f'{name}={value} is no value for it; it must be {OPTION_KINDS[kind]}'


def of_value(setting, why):
  """What a value should have been; '' where absl says it well enough."""
  of_config = setting.startswith('config.')
  kind = next((words for sign, words in KINDS.items() if sign in why), '')
  if not kind and not of_config:
    return ''
  name = setting if of_config else f'--{setting}'
  return f'{name} is no value for it; it must be {kind or why}'
