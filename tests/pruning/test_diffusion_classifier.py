"""The diffusion classifier's surprise, beside the softmax written out."""

import types

import jax
import numpy as np
import pytest

from configs import digits
from prune_dm_jax.pruning import diffusion_classifier
from prune_dm_jax.run import opening

KEY = jax.random.key(0)
RNG = np.random.default_rng(0)
BY_CLASS = 4 + RNG.normal(size=(2, 5, 30, 3))
LABEL = RNG.integers(0, 5, 30)
OWN = np.take_along_axis(BY_CLASS, LABEL[None, None, :, None], axis=1)


def scores(own=OWN, others=BY_CLASS):
  losses = np.concatenate([own, others], axis=1)
  return diffusion_classifier.scores({'class_losses': losses}, key=KEY)


def test_it_is_minus_the_logarithm_of_the_softmax_at_its_class():
  p = np.exp(-BY_CLASS.mean(axis=(0, 3)))
  wanted = -np.log((p / p.sum(axis=0))[LABEL, np.arange(30)])
  np.testing.assert_allclose(scores()[0], wanted, rtol=1e-5)


def test_beside_no_class_it_is_the_difference_of_two_losses():
  wanted = (OWN - BY_CLASS[:, :1]).mean(axis=(0, 1, 3))
  score = scores(others=BY_CLASS[:, :1])[0]
  np.testing.assert_allclose(score, wanted, rtol=1e-4, atol=1e-5)


def test_losses_far_from_each_other_neither_overflow_nor_vanish():
  far = np.array([0.0, 1e4, 30.0])[None, :, None, None] * np.ones((1, 3, 1, 2))
  told = lambda c: scores(far[:, [c]], far)[0][0]
  assert told(1) == pytest.approx(1e4) and told(2) == pytest.approx(30)
  assert told(0) == pytest.approx(np.exp(-30), rel=1e-2)


def test_its_error_is_what_other_draws_would_move_it_by():
  """Of many sets of draws, beside the error that one of them gives."""
  rng = np.random.default_rng(1)
  centre = rng.normal(size=(1, 4, 50, 1))
  made = [
    scores(losses[:, :1], losses)
    for losses in (centre + 0.3 * rng.normal(size=(300, 1, 4, 50, 16)))
  ]
  spread = np.std([score for score, _, _ in made], axis=0)
  said = np.mean([error for _, error, _ in made], axis=0)
  np.testing.assert_allclose(said, spread, rtol=0.25)


def test_few_rows_are_in_memory_at_a_time(monkeypatch):
  whole = scores()
  monkeypatch.setattr(diffusion_classifier, 'AT_ONCE', 7)
  for found, wanted in zip(scores(), whole, strict=True):
    np.testing.assert_array_equal(found, wanted)


def test_few_classes_are_all_asked_for_and_more_beside_none():
  asked = diffusion_classifier.asked
  assert asked(2, False) == [0, 1] and asked(20, True) == list(range(20))
  assert asked(21, True) == [21]
  with pytest.raises(ValueError, match='label_dropout is 0, but 21 classes'):
    asked(21, False)


@pytest.mark.parametrize('conditional, names', [(False, 'abc'), (True, 'a')])
def test_a_set_or_a_model_without_two_classes_is_refused(conditional, names):
  config = digits.get_config('diffusion_classifier')
  config.dit.conditional = conditional
  source = types.SimpleNamespace(class_names=tuple(names))
  with pytest.raises(ValueError, match='the model is told [01]; take'):
    opening.check_labels(source, config)
