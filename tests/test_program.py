"""The one program, its commands and its help."""

import pathlib
import subprocess
import sys

import pytest

from prune_dm_jax.__main__ import COMMANDS

ROOT = pathlib.Path(__file__).parents[1]


def typed(*words):
  return subprocess.run(
    [sys.executable, '-m', 'prune_dm_jax', *words],
    cwd=ROOT, capture_output=True, text=True, check=False,
  )  # fmt: skip


@pytest.mark.parametrize('words', [(), ('--help',)])
def test_help_has_a_line_for_each_command(words):
  process = typed(*words)
  assert process.returncode == 0 and process.stderr == ''
  lines = [line.split()[0] for line in process.stdout.splitlines() if line]
  assert lines == ['prune-dm', *COMMANDS, 'prune-dm']


def test_help_imports_nothing_that_takes_long():
  program = (
    'import sys; from prune_dm_jax.__main__ import main; main(["--help"]); '
    'slow = {"jax", "numpy", "matplotlib", "absl", "prune_dm_jax.stages"}; '
    'sys.exit(str(slow & set(sys.modules)))'
  )
  process = subprocess.run(
    [sys.executable, '-c', program],
    cwd=ROOT, capture_output=True, text=True, check=False,
  )  # fmt: skip
  assert process.stderr == 'set()\n'


def test_every_command_has_a_file_and_every_file_a_command():
  files = {p.stem for p in (ROOT / 'prune_dm_jax/commands').glob('[a-z]*.py')}
  names = {name.replace('-', '_') for name in COMMANDS}
  assert names == files | {'run'}


@pytest.mark.parametrize('command', COMMANDS)
def test_the_help_of_a_command_says_what_it_takes_with_an_example(
  command, capsys, monkeypatch
):
  monkeypatch.setattr(sys, 'path', sys.path[:])
  try:
    COMMANDS[command].call(['--help'])
  except SystemExit as end:
    assert not end.code
  text = capsys.readouterr().out
  example = f'prune-dm {command} '
  if command == 'run':
    example = 'python -m prune_dm_jax.main --config='
  assert f'\n  {example}' in text
  assert '--' in text


@pytest.mark.parametrize(
  ('word', 'meant'),
  [
    ('evalaute', 'did you mean evaluate?'),
    ('rank_agreement', 'did you mean rank-agreement?'),
    ('xyzzy', 'prune-dm --help lists them'),
  ],
)
def test_a_misspelled_command_names_the_nearest(word, meant):
  process = typed(word)
  assert process.returncode == 1 and process.stdout == ''
  assert process.stderr == (
    f'prune_dm_jax: {word!r} is not a command; {meant}\n'
  )
