"""What a line of the log says of how fast a training is."""

import types

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from test_loop import KEY
from test_loop import OPTIMIZER
from test_loop import fit

from prune_dm_jax.training import counts
from prune_dm_jax.training import log
from prune_dm_jax.training import pace
from prune_dm_jax.training import step as step_lib


class Clock:
  """Stands still, but for what goes on in a test."""

  now = 100.0

  def __call__(self):
    return self.now


class Answer:
  """Of a step; None of it is at work, or all."""

  def __init__(self, ready):
    self.is_ready = lambda: ready


def seen(rows, ready=True):
  return types.SimpleNamespace(loss=Answer(ready), losses=np.zeros(rows))


@pytest.fixture
def clock(monkeypatch):
  monkeypatch.setattr(jax, 'block_until_ready', lambda tree: tree)
  return Clock()


def paced(clock, *, wait, ready, kind='cpu'):
  """After a first step, three of two seconds, of which batches take `wait`."""

  def batches():
    for _ in range(4):
      clock.now += wait
      yield {}

  speed = pace.Pace(lambda state, batch: 5e12, clock)
  for _ in speed.timed(batches()):
    clock.now += 2 - wait
    speed.add({}, {}, seen(8, ready))
  return speed.read()


def test_images_products_and_waits_are_of_the_time_since_the_first_step(clock):
  found = paced(clock, wait=0.5, ready=True)
  assert found == {'images_s': 4.0, 'input_wait': 0.25, 'tflop_s': 2.5}


def test_a_batch_is_not_waited_for_while_a_step_is_at_work(clock):
  assert paced(clock, wait=0.5, ready=False)['input_wait'] == 0


def test_of_a_known_device_the_share_of_its_peak_is_told(clock, monkeypatch):
  card = types.SimpleNamespace(device_kind='NVIDIA H200')
  monkeypatch.setattr(jax, 'devices', lambda: [card])
  assert paced(clock, wait=0, ready=True)['mfu'] == pytest.approx(2.5 / 989)


def test_where_nobody_knows_the_products_the_rest_is_told(clock):
  speed = pace.Pace(lambda state, batch: 0, clock)
  for _ in range(2):
    clock.now += 2
    speed.add({}, {}, seen(8))
  assert speed.read().keys() == {'images_s', 'input_wait'}


def test_before_the_second_step_nothing_is_told(clock):
  speed = pace.Pace(lambda state, batch: 1, clock)
  assert speed.read() == {}
  speed.add({}, {}, seen(8))
  assert speed.read() == {}


def test_a_line_says_it_in_words():
  found = dict(images_s=1234.56, input_wait=0.031, tflop_s=0.01234, mfu=0.405)
  assert pace.words(found) == (
    ', 1,234.6 images/s, input wait 3%, 0.0123 TFLOP/s a device, MFU 40.5%'
  )
  assert pace.words({}) == ''


def test_lines_of_a_training_have_it_and_a_cpu_no_mfu(tmp_path):
  said = []
  fit(
    tmp_path, 5, flops=lambda state, batch: 10**9,
    say=lambda step, note, line: said.append(note),
  )  # fmt: skip
  lines = log.read(tmp_path / 'metrics.jsonl')
  names = {'images_s', 'input_wait', 'tflop_s'}
  assert all(names < line.keys() and 'mfu' not in line for line in lines)
  assert all(line['images_s'] > 0 for line in lines)
  assert 'images/s, input wait ' in said[-1] and 'TFLOP/s' in said[-1]


def test_products_of_a_step_are_counted_on_one_device_and_it_is_traced_once():
  """Forward, back to each factor but x, and the gradient's norm."""
  mesh, traced = step_lib.data_mesh(), []

  def objective(params, extra, batch, keys):
    traced.append(1)
    first, second = params
    out = jnp.tanh(batch['x'] @ first) @ second
    return jnp.square(out).mean(axis=1), ()

  init = lambda key: ((jnp.ones((3, 5)), jnp.ones((5, 7))), ())
  state = step_lib.create(init, OPTIMIZER, KEY, mesh)
  step = step_lib.train_step(objective, OPTIMIZER, mesh=mesh, ema_decay=0.5)
  rows = 2 * mesh.size
  batch = step_lib.place({'x': np.ones((rows, 3), np.float32)}, mesh)
  state, _ = step(state, batch, KEY)
  got = counts.of(step, state, batch, KEY)
  assert got == 2 * 2 * (2 * 3 * 5 + 3 * 5 * 7) + 2 * (3 * 5 + 5 * 7)
  assert len(traced) == 1


@pytest.mark.parametrize('stride', [1, 2])
@pytest.mark.parametrize('groups', [1, 2])
def test_a_convolution_has_the_products_that_its_matrix_has(stride, groups):
  x, w = jnp.ones((3, 8, 8, 4)), jnp.ones((2, 2, 4 // groups, 6))
  call = lambda x, w: jax.lax.conv_general_dilated(
    x, w, (stride, stride), 'VALID', feature_group_count=groups,
    dimension_numbers=('NHWC', 'HWIO', 'NHWC'),
  )  # fmt: skip
  out = jax.eval_shape(call, x, w).shape
  assert counts.of(call, x, w) == 2 * np.prod(out) * 2 * 2 * 4 // groups


def test_loops_are_multiplied_and_what_nobody_asks_for_is_not():
  w = jnp.ones((4, 4))

  def call(x):
    unused = x @ w @ w
    out, _ = jax.lax.scan(lambda x, _: (x @ w, None), x, length=6)
    return out + 0 * unused.shape[0]

  assert counts.of(call, jnp.ones((2, 4))) == 6 * 2 * 2 * 4 * 4
