"""No file that is read is a program: the code asks for nothing that would run it.

Reads all of the package, of configs and of launch; a call that may run what it is
given is allowed where it is named here, with why.
"""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[1]

RUNS = {
  'eval', 'exec', 'compile', '__import__', 'os.system', 'os.popen',
  'os.startfile', 'runpy.run_path', 'runpy.run_module', 'code.interact',
  'importlib.import_module', 'pickle.load', 'pickle.loads', 'pickle.Unpickler',
  'dill.load', 'dill.loads', 'cloudpickle.load', 'cloudpickle.loads',
  'joblib.load', 'marshal.load', 'marshal.loads', 'shelve.open',
  'pandas.read_pickle', 'yaml.load', 'yaml.unsafe_load', 'yaml.full_load',
  'torch.load', 'torch.jit.load', 'torch.hub.load', 'tempfile.mktemp',
  'subprocess.getoutput', 'subprocess.getstatusoutput', 'pty.spawn',
  'ctypes.CDLL', 'numpy.fromfile', 'numpy.loads', 'asyncio.create_subprocess_shell',
}  # fmt: skip
PROCESSES = ('os.exec', 'os.spawn', 'os.posix_spawn')
"""Where names of functions begin that run a program."""

UNPACKS = ('extractall', 'extract', 'unpack_archive')

ALLOWED = {
  ('launch/cells.py', 'runpy.run_path'): (
    'the configuration that the user names, which is a program, as for --config'
  ),
  ('launch/signals.py', 'ctypes.CDLL'): 'the C library of the process itself',
  ('prune_dm_jax/run/native.py', 'ctypes.CDLL'): (
    'the C library of the process itself'
  ),
  ('prune_dm_jax/data/decode/newer.py', 'importlib.import_module'): (
    'three plugins of Pillow, by names that are in the code'
  ),
  ('prune_dm_jax/benchmarks/gpu/runner.py', 'importlib.import_module'): (
    'one of its own parts, by names that are in the code'
  ),
  ('prune_dm_jax/data/unreadable.py', 'pickle.load'): (
    'what its parent process wrote to a temporary file that no other may write'
  ),
  ('prune_dm_jax/features/pickles.py', 'pickle.Unpickler'): (
    'the base of the reader that finds no class but those it lists'
  ),
  ('prune_dm_jax/commands/convert.py', 'torch.load'): (
    "PyTorch's own restricted reader, by weights_only=True"
  ),
  ('prune_dm_jax/commands/convert.py', 'torch.jit.load'): (
    "a compiled network, as CLIP is published: TorchScript's code is not called"
  ),
}
"""(file, name) -> why it runs nothing that is read."""


def files():
  """path -> text of all the code that is run."""
  folders = ('prune_dm_jax', 'configs', 'launch')
  found = [p for folder in folders for p in (ROOT / folder).rglob('*.py')]
  return {str(p.relative_to(ROOT)): p.read_text('utf-8') for p in found}


def names(tree):
  """Alias -> what it stands for, of all that a file imports."""
  found = {}
  for node in ast.walk(tree):
    if isinstance(node, ast.Import):
      for alias in node.names:
        first = alias.name if alias.asname else alias.name.split('.')[0]
        found[alias.asname or first] = first
    elif isinstance(node, ast.ImportFrom):
      for alias in node.names:
        found[alias.asname or alias.name] = f'{node.module}.{alias.name}'
  return found


def called(node, known):
  """The full name of an expression as numpy.load; '' of what has none."""
  if isinstance(node, ast.Name):
    return known.get(node.id, node.id)
  if isinstance(node, ast.Attribute):
    of = called(node.value, known)
    return f'{of}.{node.attr}' if of else ''
  return ''


def keyword(call, name):
  """The expression of a keyword of a call; None, where it is not given."""
  return next((k.value for k in call.keywords if k.arg == name), None)


def is_constant(node, value):
  return isinstance(node, ast.Constant) and node.value is value


def wrong(call, known):
  """What is wrong with a call, whatever its name."""
  name = called(call.func, known)
  if any(k.arg is None for k in call.keywords) and name.endswith('.load'):
    yield f'{name}, with keywords that are not seen'
  for option, safe in (('allow_pickle', False), ('shell', False)):
    given = keyword(call, option)
    if given is not None and not is_constant(given, safe):
      yield f'{name}, {option}'
  if name == 'numpy.load' and len(call.args) > 2:
    yield f'{name}, allow_pickle'
  if name == 'torch.load' and not is_constant(
    keyword(call, 'weights_only'), True
  ):
    yield f'{name}, without weights_only=True'
  unpacks = isinstance(call.func, ast.Attribute) and call.func.attr in UNPACKS
  if unpacks and not name.startswith('prune_dm_jax.'):
    yield f'{name or call.func.attr}, which writes by names of an archive'


def found_in(path, text):
  """(path, what) of all that may run what is read."""
  tree = ast.parse(text)
  known = names(tree)
  for node in ast.walk(tree):
    if isinstance(node, ast.Name | ast.Attribute):
      name = called(node, known)
      if name in RUNS or name.startswith(PROCESSES):
        yield path, name
    if isinstance(node, ast.Call):
      for what in wrong(node, known):
        yield path, what


def test_the_code_runs_nothing_that_it_reads():
  found = {
    one for path, text in files().items() for one in found_in(path, text)
  }
  assert found - set(ALLOWED) == set()
  assert set(ALLOWED) - found == set(), 'a reason that nothing needs any more'


@pytest.mark.parametrize(
  ('text', 'what'),
  [
    ('import pickle\npickle.loads(x)', 'pickle.loads'),
    ('from pickle import loads as f\nf(x)', 'pickle.loads'),
    ('import pickle as p\nlist(map(p.load, x))', 'pickle.load'),
    ('import numpy as np\nnp.load(x, allow_pickle=True)',
     'numpy.load, allow_pickle'),
    ('import numpy as np\nnp.load(x, allow_pickle=y)',
     'numpy.load, allow_pickle'),
    ('import numpy as np\nnp.load(x, None, True)', 'numpy.load, allow_pickle'),
    ('import numpy as np\nnp.load(x, **y)',
     'numpy.load, with keywords that are not seen'),
    ('eval(x)', 'eval'),
    ('import os\nos.execv(x, y)', 'os.execv'),
    ('import subprocess\nsubprocess.run(x, shell=True)', 'subprocess.run, shell'),
    ('import torch\ntorch.load(x)', 'torch.load'),
    ('archive.extractall(x)',
     'archive.extractall, which writes by names of an archive'),
    ('open(x).extract()', 'extract, which writes by names of an archive'),
    ('from os import system\nsystem(x)', 'os.system'),
  ],
)  # fmt: skip
def test_what_would_run_what_it_reads_is_seen(text, what):
  assert ('a.py', what) in set(found_in('a.py', text))


def test_what_runs_nothing_is_not():
  text = (
    'import re\nimport subprocess\nimport numpy as np\nre.compile(x)\n'
    'np.load(x, allow_pickle=False)\nsubprocess.run([x])\nself.exec_(x)'
  )
  assert not list(found_in('a.py', text))
