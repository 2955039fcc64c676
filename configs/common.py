"""What configurations share: sets of variants, sweeps, and what is after a colon.

`configs/<data set>.py:<variant>` picks a row of VARIANTS, `:<variant>,small` its
preset for a small folder of the same layout, where there is one.
"""

from typing import NamedTuple

from prune_dm_jax.features import BACKBONES
from prune_dm_jax.pruning import METHODS
from prune_dm_jax.run import variants as rows

VARIANTS = rows.VARIANTS


def row_of(variant):
  return METHODS[VARIANTS[variant]['score']['method']]


OF_PAPER, LATER = (
  tuple(name for name in VARIANTS if row_of(name).paper == wanted)
  for wanted in (True, False)
)
"""Those of the methods that the paper compares, and of those that came after."""

PAPER = tuple(
  name
  for name in OF_PAPER
  if row_of(name).of_features or not name.endswith('_mid')
  if 'model' not in VARIANTS[name]
)
"""What the paper's figures compare: the middle is of its clusters alone."""

MODELS = (
  'unpruned', 'random', 'vae_unpruned', 'vae_random', 'gan_unpruned',
  'gan_random',
)  # fmt: skip
"""The paper's comparison of the diffusion model with a VAE and a GAN."""

SETS = {'all': OF_PAPER, 'paper': PAPER, 'models': MODELS, 'later': LATER}

HERE = tuple(n for n, row in BACKBONES.items() if row.selects and not row.file)
"""Backbones that need no weights of others; of those a set has the clusters."""


class Cell(NamedTuple):
  variant: str
  prune_ratio: float | None
  """None: the variant's own."""
  seed: int


def sweep(variants, prune_ratios, seeds, backbones=HERE):
  """The cells of every combination; the names of SETS stand for many variants,
  those that look at features of the given backbones alone, and none of scores of
  one's own.

  A variant whose ratio is not to be chosen is there once for each seed.
  """

  def there(name):
    score = VARIANTS[name]['score']
    own = score['method'] == 'given'
    of_features = METHODS[score['method']].of_features
    return not own and (not of_features or score['backbone'] in backbones)

  sets = {name: filter(there, SETS[name]) for name in SETS}
  named = [sets.get(name, (name,)) for name in variants]
  names = list(dict.fromkeys(name for names in named for name in names))
  unknown = [name for name in names if name not in VARIANTS]
  if unknown:
    raise ValueError(rows.unknown(unknown[0], SETS))
  own = lambda name: VARIANTS[name]['ratio'] in (rows.FOLLOWS, 0.0)
  return [
    Cell(name, ratio, seed)
    for name in names
    for ratio in ([None] if own(name) else prune_ratios)
    for seed in seeds
  ]


def parts(argument):
  """<variant> or <variant>,small -> the variant, and whether it is small."""
  variant, comma, preset = argument.partition(',')
  if comma and preset != 'small':
    raise ValueError(
      f'{preset!r} is not a preset; write {variant},small or {variant} alone'
    )
  return variant, bool(comma)
