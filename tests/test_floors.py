"""The architecture: rooms know nothing of each other, main knows stages."""

import ast
import pathlib

import pytest

PACKAGE = pathlib.Path(__file__).parents[1] / 'prune_dm_jax'
ABOVE = ('benchmarks', 'commands', 'run', 'stages')
ROOMS = sorted(
  p.name
  for p in PACKAGE.iterdir()
  if (p / '__init__.py').exists() and p.name not in ABOVE
)
FILES = sorted(PACKAGE.rglob('*.py'))


def ours(file):
  """Modules of prune_dm_jax that a file imports, anywhere in it."""
  found = []
  for node in ast.walk(ast.parse(file.read_text())):
    if isinstance(node, ast.Import):
      found += [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
      assert node.level == 0, f'{file}: a relative import'
      found += [f'{node.module}.{alias.name}' for alias in node.names]
  return [name for name in found if name.split('.')[0] == 'prune_dm_jax']


def test_the_rooms_are_found():
  assert {'data', 'flow', 'models', 'pruning', 'training'} <= set(ROOMS)


@pytest.mark.parametrize('room', ROOMS)
def test_a_room_imports_nothing_of_ours_outside_its_folder(room):
  for file in (PACKAGE / room).rglob('*.py'):
    outside = [m for m in ours(file) if m.split('.')[1] != room]
    assert not outside, f'{file.relative_to(PACKAGE)} imports {outside}'


def test_main_knows_the_command_line_and_the_stages():
  assert ours(PACKAGE / 'main.py') == [
    'prune_dm_jax.stages',
    'prune_dm_jax.run.command_line',
    'prune_dm_jax.stages.dry_run',
  ]


@pytest.mark.parametrize('file', FILES, ids=lambda f: str(f.name))
def test_a_file_is_one_idea_of_at_most_250_lines(file):
  assert len(file.read_text().splitlines()) <= 250
