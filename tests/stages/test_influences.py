"""Influences of trained surrogates, beside whole gradients."""

import jax
import numpy as np
import pytest

from configs import digits_quick
from prune_dm_jax import stages
from prune_dm_jax.pruning import noise_bank
from prune_dm_jax.run import opening
from prune_dm_jax.stages import latents
from prune_dm_jax.stages import passes
from prune_dm_jax.stages import surrogate


@pytest.fixture(scope='module')
def run(tmp_path_factory):
  config = digits_quick.get_config('influence')
  config.data.held_out = 0.93
  config.autoencoder.steps = 5
  config.surrogate.update(steps=8, evaluations=2)
  config.runtime.update(part_size=50, score_batch_size=32)
  run = opening.open_run(config, tmp_path_factory.mktemp('runs'))
  stages.build(run, 'scores')
  return run


def whole_gradients(run, params, places, draw):
  """[n, all parameters] float64, of places in the training split at a draw."""
  rows = passes.read(run, run.train)(places)
  loss, bank = passes.loss_of(run), passes.bank(run)
  x = latents.codebook(run)[rows['codes']]
  noise = noise_bank.noise(bank, draw, rows['index'], x.shape[1:])

  def alone(params, x, y, noise):
    t = bank.times[draw : draw + 1]
    return loss(params, x[None], y[None], t, noise[None])[0]

  each = jax.jit(jax.vmap(jax.grad(alone), (None, 0, 0, 0)))(
    params, x, rows['label'], noise
  )
  return np.concatenate(
    [np.asarray(g).reshape(len(x), -1) for g in jax.tree.leaves(each)], axis=1
  ).astype(np.float64)


@pytest.mark.slow
def test_slopes_are_products_of_whole_gradients_and_scores_their_means(run):
  """Of one half, along the gradient of the other at every draw."""
  load = lambda name: np.load(run.paths.influences / f'{name}.npy')
  half, slopes = load('half'), load('slopes')
  own, others = (np.flatnonzero(half == side) for side in (1, 0))
  params = surrogate.params_at(run, run.paths.half_surrogates / '1', 8)
  of = lambda places, draw: whole_gradients(run, params, places, draw)
  towards = sum(of(others, draw).mean(axis=0) for draw in range(2))
  towards /= np.linalg.norm(towards)
  exact = np.stack([of(own, draw) @ towards for draw in range(2)], axis=1)
  scale = np.abs(exact).max()
  np.testing.assert_allclose(slopes[own], exact, atol=1e-3 * scale)
  mean = exact.mean(axis=1)
  score = np.load(run.paths.scores / 'scores.npz')['score']
  np.testing.assert_allclose(
    score[own], mean / np.sqrt(np.mean(mean**2)), atol=5e-3
  )
