"""Scores and features of one's own, as the stages take them."""

import numpy as np
import pytest

from configs import digits
from prune_dm_jax import stages
from prune_dm_jax.data import SOURCES
from prune_dm_jax.run import opening
from prune_dm_jax.stages import features
from prune_dm_jax.stages import scores

KEYS = SOURCES['digits']('').keys
VALUES = np.random.default_rng(0).normal(size=(len(KEYS), 3))
ORDER = np.random.default_rng(1).permutation(len(KEYS))


@pytest.fixture
def opened(tmp_path):
  """variant -> its Run, with scores and features in files in another order."""
  keys, values = np.array(KEYS)[ORDER], VALUES[ORDER]
  files = {'scores': values[:, 0], 'embeddings': values}

  def of(variant):
    config = digits.get_config(variant)
    for name, array in files.items():
      config.score[name] = str(tmp_path / f'{name}.npz')
      np.savez(config.score[name], keys=keys, **{name: array})
    return opening.open_checked(config, tmp_path / 'runs', judged=False)

  return of


def test_scores_of_ones_own_are_those_of_the_training_pictures(opened):
  run = opened('given')
  expected = VALUES[run.train, 0].astype(np.float32)
  np.testing.assert_array_equal(scores.at_hand(run).score, expected)
  scores.build(run)
  np.testing.assert_array_equal(scores.load(run).score, expected)


def test_features_of_ones_own_are_an_artifact_of_every_picture(opened):
  path = features.build(opened('cluster_given'))
  assert path.name.startswith('features_given-')
  found = np.load(path / 'features.npy')
  np.testing.assert_array_equal(found, VALUES.astype(np.float32))


@pytest.mark.parametrize('ratings', [3, 5000])
def test_that_a_draw_parts_equal_scores_is_said(
  ratings, opened, tmp_path, caplog
):
  config = opened('given').config
  rated = np.random.default_rng(2).permutation(len(KEYS)) % ratings
  np.savez(config.score.scores, keys=np.array(KEYS), scores=rated)
  run = opening.open_checked(config, tmp_path / 'runs', judged=False)
  with caplog.at_level('WARNING'):
    stages.build(run, 'select')
  said = [line for line in caplog.messages if 'the seed draws' in line]
  assert len(said) == (ratings == 3)
