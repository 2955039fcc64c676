"""What is typed wrong is said in a sentence that names it and what would do."""

import importlib
import pathlib
import sys

import pytest
from absl import flags
from ml_collections import config_flags

from launch import options
from prune_dm_jax.run import command_line
from prune_dm_jax.run import mistakes

FOLDER = pathlib.Path(options.__file__).parents[1] / 'configs'
CONFIGS = [p for p in FOLDER.glob('*.py') if p.stem not in ('common', 'small')]

INT = "invalid literal for int() with base 10: 'nan'"

SAID = {
  f'flag --config.train.steps=nan: {INT}': (
    'config.train.steps=nan is no value for it; it must be a whole number'
  ),
  f'flag --lost_after=nan: {INT}': (
    '--lost_after=nan is no value for it; it must be a whole number'
  ),
  "flag --config.train.ema_decay=x: could not convert string to float: 'x'": (
    'config.train.ema_decay=x is no value for it; it must be a number'
  ),
  "flag --config.dit.conditional=2: ('Non-boolean argument ...', '2')": (
    'config.dit.conditional=2 is no value for it; it must be True or False'
  ),
  "flag --config.train=5: Failed to parse '5' as a ConfigDict: `5` is no dict.": (
    'config.train=5 is no value for it; it must be given key by key, as '
    'config.GROUP.KEY=VALUE'
  ),
  'flag --until=x: value should be one of <data|report>': (
    'flag --until=x: value should be one of <data|report>'
  ),
}


@pytest.mark.parametrize('raw', SAID)
def test_a_value_that_cannot_be_read_is_said_with_what_was_wanted(raw):
  assert mistakes.sentence(ValueError(raw)) == SAID[raw]


def test_a_key_that_is_none_is_said_with_the_one_that_is_near():
  raw = KeyError('\'step\'\nDid you mean "steps" instead of "step"?')
  assert mistakes.sentence(ValueError(raw)) == (
    "config has no key 'step'; did you mean 'steps'?"
  )


@pytest.mark.parametrize(
  'word',
  ['--config.variant=el2n', '-config.variant', '--config.score.method=el2n'],
)
def test_nothing_but_a_variant_says_what_a_cell_is_called(word):
  with pytest.raises(SystemExit, match=f'{word}: .*, as --config=FILE:'):
    command_line.parse(['main', word])
  mistakes.check_named(['--config.score.methods=x', '--variant=el2n'])


def of_file(path, monkeypatch):
  """The configuration that a command line with this file has."""
  own, argv = flags.FlagValues(), ['main', f'--config={path}:random']
  config = config_flags.DEFINE_config_file('config', flag_values=own)
  monkeypatch.setattr(sys, 'argv', argv)  # As ml_collections.
  monkeypatch.delitem(sys.modules, 'config_config', raising=False)  # The last.
  command_line.parse(argv, own)
  return config.value


BROKEN = {
  'def get_config(variant):\n  return (\n': "line 2: '\\(' was never closed",
  'import nothing_of_that_name\n': 'line 1: No module named',
  'def get_config(variant):\n  return vari\n': "line 2: name 'vari' is not",
  'x = 1\n': "has no attribute 'get_config'",
}


@pytest.mark.parametrize('text', BROKEN)
def test_a_broken_file_is_named_with_its_line(text, tmp_path, monkeypatch):
  path = tmp_path / 'mine.py'
  path.write_text(text)
  with pytest.raises(SystemExit, match=f'prune_dm_jax: {path}.*{BROKEN[text]}'):
    of_file(path, monkeypatch)


BEGIN = 'from configs import digits\nget = digits.get_config\n'
KEYS = {
  'def get_config(variant): return None\n': 'mine.py: .* returns has no ',
  'def get_config(variant):\n  config = get(variant)\n  del config.train.steps\n'
  '  return config\n': 'mine.py: .* returns has no train.steps',
  'def get_config(variant):\n  config = get(variant)\n  config.train.stepz = 5\n'
  '  return config\n': 'sets train.stepz, .*; did you mean train.steps\\?',
}


@pytest.mark.parametrize('text', KEYS)
def test_a_file_of_other_keys_is_refused(text, tmp_path, monkeypatch):
  path = tmp_path / 'mine.py'
  path.write_text(BEGIN + text)
  with pytest.raises(ValueError, match=KEYS[text]):
    mistakes.check_keys(of_file(path, monkeypatch), path)


@pytest.mark.parametrize('path', CONFIGS, ids=lambda path: path.stem)
def test_the_files_of_configs_have_all_keys_and_no_other(path):
  config = importlib.import_module(f'configs.{path.stem}').get_config()
  mistakes.check_keys(config, path)


def test_without_a_configuration_it_is_said_how_one_is_named():
  with pytest.raises(SystemExit, match='as --config=configs/digits.py:random'):
    command_line.call(lambda config, workdir: None, [])
  with pytest.raises(SystemExit, match="'a.py:random' is not a flag; .*=FILE:"):
    command_line.parse(['main', 'a.py:random'])


def test_a_folder_that_is_a_file_or_in_one_is_refused(tmp_path):
  file = tmp_path / 'a'
  file.write_text('')
  for path in (file, file / 'b' / 'c'):
    with pytest.raises(ValueError, match=f'--out={path}: {file} is a file'):
      mistakes.check_folder('--out', path)
  mistakes.check_folder('--out', tmp_path / 'b' / 'c')
  for name in ('b', '9' * 400, '\x00'):
    mistakes.check_folder('--out', pathlib.Path(name))


OPTIONS = {
  ('--number=a',): '--number=a is no value for it; it must be a whole number',
  ('--share=50%',): '--share=50% is no value for it; it must be a number',
  (
    '--numbr=1',
  ): 'unrecognized arguments: --numbr=1; --help says what there is',
}


@pytest.mark.parametrize('words', OPTIONS)
def test_a_wrong_option_is_one_sentence(words, capsys):
  parser = command_line.parser('command', 'It does.')
  parser.add_argument('--number', type=int)
  parser.add_argument('--share', type=float)
  with pytest.raises(SystemExit) as ended:
    parser.parse_args(words)
  assert ended.value.code == f'prune_dm_jax: {OPTIONS[words]}'
  assert capsys.readouterr() == ('', '')


LISTS = {
  '--seeds=0-4': "'0-4' is no list of numbers, as 0,1,2",
  '--seeds=': "'' is no list of numbers",
  '--prune_ratios=50%': "'50%' is no list of numbers, as 0.25,0.5",
  '--at_once=two': 'unrecognized',
}


@pytest.mark.parametrize('word', LISTS)
def test_a_wrong_list_of_a_launcher_is_one_sentence(word):
  with pytest.raises(SystemExit, match=f'prune_dm_jax: .*{LISTS[word]}'):
    options.parser('').parse_args(['--config=a.py', word])


def test_a_word_beside_a_list_is_no_setting():
  with pytest.raises(SystemExit, match="'0.9' is no option; a list has commas"):
    options.check_words(['--config.seed_=1', '0.9'])
  options.check_words(['--config.train.steps', '5', '--deterministic'])
