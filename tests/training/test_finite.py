"""Proof: what is not finite stops the run at its step, and is never kept."""

import itertools
import json

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import diagnosis
from prune_dm_jax.training import finite
from prune_dm_jax.training import log
from prune_dm_jax.training import loop
from prune_dm_jax.training import step as step_lib

KEY = jax.random.key(0)
OPTIMIZER = optax.adam(0.1)
MESH = step_lib.data_mesh()
ABOUT = diagnosis.About(
  learning_rate=0.1,
  setting='config.train.learning_rate',
  examples=lambda step: (
    np.arange(4) + 4 * step,
    [f'picture {i + 4 * step}' for i in range(4)],
  ),
)


def loss(params, extra, batch, keys):
  """Of the root, whose gradient at 0 is not finite although it is."""
  rooted = jnp.sqrt(jnp.square(params['w'] * batch['root']))
  return jnp.square(params['w'] - batch['x']) + rooted, batch['seen']


STEP = step_lib.train_step(
  loss,
  OPTIMIZER,
  mesh=MESH,
  ema_decay=0.5,
  absorb=lambda extra, seen, key: extra + seen.sum(),
)


def create():
  init = lambda key: ({'w': jnp.ones(())}, jnp.zeros(()))
  return step_lib.create(init, OPTIMIZER, KEY, MESH)


def batches(start, bad=None, **spoil):
  """Batch i, of which one, at the step `bad`, has other numbers in its row 2."""
  for i in itertools.count(start + 1):
    batch = {
      'x': np.arange(4.0) + 4 * i,
      'root': np.ones(4),
      'seen': np.ones(4),
    }
    for name, value in spoil.items() if i == bad else ():
      batch[name][2] = value
    yield {name: rows.astype(np.float32) for name, rows in batch.items()}


def planted(bad, change):
  """A step whose State is changed before the step `bad`."""

  def step(state, batch, key):
    if int(state.step) == bad - 1:
      state = jax.device_put(change(state), jax.tree.map(
        lambda leaf: leaf.sharding, state
      ))  # fmt: skip
    return STEP(state, batch, key)

  return step


def fit(directory, *, step=STEP, batches=batches, num_steps=10, **options):
  given = dict(checkpoint_every=3, log_every=5, fingerprints={}, about=ABOUT)
  return loop.fit(
    step, create, batches, key=KEY, mesh=MESH, directory=directory,
    name='test', num_steps=num_steps, **given | options,
  )  # fmt: skip


def steps_kept(directory):
  folders = (directory / 'checkpoints').iterdir()
  return sorted(int(f.name) for f in folders if f.name.isdigit())


KINDS = {
  'data': dict(x=np.nan),
  'data that is infinite': dict(x=np.inf),
  'a codebook': dict(seen=np.nan),
}
STATES = {
  'parameters': lambda s: s._replace(params={'w': np.float32(np.nan)}),
  'an average': lambda s: s._replace(ema={'w': np.float32(np.inf)}),
  'a moment': lambda s: s._replace(
    opt_state=(s.opt_state[0]._replace(nu={'w': np.float32(np.inf)}),
               *s.opt_state[1:])
  ),
}  # fmt: skip
WHEN = {'logged': 5, 'unlogged': 4, 'of a checkpoint': 6, 'the last': 10}


class Kept:
  """Checkpoints in memory: which steps have one."""

  def __init__(self):
    self.steps = []

  def save(self, step, args):
    self.steps.append(step)

  def all_steps(self):
    return self.steps

  def wait_until_finished(self):
    pass

  def reached_preemption(self, step):
    return False


def stops(directory, bad, step=STEP, batches=batches):
  """The diagnosis of a run that stops at a step, with all that was kept."""
  kept = Kept()
  with pytest.raises(FloatingPointError, match=f'test: at step {bad} ') as said:
    loop.train(
      lambda state, batch: step(state, step_lib.place(batch, MESH), KEY),
      create(), batches(0), kept, directory=directory, name='test',
      num_steps=10, checkpoint_every=3, log_every=5, fingerprints={},
      snapshots=(bad,), about=ABOUT,
    )  # fmt: skip
  assert kept.steps == [s for s in (3, 6, 9) if s < bad]
  assert not (directory / 'snapshots').exists()
  lines = log.read(directory / 'metrics.jsonl')
  assert [line['step'] for line in lines] == [s for s in (5,) if s < bad]
  facts = json.loads((directory / 'diagnosis.json').read_text())
  assert facts['step'] == bad and facts['learning_rate'] == 0.1
  assert facts['keys'] == ABOUT.examples(bad)[1]
  of_update = isinstance(facts['loss'], float)
  useful = [s for s in kept.steps if of_update or s != bad - 1]
  assert facts['goes_on_from'] == (useful[-1] if useful else None)
  assert '\n' not in str(said.value)
  return facts


@pytest.mark.parametrize('bad', WHEN.values(), ids=WHEN)
@pytest.mark.parametrize('kind', KINDS)
def test_what_a_batch_spoils_stops_at_its_step(tmp_path, kind, bad):
  spoiled = lambda start: batches(start, bad, **KINDS[kind])
  facts = stops(tmp_path, bad, batches=spoiled)
  of_loss = 'seen' not in KINDS[kind]
  named = [f'picture {4 * bad + 2}'] if of_loss else []
  assert facts['examples_of_such_a_loss'] == named
  assert facts['arrays_not_finite'] == ['w' if of_loss else 'extra']


@pytest.mark.parametrize('bad', WHEN.values(), ids=WHEN)
@pytest.mark.parametrize('kind', STATES)
def test_what_is_spoiled_in_a_state_stops_at_its_step(tmp_path, kind, bad):
  facts = stops(tmp_path, bad, step=planted(bad, STATES[kind]))
  assert facts['arrays_not_finite'] == ['w']
  assert isinstance(facts['loss'], float) == (kind != 'parameters')


def test_the_same_run_with_sane_numbers_ends_as_one_that_was_left_alone(
  tmp_path,
):
  with pytest.raises(FloatingPointError, match='step 3 is kept'):
    fit(tmp_path, batches=lambda start: batches(start, 5, x=np.nan))
  assert steps_kept(tmp_path) == [3]
  assert checkpoint.digest(fit(tmp_path)) == checkpoint.digest(whole())


WHOLE = []


def whole():
  """The State of a run that was left alone."""
  state = create()
  for batch in itertools.islice(batches(0), 0 if WHOLE else 10):
    state, _ = STEP(state, step_lib.place(batch, MESH), KEY)
  WHOLE[:] = WHOLE or [jax.device_get(state)]
  return WHOLE[0]


def test_a_loss_that_is_finite_does_not_hide_the_gradient(tmp_path):
  """As of a square root at 0."""

  def zeroed(state):
    return state._replace(params={'w': np.float32(0)})

  facts = stops(tmp_path, 4, step=planted(4, zeroed))
  assert isinstance(facts['loss'], float) and facts['gradient_norm'] == 'nan'


def test_one_device_of_four_stops_all_of_them(tmp_path):
  state, seen = STEP(
    create(),
    step_lib.place(next(batches(0, 1, x=np.nan)), MESH),
    KEY,
  )
  for said in (seen.ok, seen.loss, seen.parts):
    copies = [np.asarray(s.data) for s in said.addressable_shards]
    assert len(copies) == 4
    assert all(np.array_equal(c, copies[0], equal_nan=True) for c in copies)
  assert not seen.ok
  assert np.isnan(np.asarray(seen.losses)).tolist() == [0, 0, 1, 0]


def test_the_host_is_never_more_than_a_few_steps_ahead_nor_waits(tmp_path):
  asked, made = [], []

  def step(state, batch, key):
    made.append(int(state.step) + 1)
    state, seen = STEP(state, batch, key)
    ask = lambda ok=seen.ok, i=made[-1]: (asked.append((i, len(made))), ok)[1]
    return state, seen._replace(ok=Asked(ask))

  fit(tmp_path, step=step, num_steps=9, log_every=9, checkpoint_every=9)
  assert [i for i, _ in asked] == list(range(1, 10))
  ahead = [when - i for i, when in asked]
  assert ahead == [finite.LAG] * (9 - finite.LAG) + [3, 2, 1, 0]


class Asked:
  def __init__(self, ask):
    self.ask = ask

  def __bool__(self):
    return bool(self.ask())


def test_two_diagnoses_are_both_kept(tmp_path):
  for bad in (4, 5):
    stops(tmp_path, bad, batches=lambda s, bad=bad: batches(s, bad, x=np.nan))
  facts = json.loads((tmp_path / 'diagnosis.json').read_text())
  assert [earlier['step'] for earlier in facts['earlier']] == [4]


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
