"""Proof: what is not finite stops the run at its step, and is never kept."""

import json

import numpy as np
import pytest
from spoiled import ABOUT
from spoiled import KEY
from spoiled import MESH
from spoiled import OPTIMIZER
from spoiled import STEP
from spoiled import batches
from spoiled import create
from spoiled import fit
from spoiled import planted

from prune_dm_jax.training import finite
from prune_dm_jax.training import log
from prune_dm_jax.training import loop
from prune_dm_jax.training import step as step_lib

KINDS = {
  'data': dict(x=np.nan),
  'data that is infinite': dict(x=np.inf),
  'a codebook': dict(seen=np.nan),
}


def moments(state, **values):
  """The State with other moments of Adam."""
  adam, *rest = state.opt_state
  return state._replace(opt_state=(adam._replace(**values), *rest))


STATES = {
  'parameters': lambda s: s._replace(params={'w': np.float32(np.nan)}),
  'a first moment': lambda s: moments(s, mu={'w': np.float32(np.inf)}),
  'a second moment': lambda s: moments(s, nu={'w': np.float32(np.nan)}),
}
HIDDEN = {
  'an average': lambda s: s._replace(ema={'w': np.float32(np.nan)}),
  'a moment that moves nothing': lambda s: moments(
    s, nu={'w': np.float32(np.inf)}
  ),
}
WHEN = {'logged': 5, 'unlogged': 4, 'of a checkpoint': 6, 'the last': 10}


class Kept:
  """Checkpoints in memory: which steps have one."""

  directory = 'nowhere'

  def __init__(self):
    self.steps = []

  def save(self, step, args):
    self.steps.append(step)

  def all_steps(self):
    return self.steps

  def wait_until_finished(self):
    pass


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
  of_update = {type(facts[n]) for n in ('loss', 'gradient_norm')} == {float}
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


@pytest.mark.parametrize('kind', HIDDEN)
def test_what_no_parameter_shows_stops_before_it_is_kept(tmp_path, kind):
  facts = stops(tmp_path, 6, step=planted(4, HIDDEN[kind]))
  assert facts['arrays_not_finite'] == ['w'] and facts['goes_on_from'] == 3


def test_a_loss_that_is_finite_does_not_hide_the_gradient(tmp_path):
  """As of a square root at 0."""

  def zeroed(state):
    return state._replace(params={'w': np.float32(0)})

  facts = stops(tmp_path, 4, step=planted(4, zeroed))
  assert isinstance(facts['loss'], float) and facts['gradient_norm'] == 'nan'


def test_a_gradient_too_large_for_its_norm_stops_though_it_moves_nothing():
  linear = lambda params, extra, batch, keys: (
    params['w'] * batch['x'],
    batch['seen'],
  )
  step = step_lib.train_step(linear, OPTIMIZER, mesh=MESH, ema_decay=0.5)
  _, seen = step(
    create(), step_lib.place(next(batches(0, 1, x=1e25)), MESH), KEY
  )
  assert np.isfinite(seen.loss) and np.asarray(seen.parts).all()
  assert not seen.ok


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
