"""What is printed has no command to a terminal in it."""

import logging

import pytest

from prune_dm_jax.run import command_line
from prune_dm_jax.run import terminal


def test_all_that_commands_a_terminal_is_escaped_and_nothing_else():
  for code in range(0x11000):
    letter = chr(code)
    if letter in '\n\t' or letter.isalnum() or code in (0x200C, 0x200D):
      assert terminal.shown(letter) == letter
  assert terminal.shown('\x1b[2J\x9b\r') == '\\x1b[2J\\x9b\\r'
  assert terminal.shown('a\u202eb\u2066\ud800') == 'a\\u202eb\\u2066\\ud800'
  assert terminal.shown('Fréchet ↓ été 中') == 'Fréchet ↓ été 中'


def test_prints_errors_and_log_lines_are_escaped(capsys):
  command_line.plainly(lambda: print('a\x1bb', '\udcff'))
  assert capsys.readouterr().out == 'a\\x1bb \\udcff\n'

  with pytest.raises(SystemExit, match=r'no \\x1b\[2J$'):
    command_line.refuse('no \x1b[2J')
  record = logging.LogRecord('', 0, '', 0, '%s', ('\x1b',), None)
  assert terminal.Formatter('%(message)s').format(record) == '\\x1b'
