"""Variants: the paper's names, a literal row each."""

FOLLOWS = -1.0
"""The prune_ratio of rows whose ratio follows from something else."""

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
  'dedup': dict(
    score=RANDOM, keep='high', ratio=FOLLOWS, ratio_from='twins', twins='drop'
  ),
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
