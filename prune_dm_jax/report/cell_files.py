"""The files of a cell that a report reads: as a run writes them, or refused.

They may be anyone's: a folder of results is small enough to be handed on.
"""

import json
import re

from prune_dm_jax.pruning import select

METRIC = re.compile(r'\w[\w.]*')
"""Names of metrics and methods, which are in names of files."""

NUMBER = (int, float)

CONFIG = {
  'data.name': str, 'data.imbalance': NUMBER, 'dit.conditional': bool,
  'train.steps': int, 'train.batch_size': int, 'train.exposure': str,
  'score.method': str, 'score.backbone': str, 'seed': int, 'model': str,
  'sample.guidance_weight': NUMBER, 'sample.other_weights': list,
}  # fmt: skip
PARTS = ('select', 'twins', 'junk', 'sample', 'judge')
YOUNGER = ('data.imbalance', 'score.backbone', 'model', 'sample.guidance_weight',
           'sample.other_weights')  # fmt: skip
"""What older cells do not name."""

SELECT = {
  'only_training': False,
  'twins': 'keep',
  'at_least': 0,
  'begin_with': '',
  'beta': select.BETA,
  'within': 'clusters',
  'threshold': 0.0,
  'clusters': '',
  'pruned': 'drop',
  'noise_from': 0.5,
  'noise_to': 0.0,
  'balance': '',
}
"""Keys of config.select that older cells have not, at what was done without."""

OLDER = {
  'data': {'crop': 'center', 'leaks': 'keep'},
  'judge': {'precision': '', 'memorization': ''},
  'autoencoder': {'perceptual': 0.0, 'adversarial': 0.0, 'adversarial_from': 0.25},
  'train': {
    'warmup': 0, 'reduce_dtype': 'float32',
    'dynamic': '', 'dynamic_share': 0.5, 'dynamic_until': 0.875,
  },
  'dit': {'init': '', 'attention': 'xla'},
  'vae': {'temperature': 1.0},
  'gan': {'temperature': 1.0},
  'moso': {'subsets_seed': -1},
  'sample': {'guidance_weight': 1.0, 'diffusion': 'sigma', 'last_step': 0.04, 'rtol': 1e-3, 'atol': 1e-6},
}  # fmt: skip
"""How cells were trained and sampled that are older than these keys."""

ALONE = 'vae', 'gan'
"""Sections of a configuration that only cells of this model read."""

WHERE = ('data.path', 'weights', 'store', 'score.scores', 'score.embeddings')
"""Keys of what is known by what it holds, not by where it is."""

FREE = ('data.max_bad', 'score.inertia_ks', 'select.only_training')
"""Keys beside them that change nothing in a cell."""

ABSENT = object()

SELECTION = {'fingerprint': str, 'kept': int}
ROW = {'metric': str, 'of': str, 'value': NUMBER, 'low': NUMBER, 'high': NUMBER}
RESTORE = 'restore it, or move its folder away'
COSTS = dict.fromkeys(('scoring', 'training', 'sampling'), NUMBER)
TIME = {'seconds': NUMBER, 'resumed': bool}
MISSING = ('value', 'low', 'high', *COSTS)
"""Numbers that may be null: what is not finite, or not known."""


def load(path, kind=dict):
  """What a JSON file says, which is a dict or a list."""
  try:
    found = json.loads(path.read_text('utf-8'))
  except (ValueError, RecursionError):
    found = None
  if not isinstance(found, kind):
    raise ValueError(f'{path}: not what a run writes there; {RESTORE}')
  return found


def check(path, found, wanted):
  """Raises ValueError at the first key that is not of its type."""
  for name, kind in wanted.items():
    value = found
    for part in name.split('.'):
      value = value.get(part, ABSENT) if isinstance(value, dict) else ABSENT
    if not (
      fits(value, kind)
      or (value is None and name in MISSING)
      or (value is ABSENT and name in YOUNGER)
    ):
      said = 'not there' if value is ABSENT else f'{value!r:.60}'
      raise ValueError(f'{path}: its {name} is {said}; {RESTORE}')


def fits(value, kind):
  """Whether a value is of a type, and a number that float64 holds."""
  if isinstance(value, int) and abs(value) >= 2**63:
    return False
  return isinstance(value, kind) and isinstance(value, bool) == (kind is bool)


def selection(path):
  """selection.json, with `inputs`: key -> how the sha256 of its file begins."""
  found = load(path)
  check(path, found, SELECTION)
  noted = path.with_name('inputs.json')
  if noted.exists():
    found['inputs'] = inputs(noted)
  there = {'inputs': dict, 'prune_ratio': NUMBER}
  check(path, found, {key: kind for key, kind in there.items() if key in found})
  return found


def inputs(path):
  found = load(path)
  for one in found.values():
    check(path, one, {'sha256': str})
  return {key: one['sha256'][:12] for key, one in found.items()}


def costs(path):
  """Seconds by what they were spent on; None, where it is not known."""
  found = load(path)
  check(path, found, COSTS)
  return found


def seconds(path):
  """Of a time.json; None, where it is not there, resumed or damaged."""
  try:
    found = load(path)
    check(path, found, TIME)
  except (FileNotFoundError, ValueError):
    return None
  return None if found['resumed'] else found['seconds']


def config(path):
  found = load(path)
  check(path, found, CONFIG)
  check(path, found, {part: dict for part in PARTS if part in found})
  for weight in found.get('sample', {}).get('other_weights', ()):
    one = {'sample': {'other_weights': weight}}
    check(path, one, {'sample.other_weights': NUMBER})
  for name in filter(None, map(found['score'].get, ('method', 'backbone'))):
    if not METRIC.fullmatch(name):
      raise ValueError(f'{path}: {name!r} scores nothing; {RESTORE}')
  return found


def metrics(path):
  """The rows, each of which has a metric, `of` what it is, and numbers."""
  rows = load(path, list)
  for row in rows:
    check(path, row, ROW)
    if not METRIC.fullmatch(row['metric']):
      raise ValueError(
        f'{path}: {row["metric"]!r} is no name of a metric; {RESTORE}'
      )
  return rows
