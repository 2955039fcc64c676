"""What config.runtime promises of training: another value, the same bits."""

import numpy as np
import pytest
from test_loop import fit

from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import log


@pytest.fixture(scope='module')
def expected(tmp_path_factory):
  return checkpoint.digest(fit(tmp_path_factory.mktemp('expected'), 10))


@pytest.mark.parametrize('key', ['log_every', 'checkpoint_every'])
@pytest.mark.parametrize('value', [1, 2**31 - 1])
def test_how_often_is_logged_and_saved_changes_no_bit(
  key, value, expected, tmp_path
):
  assert checkpoint.digest(fit(tmp_path, 10, **{key: value})) == expected
  assert log.read(tmp_path / 'metrics.jsonl')[-1]['step'] == 10


def test_another_batch_would_be_noticed(expected, tmp_path):
  zeros = lambda start: iter([{'x': np.zeros(4)}] * (10 - start))
  assert checkpoint.digest(fit(tmp_path, 10, batches=zeros)) != expected
