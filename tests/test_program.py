"""The one program, its commands and its help."""

import os
import pathlib
import subprocess
import sys

import pytest
from PIL import Image

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


@pytest.mark.parametrize('when', ['in imports', 'at work'])
def test_an_interrupt_is_one_line_and_its_own_exit_code(when):
  """Sent by the program to itself: at work, when it is in `plainly`."""
  send = 'os.kill(os.getpid(), signal.SIGINT)'
  at_work = (
    'from prune_dm_jax.run import command_line\n'
    f'call = lambda argv: command_line.plainly(lambda: {send})\n'
  )
  code = (
    'import os, signal, sys, threading\n'
    'signal.signal(signal.SIGINT, signal.default_int_handler)\n'
    'from prune_dm_jax import __main__ as program\n'
    'stay = threading.Thread(target=threading.Event().wait)\n'
    'stay.start()  # As XLA may.\n'
    f'call = lambda argv: {send}\n'
    + (at_work if when == 'at work' else '')
    + 'program.COMMANDS["data"] = program.Command("", call)\n'
    'sys.argv = ["prune-dm", "data"]\n'
    'program.main()\n'
  )
  process = subprocess.run(
    [sys.executable, '-c', code],
    capture_output=True, text=True, check=False, timeout=60,
  )  # fmt: skip
  assert process.returncode == 130
  assert process.stderr == 'prune_dm_jax: stopped; the same command goes on\n'


def test_an_interrupt_while_main_is_imported_is_one_line():
  code = (
    'import os, runpy, signal, sys\n'
    'signal.signal(signal.SIGINT, signal.default_int_handler)\n'
    'class Finder:\n'
    '  def find_spec(name, *given):\n'
    '    name == "absl" and os.kill(os.getpid(), signal.SIGINT)\n'
    'sys.meta_path.insert(0, Finder)\n'
    'runpy.run_module("prune_dm_jax.main", run_name="__main__")\n'
  )
  process = subprocess.run(
    [sys.executable, '-c', code],
    cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
  )  # fmt: skip
  assert process.returncode == 130
  assert process.stderr == 'prune_dm_jax: stopped; the same command goes on\n'


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


@pytest.mark.parametrize('stream', [1, 2])
def test_a_stream_that_the_shell_has_closed_ends_no_command(stream, tmp_path):
  Image.new('RGB', (8, 8)).save(tmp_path / 'a.png')
  process = subprocess.run(
    [sys.executable, '-m', 'prune_dm_jax', 'data', str(tmp_path)],
    cwd=ROOT, preexec_fn=lambda: os.close(stream),
    stdout=subprocess.PIPE if stream != 1 else None,
  )  # fmt: skip
  assert process.returncode == 0
  assert stream == 1 or b'1 usable' in process.stdout


def test_a_pipe_that_is_closed_ends_a_command_without_a_word():
  code = (
    'import sys\n'
    'from prune_dm_jax.run import command_line\n'
    'command_line.plainly(lambda: print("line\\n" * 10**5))\n'
  )
  with subprocess.Popen(
    [sys.executable, '-c', code],
    cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
  ) as process:  # fmt: skip
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b''
    assert process.wait() == 141
