"""What is known of a method, backbone, metric or data set stands in its own row.

Reads all of the package, of configs and of launch for their names; one is allowed
in its own file and in its room's table, and elsewhere where it is named here, with
why. So what is to be said of a new one is said in its row.
"""

import ast
import re

import pytest
from test_code import files

from prune_dm_jax.data import ROWS
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.metrics import METRICS
from prune_dm_jax.pruning import OURS

WORDS = {
  'random': 'what all others are compared with',
  'given': "one's own scores and features, by any name",
  'cluster': 'a group, in tables and columns',
  'pixels': 'what pictures are made of',
  'classifier': 'a stage that trains it, and its settings',
  'judge': 'a stage that trains it, and its settings',
  'memorization': 'a setting, whose features judge it',
  'moso': 'its settings, of which its surrogates are trained',
  'digits': 'what anyone has, to try things on',
  'd2': 'a distance',
  'same_noise': 'pictures of another model, of the same noise',
}
"""Names that are words of the code beside, so that they tell nothing."""


BY_PAPER = 'the figures and tables of the paper, which name what is in them'
OF_FID = (
  'FID is of Inception by its definition, as are its ways to show pictures'
)
OF_NEED = 'its file says what the arrays that it alone needs are of'
OF_PACKAGE = 'the one network that comes in a package, and how it is had'
PRESETS = "the paper's presets: what its two sets are selected and judged by"
FOLDERS = 'whatever folder or archive is not known as a set is one'

ALLOWED = {
  **dict.fromkeys(
    (
      ('prune_dm_jax/report/answer.py', 'frechet_distance'),
      ('prune_dm_jax/report/outcome.py', 'frechet_distance'),
      ('prune_dm_jax/report/tables.py', 'frechet_distance'),
      ('prune_dm_jax/report/paper.py', 'frechet_distance'),
      ('prune_dm_jax/report/paper.py', 'inception_score'),
      ('prune_dm_jax/report/paper.py', 'vendi'),
    ),
    BY_PAPER,
  ),
  **dict.fromkeys(
    (
      ('prune_dm_jax/metrics/rows.py', 'inception'),
      ('prune_dm_jax/metrics/rows.py', 'frechet_distance'),
      ('prune_dm_jax/commands/evaluate.py', 'inception'),
      ('prune_dm_jax/stages/evaluate.py', 'inception'),
      ('prune_dm_jax/stages/judge.py', 'inception'),
      ('prune_dm_jax/stages/sets.py', 'inception'),
    ),
    OF_FID,
  ),
  **dict.fromkeys(
    (
      ('prune_dm_jax/commands/convert.py', 'lite0'),
      ('prune_dm_jax/commands/prune.py', 'lite0'),
      ('prune_dm_jax/features/at_hand.py', 'lite0'),
      ('prune_dm_jax/features/packages.py', 'lite0'),
      ('configs/emoji.py', 'lite0'),
    ),
    OF_PACKAGE,
  ),
  **dict.fromkeys(
    (
      ('prune_dm_jax/run/bounds.py', 'cld'),
      ('prune_dm_jax/run/opening.py', 'diffusion_classifier'),
      ('prune_dm_jax/stages/passes.py', 'diffusion_classifier'),
      ('prune_dm_jax/stages/influences.py', 'influence'),
    ),
    OF_NEED,
  ),
  **dict.fromkeys(
    (
      ('configs/celebahq.py', 'imagenet'),
      *((f'configs/{of}.py', name) for of in ('celebahq', 'imagenet')
        for name in ('clip', 'dino')),
      ('configs/imagenet.py', 'inception'),
      ('configs/imagenet.py', 'vgg16'),
    ),
    PRESETS,
  ),
  **dict.fromkeys(
    (
      ('prune_dm_jax/data/pictures.py', 'image_folder'),
      ('prune_dm_jax/data/synsets.py', 'image_folder'),
      ('prune_dm_jax/stages/truth.py', 'image_folder'),
    ),
    FOLDERS,
  ),
  ('configs/spoiled_digits.py', 'noisy_digits'): 'the first of several sets',
  ('prune_dm_jax/commands/convert.py', 'vgg16'): 'a file of LPIPS, by its name',
  ('prune_dm_jax/metrics/balance.py', 'frechet_distance'): 'it takes that, too',
  ('prune_dm_jax/report/style.py', 'clip'): 'a property of CSS',
  ('prune_dm_jax/stages/labels.py', 'asked_class'): 'what it leaves out',
  ('prune_dm_jax/stages/explained_sample.py', 'influence'): 'on a sample, too',
}  # fmt: skip
"""(file, name) -> why it stands there; speeds, of what they name, aside."""


def home(function):
  return f'{function.__module__.replace(".", "/")}.py'


def rows():
  """name -> the files that are its own."""
  found = {}
  for room, table, function in (
    ('pruning', OURS, 'scores'), ('features', BACKBONES, 'load'),
    ('metrics', METRICS, 'compute'), ('data', ROWS, 'open'),
  ):  # fmt: skip
    for name, row in table.items():
      own = f'prune_dm_jax/{room}/__init__.py', f'configs/{name}.py'
      found[name] = {*own, home(getattr(row, function))}
  return {name: own for name, own in found.items() if name not in WORDS}


def docstrings(tree):
  """Of whatever has one, and of values that have one below."""
  return {
    id(node.value)
    for node in ast.walk(tree)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
  }


def said(tree):
  """Every text of a file that is no docstring, and every key and name in it."""
  left_out = docstrings(tree)
  for node in ast.walk(tree):
    if isinstance(node, ast.Constant) and id(node) not in left_out:
      yield node.value if isinstance(node.value, str) else ''
    elif isinstance(node, ast.ImportFrom):
      yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.keyword):
      yield node.arg or ''


def named(path, text, own):
  """Names of rows that a file has that is not theirs; the longest where it is one."""
  every = '|'.join(sorted({*own, *WORDS}, key=len, reverse=True))
  whole = re.compile(rf'(?<![a-z0-9])({every})(?![a-z0-9])')
  found = {n for words in said(ast.parse(text)) for n in whole.findall(words)}
  return {name for name in found if path not in own.get(name, {path})}


def test_what_is_known_of_a_row_is_said_in_the_row():
  own = rows()
  found = {
    (path, name)
    for path, text in files().items()
    if not path.startswith('prune_dm_jax/benchmarks/')
    for name in named(path, text, own)
  }
  assert found - set(ALLOWED) == set(), 'say it in its row, or say why here'
  assert set(ALLOWED) - found == set(), 'a reason that nothing needs any more'


@pytest.mark.parametrize(
  ('text', 'names'),
  [
    ("COLOURS = {'grand': '#c4438f'}", {'grand'}),
    ("x = 'cluster_dino'", {'dino'}),
    ("x = f'scores_{y}_el2n'", {'el2n'}),
    ('from prune_dm_jax.pruning import herding', {'herding'}),
    ('x = dict(semdedup=1)', {'semdedup'}),
    ("x = 'grand_by_time'", {'grand_by_time'}),
    ("x = 'inception_score'", {'inception_score'}),
    ('"""Of grand and clip."""', set()),
    ("x = 'random', 'cluster', 'grander'", set()),
  ],
)
def test_a_name_is_found_wherever_it_stands_but_in_words(text, names):
  assert named('prune_dm_jax/report/a.py', text, rows()) == names


def test_its_own_file_and_row_may_name_it():
  own = rows()
  for path in (
    'prune_dm_jax/pruning/grand.py',
    'prune_dm_jax/pruning/__init__.py',
  ):
    assert named(path, "x = 'grand'", own) == set()
