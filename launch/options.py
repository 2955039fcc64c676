"""The options that all launchers have, and what is wrong with them in a sentence."""

import argparse
import itertools
import pathlib
import sys

from configs import common
from prune_dm_jax.run import mistakes

SWEPT = {
  'seed': '--seeds', 'prune_ratio': '--prune_ratios', 'variant': '--variants',
}  # fmt: skip
"""Keys of the configuration that a sweep sets -> the option that says how."""

STAGES = (
  'data', 'autoencoder', 'latents', 'features', 'looks', 'twins', 'inertia', 'surrogate',
  'scores', 'select', 'gallery', 'train', 'sample', 'judge', 'evaluate',
  'report',
)  # fmt: skip
"""Those of main, which are named here as a launcher does without JAX."""

HELP = {
  'config': 'a file, without a variant; what else is --config.NAME=VALUE is of '
  'every cell',
  'variants': 'names between commas, or of sets: ' + ', '.join(common.SETS),
  'prune_ratios': 'shares removed, between commas; 0.5',
  'seeds': 'between commas; 0',
  'workdir': 'by default runs/<name of the config file>',
  'until': 'the last stage',
  'topology': 'devices of a cell, as h100:4: what it takes is said of these',
  'python': 'which runs the cells',
  'dry_run': 'print the commands and what they take, run none',
}


def listed(of, example=''):
  """Reads values between commas, as an option has them."""

  def read(text):
    try:
      return [of(part) for part in text.split(',')]
    except ValueError:
      raise argparse.ArgumentTypeError(
        f'{text!r} is no list of numbers, as {example}'
      ) from None

  return read


def parser(about):
  """The options that all launchers have; `about` is the help."""
  parser = argparse.ArgumentParser(
    description=about, allow_abbrev=False,
    formatter_class=argparse.RawDescriptionHelpFormatter,
  )  # fmt: skip
  parser.error = lambda message: refuse(mistakes.of_option(message))
  add = parser.add_argument
  add('--config', required=True, type=pathlib.Path, help=HELP['config'])
  add('--variants', default=['all'], type=listed(str), help=HELP['variants'])
  ratios, seeds = listed(float, '0.25,0.5'), listed(int, '0,1,2')
  add('--prune_ratios', default=[0.5], type=ratios, help=HELP['prune_ratios'])
  add('--seeds', default=[0], type=seeds, help=HELP['seeds'])
  add('--workdir', type=pathlib.Path, help=HELP['workdir'])
  add('--until', default='report', choices=STAGES, help=HELP['until'])
  add('--topology', default='', help=HELP['topology'])
  add('--python', default=sys.executable, help=HELP['python'])
  add('--dry_run', action='store_true', help=HELP['dry_run'])
  return parser


def check_words(settings):
  """Ends the program at a word that is no setting for every cell."""
  for before, word in itertools.pairwise(['', *settings]):
    of_one = before.startswith('-') and '=' not in before
    if not word.startswith('-') and not of_one:
      refuse(
        f'{word!r} is no option; a list has commas and no spaces, as '
        '--prune_ratios=0.25,0.5'
      )
    key = word.partition('=')[0].lstrip('-').removeprefix('config.')
    if key in SWEPT:
      refuse(f'{word} would be that of every cell; take {SWEPT[key]}')


def refuse(sentence):
  """Ends the program with one sentence and exit code 1."""
  sys.exit(f'prune_dm_jax: {sentence}')
