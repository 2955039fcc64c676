"""The architecture: five floors, of which each knows what is below it."""

import ast
import pathlib

import pytest

from prune_dm_jax import stages

ROOT = pathlib.Path(__file__).parents[1]
FOLDERS = ('prune_dm_jax', 'configs', 'launch', 'tests')

FLOORS = (
  ('__init__',),
  (
    'data', 'features', 'pruning', 'models', 'flow', 'training', 'metrics',
  ),
  ('report',),
  ('run', 'benchmarks'),
  ('stages',),
  ('main', 'commands'),
  ('__main__',),
)  # fmt: skip
"""All there is in the package. A file imports what is on floors below its own
and, on its own floor, of its own folder alone: so rooms, on the first, are a
star.
"""

FLOOR = {name: number for number, row in enumerate(FLOORS) for name in row}

NOUNS = {'pruning', 'training', 'opening', 'fitting', 'spoiling', 'herding'}
"""Two rooms, what opens a run, what all training shares, a command, a method."""


def sources(root):
  """path -> text of every Python file of ours under a folder."""
  return {
    file.relative_to(root).as_posix(): file.read_text()
    for folder in FOLDERS
    for file in sorted((root / folder).rglob('*.py'))
  }


def name_in_floors(path):
  """prune_dm_jax/data/loader.py -> data, prune_dm_jax/main.py -> main."""
  return path.split('/')[1].removesuffix('.py')


def imported(tree):
  """Names that a file imports, anywhere in it."""
  for node in ast.walk(tree):
    if isinstance(node, ast.Import):
      yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
      module = '.' * node.level + (node.module or '')
      yield from (f'{module}.{alias.name}' for alias in node.names)


def too_long(path, text, tree):
  lines = len(text.splitlines())
  if lines > 250:
    yield f'{path} has {lines} lines'
  for node in ast.walk(tree):
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
      lines = node.end_lineno - node.lineno + 1
      if lines > 50:
        yield f'{path}: {node.name} has {lines} lines'


def out_of_place(path, tree):
  """What a file of the package may not be named, or may not import."""
  for name in path.removesuffix('.py').split('/'):
    if name.endswith('ing') and name not in NOUNS:
      yield f'{path}: {name} is a participle'
  own = name_in_floors(path)
  if own not in FLOOR:
    yield f'{path} is on no floor'
    return
  for name in imported(tree):
    first, *rest = name.split('.')
    if first == '':
      yield f'{path} imports {name}, with a dot before'
    elif first in FOLDERS:
      other = rest[0] if rest and first == 'prune_dm_jax' else first
      if other != own and FLOOR.get(other, len(FLOORS)) >= FLOOR[own]:
        yield f'{path} imports {name}'


def violations(sources, stages):
  """A sentence for all that is not as it should be.

  Args:
    sources: path -> text, as `sources` finds them.
    stages: Names of stages, of which each has its file.
  """
  found = [
    f'the stage {name} has no file'
    for name in stages
    if f'prune_dm_jax/stages/{name}.py' not in sources
  ]
  for path, text in sources.items():
    tree = ast.parse(text)
    found += too_long(path, text, tree)
    if path.startswith('prune_dm_jax/'):
      found += out_of_place(path, tree)
  return found


def test_everything_is_on_its_floor_and_short_and_a_noun():
  assert violations(sources(ROOT), stages.STAGES) == []


def test_every_name_of_the_table_is_there():
  there = {name_in_floors(p) for p in sources(ROOT) if p.startswith('prune')}
  assert there == set(FLOOR)


@pytest.mark.parametrize('name', stages.STAGES)
def test_a_stage_is_built_by_the_file_of_its_name(name):
  assert stages.STAGES[name].__module__ == f'prune_dm_jax.stages.{name}'


def test_main_introduces_a_run_to_the_stages_and_knows_no_room():
  tree = ast.parse((ROOT / 'prune_dm_jax' / 'main.py').read_text())
  ours = [n.split('.') for n in imported(tree) if n.startswith('prune_dm_jax')]
  assert {parts[1] for parts in ours} == {'run', 'stages'}


GOOD = {
  '__init__': '',
  '__main__': 'def run():\n  from prune_dm_jax import main\n'
  '  from prune_dm_jax.commands import fetch',
  'main': 'import sys\nfrom prune_dm_jax import stages',
  'commands/fetch': 'from prune_dm_jax.commands import evaluate\n'
  'import prune_dm_jax.benchmarks.kmeans',
  'stages/data': 'from prune_dm_jax.run import opening',
  'run/opening': 'from prune_dm_jax import data, metrics',
  'report/curves': 'from prune_dm_jax.pruning import METHODS',
  'data/loader': 'from prune_dm_jax.data import images\n' + 'x = 1\n' * 249,
  'training/step': 'def f():\n' + '  pass\n' * 49,
}

BAD = {
  'a room knows another': (
    'data/a', 'from prune_dm_jax.flow import path',
    'data/a.py imports prune_dm_jax.flow.path',
  ),
  'a room knows what is above': (
    'data/a', 'def f():\n  import prune_dm_jax.run.paths',
    'data/a.py imports prune_dm_jax.run.paths',
  ),
  'a room knows the report': (
    'data/a', 'from prune_dm_jax.report import page',
    'data/a.py imports prune_dm_jax.report.page',
  ),
  'the report knows a run': (
    'report/a', 'from prune_dm_jax.run import paths',
    'report/a.py imports prune_dm_jax.run.paths',
  ),
  'a run knows speeds': (
    'run/a', 'from prune_dm_jax import benchmarks',
    'run/a.py imports prune_dm_jax.benchmarks',
  ),
  'a stage knows a command': (
    'stages/a', 'from prune_dm_jax.commands import fetch as b',
    'stages/a.py imports prune_dm_jax.commands.fetch',
  ),
  'main knows a command': (
    'main', 'from prune_dm_jax.commands import fetch',
    'main.py imports prune_dm_jax.commands.fetch',
  ),
  'a command knows main': (
    'commands/a', 'from prune_dm_jax import main',
    'commands/a.py imports prune_dm_jax.main',
  ),
  'the package knows a room': (
    '__init__', 'from prune_dm_jax import data',
    '__init__.py imports prune_dm_jax.data',
  ),
  'the package as a whole': (
    'stages/a', 'import prune_dm_jax', 'stages/a.py imports prune_dm_jax',
  ),
  'what is beside the package': (
    'stages/a', 'from configs import digits',
    'stages/a.py imports configs.digits',
  ),
  'a dot': (
    'data/a', 'from .. import run',
    'data/a.py imports ...run, with a dot before',
  ),
  'a flat file': ('places', '', 'places.py is on no floor'),
  'a folder of its own': ('utils/a', '', 'utils/a.py is on no floor'),
  'a participle': (
    'stages/judging', '', 'stages/judging.py: judging is a participle',
  ),
  'a long file': ('data/a', 'x = 1\n' * 251, 'data/a.py has 251 lines'),
  'a long function': (
    'data/a', 'class A:\n  async def f():\n' + '    pass\n' * 50,
    'data/a.py: f has 51 lines',
  ),
}  # fmt: skip


def fake(folder, files):
  """The sources of a package whose files are those, written to a folder."""
  for name, text in files.items():
    path = folder / 'prune_dm_jax' / f'{name}.py'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
  return sources(folder)


def test_nothing_is_found_where_everything_is_in_place(tmp_path):
  assert violations(fake(tmp_path, GOOD), ['data']) == []


@pytest.mark.parametrize('kind', BAD)
def test_what_is_out_of_place_is_found_and_nothing_else(kind, tmp_path):
  name, text, sentence = BAD[kind]
  found = violations(fake(tmp_path, GOOD | {name: text}), ['data'])
  assert found == [f'prune_dm_jax/{sentence}']


def test_a_stage_without_a_file_is_found(tmp_path):
  found = violations(fake(tmp_path, GOOD), ['data', 'train'])
  assert found == ['the stage train has no file']


@pytest.mark.parametrize('folder', FOLDERS)
def test_what_is_too_long_is_found_in_every_folder(folder, tmp_path):
  path = tmp_path / folder / 'data' / 'a.py'
  path.parent.mkdir(parents=True)
  path.write_text('def f():\n' + '  pass\n' * 250)
  name = path.relative_to(tmp_path)
  found = violations(sources(tmp_path), [])
  assert found == [f'{name} has 251 lines', f'{name}: f has 251 lines']
