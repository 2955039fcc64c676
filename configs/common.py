"""Variants: the paper's names, a literal row each; and what all sets share.

`configs/<data set>.py:<variant>` picks a row, `:<variant>,small` its preset for
a small folder of the same layout, where there is one. Every value can be
overridden on the command line, as --config.train.steps=2000.
"""

from typing import NamedTuple

import ml_collections

FOLLOWS = -1.0
"""The prune_ratio of rows whose ratio follows from the smallest cluster."""

RANDOM = dict(method='random', backbone='pixels')
MONOTONICITY = dict(method='monotonicity', backbone='pixels')
GRAND = dict(method='grand', backbone='pixels')
EL2N = dict(method='el2n', backbone='pixels')
MOSO = dict(method='moso', backbone='pixels')
PIXELS = dict(method='cluster', backbone='pixels')
CLASSIFIER = dict(method='cluster', backbone='classifier')
CLIP = dict(method='cluster', backbone='clip')
DINO = dict(method='cluster', backbone='dino')
LITE0 = dict(method='cluster', backbone='lite0')

VARIANTS = {
  'unpruned': dict(score=RANDOM, keep='high', ratio=0.0),
  'random': dict(score=RANDOM, keep='high', ratio=0.5),
  'vae_unpruned': dict(score=RANDOM, keep='high', ratio=0.0, model='vae'),
  'vae_random': dict(score=RANDOM, keep='high', ratio=0.5, model='vae'),
  'gan_unpruned': dict(score=RANDOM, keep='high', ratio=0.0, model='gan'),
  'gan_random': dict(score=RANDOM, keep='high', ratio=0.5, model='gan'),
  'monotonicity': dict(score=MONOTONICITY, keep='high', ratio=0.5),
  'monotonicity_inv': dict(score=MONOTONICITY, keep='low', ratio=0.5),
  'monotonicity_mid': dict(score=MONOTONICITY, keep='middle', ratio=0.5),
  'grand': dict(score=GRAND, keep='high', ratio=0.5),
  'grand_inv': dict(score=GRAND, keep='low', ratio=0.5),
  'grand_mid': dict(score=GRAND, keep='middle', ratio=0.5),
  'el2n': dict(score=EL2N, keep='high', ratio=0.5),
  'el2n_inv': dict(score=EL2N, keep='low', ratio=0.5),
  'el2n_mid': dict(score=EL2N, keep='middle', ratio=0.5),
  'moso': dict(score=MOSO, keep='high', ratio=0.5),
  'moso_inv': dict(score=MOSO, keep='low', ratio=0.5),
  'moso_mid': dict(score=MOSO, keep='middle', ratio=0.5),
  'cluster_pixels': dict(score=PIXELS, keep='low', ratio=0.5),
  'cluster_pixels_inv': dict(score=PIXELS, keep='high', ratio=0.5),
  'cluster_pixels_mid': dict(score=PIXELS, keep='middle', ratio=0.5),
  'cluster_pixels_balanced': dict(
    score=PIXELS, keep='low', ratio=FOLLOWS, allocation='balanced'
  ),
  'cluster_pixels_proportional': dict(score=PIXELS, keep='low', ratio=FOLLOWS),
  'cluster_classifier': dict(score=CLASSIFIER, keep='low', ratio=0.5),
  'cluster_classifier_inv': dict(score=CLASSIFIER, keep='high', ratio=0.5),
  'cluster_classifier_mid': dict(score=CLASSIFIER, keep='middle', ratio=0.5),
  'cluster_classifier_balanced': dict(
    score=CLASSIFIER, keep='low', ratio=FOLLOWS, allocation='balanced'
  ),
  'cluster_classifier_proportional': dict(
    score=CLASSIFIER, keep='low', ratio=FOLLOWS
  ),
  'cluster_clip': dict(score=CLIP, keep='low', ratio=0.5),
  'cluster_clip_inv': dict(score=CLIP, keep='high', ratio=0.5),
  'cluster_clip_mid': dict(score=CLIP, keep='middle', ratio=0.5),
  'cluster_clip_balanced': dict(
    score=CLIP, keep='low', ratio=FOLLOWS, allocation='balanced'
  ),
  'cluster_clip_proportional': dict(score=CLIP, keep='low', ratio=FOLLOWS),
  'cluster_dino': dict(score=DINO, keep='low', ratio=0.5),
  'cluster_dino_inv': dict(score=DINO, keep='high', ratio=0.5),
  'cluster_dino_mid': dict(score=DINO, keep='middle', ratio=0.5),
  'cluster_dino_balanced': dict(
    score=DINO, keep='low', ratio=FOLLOWS, allocation='balanced'
  ),
  'cluster_dino_proportional': dict(score=DINO, keep='low', ratio=FOLLOWS),
  'cluster_lite0': dict(score=LITE0, keep='low', ratio=0.5),
  'cluster_lite0_inv': dict(score=LITE0, keep='high', ratio=0.5),
  'cluster_lite0_mid': dict(score=LITE0, keep='middle', ratio=0.5),
  'cluster_lite0_balanced': dict(
    score=LITE0, keep='low', ratio=FOLLOWS, allocation='balanced'
  ),
  'cluster_lite0_proportional': dict(score=LITE0, keep='low', ratio=FOLLOWS),
}


PAPER = tuple(
  name
  for name, row in VARIANTS.items()
  if name.startswith('cluster') or not name.endswith('_mid')
  if 'model' not in row
)
"""What the paper's figures compare: the middle is of its clusters alone."""

MODELS = (
  'unpruned', 'random', 'vae_unpruned', 'vae_random', 'gan_unpruned',
  'gan_random',
)  # fmt: skip
"""The paper's comparison of the diffusion model with a VAE and a GAN."""

SETS = {'all': tuple(VARIANTS), 'paper': PAPER, 'models': MODELS}

HERE = ('pixels', 'classifier')
"""Backbones that need no weights of others; of those a set has the clusters."""


class Cell(NamedTuple):
  variant: str
  prune_ratio: float | None
  """None: the variant's own."""
  seed: int


def sweep(variants, prune_ratios, seeds, backbones=HERE):
  """The cells of every combination; the names of SETS stand for many variants,
  those whose clusters are of the given backbones.

  A variant whose ratio is not to be chosen is there once for each seed.
  """

  def there(name):
    score = VARIANTS[name]['score']
    return score['method'] != 'cluster' or score['backbone'] in backbones

  sets = {name: filter(there, SETS[name]) for name in SETS}
  named = [sets.get(name, (name,)) for name in variants]
  names = list(dict.fromkeys(name for names in named for name in names))
  unknown = [name for name in names if name not in VARIANTS]
  if unknown:
    raise ValueError(
      f'{unknown[0]!r} is not a variant; choose from '
      f'{", ".join([*SETS, *VARIANTS])}'
    )
  own = lambda name: VARIANTS[name]['ratio'] in (FOLLOWS, 0.0)
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


def get_config(variant):
  """What every data set shares; a data set's file sets the rest."""
  if variant not in VARIANTS:
    raise ValueError(
      f'{variant!r} is not a variant; choose from {", ".join(VARIANTS)}'
    )
  row = VARIANTS[variant]
  config = ml_collections.ConfigDict()
  config.variant = variant
  config.model = row.get('model', 'dit')  # dit | vae | gan
  config.prune_ratio = row['ratio']  # the fraction removed
  config.seed = 0  # of the cell: random pruning and the DiT
  config.shared_seed = 0  # of the split, autoencoder, classifier and k-means
  config.weights = 'weights'  # folder of published networks
  config.update(pruning(row))
  config.update(generation())
  config.update(
    runtime=dict(  # changes no result
      log_every=50,
      checkpoint_every=200,
      workers=0,
      batch_size=256,
      score_batch_size=64,
      part_size=4096,
    )
  )
  return config


def pruning(row):
  """The data, how they are scored, and which are kept."""
  return dict(
    data=dict(
      name='',
      path='',
      image_size=0,
      held_out=0.2,  # unless the set itself names those to hold out
      imbalance=1.0,
      max_bad=0.01,  # the share of pictures that may be unusable
      crop='center',  # letterbox: all of it, on white; resize: all, distorted
    ),
    score=dict(
      num_clusters=20,
      restarts=10,
      normalize=False,
      gradient='fast',  # vmap: for networks that fast does not cover
      kmeans='scikit-learn',  # jax: any size, all devices
      inertia_ks=(2, 4, 8, 12, 16, 20, 24, 32, 48, 64),  # of --until=inertia
      **row['score'],
    ),
    # The times and noises of scores; t = 1 is data.
    bank=dict(num_draws=8, t_min=0.05, t_max=0.95, seed=0),
    select=dict(
      keep=row['keep'],  # high | middle | low
      allocation=row.get('allocation', 'proportional'),
      ratio_from='smallest_cluster' if row['ratio'] == FOLLOWS else 'config',
      file='',  # train on this list instead: txt, npz, csv ..., see docs
      only_training=False,  # cut that list to the training split
    ),
  )


def generation():
  """How noise becomes a picture."""
  return dict(
    flow=dict(path='linear', time='uniform'),  # linear | gvp | vp; logit_normal
    sample=dict(
      num=1000,
      step='heun',  # euler | heun
      num_steps=15,
      guidance='all_channels',  # first_three_channels: as DiT and SiT do
      guidance_weight=1.0,
      seed=0,  # the same labels and noise in every cell
    ),
  )
