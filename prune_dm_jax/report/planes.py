"""Features in a plane: the two principal axes of the original."""

import numpy as np

from prune_dm_jax.report import figures

NOTE = (
  "The two principal axes of the training pictures' features, the same in every "
  'panel; a colour is a cluster of the training pictures, and a sample has that '
  'of the nearest centre. Good is what lies as the training pictures do.'
)

MOST = 800
"""Points of a panel."""


def plane(features):
  """[N, D] -> a function [S, D] -> [S, 2]; signs are those of the largest."""
  middle = features.mean(axis=0)
  _, _, axes = np.linalg.svd(features - middle, full_matrices=False)
  axes = axes[:2]
  largest = np.abs(axes).argmax(axis=1)
  axes = axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]
  return lambda x: (x - middle) @ axes.T


def scatter(points, group):
  """Points [S, 2] coloured by group [S], as SVG."""
  from matplotlib import colormaps

  few = np.random.default_rng(0).permutation(len(points))[:MOST]
  colours = colormaps['tab20'](group[few] % 20)
  with figures.canvas() as (figure, axes):
    axes.scatter(*points[few].T, s=5, c=colours, linewidths=0)
    axes.set(xticks=[], yticks=[], aspect='equal')
    return figures.as_svg(figure)
