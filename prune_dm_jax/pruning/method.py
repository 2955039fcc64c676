"""What a row of METHODS says: all that anyone needs to know of a method.

needs    what it is given beside the index, and a counter that it may tell how far
         it is: a subset of
           features    [N, D] of the backbone
           losses      [R, E, N, draws] of R surrogates at E evaluations
           gradients   [R, N, draws] gradient norms at their end
           surrogates  what MoSo's surrogates of disjoint subsets say
           given       [N] scores that someone else has made
           labels      [N] int classes, -1: none
           looks       {name: [N]} how each looks: the columns of looks.parquet
           twins       [N] int, the same of twins; one's own number, if alone
           clusters    {'group': [N] int, 'distance': [N] to its centre} of k-means
                       of the backbone: one artifact, whoever needs it; -1 and NaN
                       of what is no candidate, if a surrogate is trained for it, too
           held_out_losses  of two surrogates, each trained on a half, at E
                       evaluations: of their own halves, and means of the others
           influences  of those two, at their end: slopes of the losses of their own
                       halves along the gradient of the others
           class_losses  [R, 1 + A, N, draws] at the end of R surrogates, told the
                       own class of each, then each of A labels
of_number  whether it is also given the `number` to keep, so that it has other
         scores at another ratio; else they are the same at every one
keep     the paper's direction: high | low
options  which keys of config.score its scores take
scores   (given, *, key, **options) -> score [N], error [N], group [N]
paper    whether the paper compares it
defaults name -> value of those options that config.score has not
colour   #rrggbb of its curves, with a contrast of 3 on dark and on light; '': one of
         its name, or of its backbone where the paper compares them
column   'distance', a column of the manifest, where its scores are that, too
of_cell  whether each cell draws its own, by config.seed: no two share scores
version  of the package that it is of; '': this one
flops    (N, D) -> what its scores of features [N, D] take, k-means aside; None:
         little beside what it needs
across   whether it makes or needs clusters, but ranks all of them together
"""

from collections.abc import Callable
from typing import NamedTuple

NEEDS = (
  'features', 'losses', 'gradients', 'surrogates', 'given', 'labels',
  'held_out_losses', 'class_losses', 'influences', 'looks', 'twins', 'clusters',
)  # fmt: skip

OF_PICTURES = {'features', 'given', 'labels', 'looks', 'twins', 'clusters'}
"""Those that are had without a surrogate."""

OF_HALVES = {'held_out_losses', 'influences'}
"""Those of two surrogates, each trained on a half."""


class Method(NamedTuple):
  needs: tuple
  keep: str
  options: tuple
  scores: Callable
  paper: bool = False
  defaults: dict = {}
  version: str = ''
  of_number: bool = False
  colour: str = ''
  column: str = ''
  of_cell: bool = False
  across: bool = False
  flops: Callable | None = None

  @property
  def of_features(self):
    """Whether it looks at features of a backbone, or at clusters of them."""
    return not {'features', 'clusters'}.isdisjoint(self.needs)

  @property
  def of_training(self):
    """Whether a surrogate is trained for it."""
    return not {*self.needs} <= OF_PICTURES

  @property
  def of_clusters(self):
    """Whether it makes k-means clusters of features, or needs them."""
    return 'num_clusters' in self.options or 'clusters' in self.needs

  @property
  def in_clusters(self):
    """Whether these are its groups."""
    return self.of_clusters and not self.across
