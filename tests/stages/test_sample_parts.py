"""What is drawn before a kill is not drawn again."""

import types

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from configs import digits_quick
from prune_dm_jax.stages import sample_parts
from prune_dm_jax.training import step

LABELS = np.arange(23) % 4


@pytest.fixture(scope='module')
def call():
  """Pictures, whether they are fine, and passes, each by index and label."""
  number = lambda b: (b['index'] * 10 + b['label']).astype(jnp.uint8)
  return jax.jit(
    lambda b: (number(b)[:, None], b['index'] >= 0, b['label'] + 7)
  )


def drawn(call, folder, name='a', part_size=6, batch_size=4):
  config = digits_quick.get_config('random')
  config.runtime.update(part_size=part_size, batch_size=batch_size)
  run = types.SimpleNamespace(config=config, mesh=step.data_mesh())
  return sample_parts.drawn(run, call, LABELS, folder, name=name)


def assert_all_are_there(found):
  pictures, fine, passes = found
  expected = np.arange(23) * 10 + LABELS
  np.testing.assert_array_equal(pictures[:, 0], expected.astype(np.uint8))
  np.testing.assert_array_equal(passes, LABELS + 7)
  assert fine.all() and pictures.dtype == np.uint8


@pytest.mark.parametrize('part_size', [6, 22, 23, 1000])
def test_samples_are_the_same_in_whatever_parts(call, tmp_path, part_size):
  assert_all_are_there(drawn(call, tmp_path, part_size=part_size))
  assert (tmp_path / 'parts').exists() == (part_size < 23)
  sample_parts.drop(tmp_path)
  assert not (tmp_path / 'parts').exists()


def test_parts_that_were_drawn_before_a_kill_are_not_drawn_again(
  call, tmp_path
):
  first = []

  def until_killed(batch):
    first.extend(np.asarray(batch['index']))
    if 12 in first:
      raise KeyboardInterrupt
    return call(batch)

  with pytest.raises(KeyboardInterrupt):
    drawn(until_killed, tmp_path)
  later = []
  counted = lambda b: later.extend(np.asarray(b['index'])) or call(b)
  assert_all_are_there(drawn(counted, tmp_path))
  assert set(later) == set(range(12, 23))


def test_parts_of_other_parameters_are_not_taken(call, tmp_path):
  drawn(lambda b: (call(b)[0] + 1, *call(b)[1:]), tmp_path, name='b')
  assert_all_are_there(drawn(call, tmp_path, name='a'))


def test_a_damaged_part_is_drawn_again(call, tmp_path):
  drawn(call, tmp_path)
  part = next((tmp_path / 'parts').glob('a-6-6.*.npz'))
  part.write_bytes(part.read_bytes()[:-3])
  assert_all_are_there(drawn(call, tmp_path))
