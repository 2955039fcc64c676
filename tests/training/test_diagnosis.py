"""Proof: a training that stopped goes on as it says."""

import itertools

import numpy as np
import pytest
from spoiled import ABOUT
from spoiled import batches
from spoiled import create
from spoiled import fit
from spoiled import whole

from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import diagnosis


def steps_kept(directory):
  folders = (directory / 'checkpoints').iterdir()
  return sorted(int(f.name) for f in folders if f.name.isdigit())


def test_the_same_run_with_sane_numbers_ends_as_one_that_was_left_alone(
  tmp_path,
):
  with pytest.raises(FloatingPointError, match='step 3 is kept'):
    fit(tmp_path, batches=lambda start: batches(start, 5, x=np.nan))
  assert steps_kept(tmp_path) == [3]
  assert checkpoint.digest(fit(tmp_path)) == checkpoint.digest(whole())


def test_two_diagnoses_are_both_kept(tmp_path):
  for bad in (5, 4):
    with pytest.raises(FloatingPointError, match=f'at step {bad} '):
      fit(tmp_path, batches=lambda s, bad=bad: batches(s, bad, x=np.nan))
  said = diagnosis.read(tmp_path / 'diagnosis.json')
  assert [one['step'] for one in said] == [4, 5]


def test_another_rate_begins_before_a_state_that_no_rate_can_help(tmp_path):
  """Of it the next gradient is not finite; of others, a second rate fails."""
  at = lambda rate: ABOUT._replace(learning_rate=rate)
  spoiled = lambda bad: lambda start: batches(start, bad, x=np.nan)
  for rate, bad, kept in ((3.0, 7, 3), (2.0, 5, None), (1.0, 2, None)):
    words = f'step {kept} is kept' if kept else 'begins anew'
    for _ in range(2):  # The same command again ends the same.
      with pytest.raises(FloatingPointError, match=words):
        fit(tmp_path, batches=spoiled(bad), about=at(rate))
    facts = diagnosis.read(tmp_path / 'diagnosis.json')
    assert [one['goes_on_from'] for one in facts][0] == kept
  assert [one['step'] for one in facts] == [2, 5, 7]
  broken = lambda start: itertools.islice(batches(start), 4)
  fit(tmp_path, batches=broken, about=at(0.1))
  assert steps_kept(tmp_path) == [3]
  assert checkpoint.digest(fit(tmp_path, about=at(0.1))) == (
    checkpoint.digest(whole())
  )
  aside = sorted(p.name for p in (tmp_path / 'checkpoints').glob('damaged*'))
  assert aside == ['damaged-3', 'damaged-6']


def test_a_checkpoint_of_an_earlier_version_that_is_not_finite_is_set_aside(
  tmp_path,
):
  fit(tmp_path, num_steps=4)
  with checkpoint.manager(tmp_path / 'checkpoints') as checkpoints:
    bad = create()._replace(step=np.int32(6), ema={'w': np.float32(np.nan)})
    checkpoint.save(checkpoints, 6, bad, {})
  assert checkpoint.digest(fit(tmp_path)) == checkpoint.digest(whole())
  assert (tmp_path / 'checkpoints' / 'damaged-6').exists()
