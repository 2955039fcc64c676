"""Proof: what is trained together is what is trained alone, and harms no other.

Parameters are compared to 1e-5: sums of three steps' 4 x 8 float32 products are in
another order, and plain gradient descent makes no more of it than it is.
"""

import itertools
import json

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import diagnosis
from prune_dm_jax.training import log
from prune_dm_jax.training import loop
from prune_dm_jax.training import step as step_lib
from prune_dm_jax.training import together

OPTIMIZER = optax.sgd(0.05)
NAMES = ('a', 'b', 'c')
STEPS = 12


def regression(params, extra, batch, keys):
  noise = jax.vmap(lambda key: jax.random.normal(key, (8,)))(keys)
  found = jnp.tanh((batch['x'] + 0.1 * noise) @ params['w']) @ params['v']
  return jnp.square(found - batch['y']), ()


def init(key):
  w, v = jax.random.split(key)
  return {
    'w': jax.random.normal(w, (8, 8)),
    'v': jax.random.normal(v, (8,)),
  }, ()


def batches(seed, bad_from=np.inf):
  """first step -> batches of one's own, not finite from a step on."""

  def rows(i):
    draw = np.random.default_rng([seed, i]).standard_normal((4, 9))
    draw = np.float32(draw if i + 1 < bad_from else draw * np.nan)
    return {'x': draw[:, :8], 'y': draw[:, 8]}

  return lambda start: map(rows, itertools.count(start))


def training(folder, seed, num_steps=STEPS, **bad):
  """The arguments of loop.fit."""
  mesh = step_lib.data_mesh(jax.devices()[:1])
  return dict(
    step=step_lib.train_step(regression, OPTIMIZER, mesh=mesh, ema_decay=0.5),
    create=lambda: step_lib.create(init, OPTIMIZER, jax.random.key(seed), mesh),
    batches=batches(seed, **bad), key=jax.random.key(10 + seed), mesh=mesh,
    directory=folder, name='test', num_steps=num_steps, checkpoint_every=4,
    log_every=2, fingerprints={'seed': str(seed)}, begin=lambda state: state,
    about=diagnosis.UNKNOWN, divide=False, say=lambda step, note, line: None,
  )  # fmt: skip


def all_of(folder, **changed):
  return {
    name: training(folder / name, seed, **changed.get(name, {}))
    for seed, name in enumerate(NAMES)
  }


def alone(folder, **changed):
  each = all_of(folder, **changed)
  return {name: loop.fit(**one) for name, one in each.items()}


def there(folder):
  """The State of a finished training, from its checkpoint."""
  return loop.fit(**training(folder, NAMES.index(folder.name)))


def ended(folder):
  """The same, which has nothing left to train."""
  with checkpoint.manager(folder / 'checkpoints') as checkpoints:
    assert max(checkpoints.all_steps()) == STEPS
  return there(folder)


def same(one, other):
  jax.tree.map(
    lambda a, b: np.testing.assert_allclose(a, b, atol=1e-5), one, other
  )


@pytest.fixture(scope='module')
def apart(tmp_path_factory):
  """name -> State, and where they were trained alone."""
  folder = tmp_path_factory.mktemp('apart')
  return alone(folder), folder


def test_each_is_what_it_is_alone(tmp_path, apart):
  states, folder = apart
  assert together.fit(all_of(tmp_path), at_once=2) == {}
  for name, state in states.items():
    same(ended(tmp_path / name), state)
    one, other = (
      log.read(f / name / 'metrics.jsonl') for f in (tmp_path, folder)
    )
    assert [x['step'] for x in one] == [x['step'] for x in other]
    losses = [[x['loss'] for x in lines] for lines in (one, other)]
    np.testing.assert_allclose(*losses, rtol=1e-5)
  losses = [log.read(tmp_path / n / 'metrics.jsonl')[-1]['loss'] for n in NAMES]
  assert len(set(losses)) == len(NAMES)


def test_what_was_stopped_alone_goes_on_together(tmp_path, apart):
  alone(tmp_path, a=dict(num_steps=8), b=dict(num_steps=8), c=dict(num_steps=4))
  assert together.fit(all_of(tmp_path), at_once=3) == {}
  for name, state in apart[0].items():
    same(ended(tmp_path / name), state)


def test_what_was_stopped_together_goes_on_alone(tmp_path, apart):
  asked = iter([False, False, True])
  with pytest.raises(SystemExit, match='test at step 6, of 3 together'):
    together.fit(all_of(tmp_path), at_once=3, told=lambda: next(asked))
  for name, state in apart[0].items():
    with checkpoint.manager(tmp_path / name / 'checkpoints') as checkpoints:
      assert max(checkpoints.all_steps()) == 6
    same(there(tmp_path / name), state)


def test_one_that_is_not_finite_is_named_and_the_others_end(tmp_path, apart):
  failed = together.fit(all_of(tmp_path, b=dict(bad_from=7)), at_once=3)
  assert list(failed) == ['b'] and 'at step 7 the loss (nan)' in str(
    failed['b']
  )
  assert (
    json.loads((tmp_path / 'b' / 'diagnosis.json').read_text())['step'] == 7
  )
  with checkpoint.manager(tmp_path / 'b' / 'checkpoints') as checkpoints:
    assert list(checkpoints.all_steps()) == [4]
  for name in 'ac':
    same(ended(tmp_path / name), apart[0][name])


def test_a_checkpoint_of_other_data_is_said_of_its_own_training(tmp_path):
  alone(tmp_path, **{name: dict(num_steps=4) for name in NAMES})
  each = all_of(tmp_path)
  each['c']['fingerprints'] = {'seed': 'another'}
  failed = together.fit(each, at_once=3)
  assert list(failed) == ['c'] and 'another seed' in str(failed['c'])


@pytest.mark.parametrize(('size', 'at_once', 'sizes'), [
  (3, 3, [3]), (10, 4, [4, 3, 3]), (5, 1, [1] * 5), (2, 8, [2]),
])  # fmt: skip
def test_programs_are_of_even_sizes(size, at_once, sizes):
  those = dict.fromkeys(range(size))
  parts = together.batched(those, at_once)
  assert [len(part) for part in parts] == sizes
  assert set().union(*parts) == set(those)


@pytest.mark.parametrize('stopped', [3, 5])
def test_what_stopped_alone_between_goes_on_together(stopped, tmp_path, apart):
  states, _ = apart
  for one in all_of(tmp_path).values():
    step = iter(range(1, 100))
    with pytest.raises(SystemExit):
      loop.fit(**one, told=lambda step=step: next(step) == stopped)
  assert together.fit(all_of(tmp_path), at_once=2) == {}
  for name, state in states.items():
    same(ended(tmp_path / name), state)


@pytest.mark.parametrize(
  ('each', 'number'), [((50, 200, 1000), 10), ((7, 21, 70), 7), ((1, 5, 9), 1)]
)
def test_a_program_is_of_few_steps_and_ends_where_there_is_something_to_do(
  each, number
):
  names = 'log_every', 'checkpoint_every', 'num_steps'
  found = together.stride(dict(zip(names, each, strict=True)))
  assert found == number
