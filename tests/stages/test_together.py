"""Proof: of models that are made together each is finished by itself."""

import contextlib
import functools
import types

import pytest

from configs import digits_sweep
from prune_dm_jax.run import artifacts
from prune_dm_jax.stages import together
from prune_dm_jax.stages import train

NAMES = ('a', 'b', 'c')


@pytest.fixture
def made(tmp_path, monkeypatch):
  """(how each ends) -> what `nested` says of folders that are made so."""

  def build(folder, make):
    make = functools.partial(make, trained=())
    return artifacts.build_together(tmp_path / folder, make)

  def prepare(folder, own, trained, *, by):
    if folder == 'unprepared':
      raise ValueError('no parameters')
    (own / 'weights').touch()
    return own

  monkeypatch.setattr(
    train, 'build_by', lambda run, make: build(run.name, make)
  )
  monkeypatch.setattr(train, 'FITS', {
    'dit': lambda run, *rest, **by: prepare(run.name, *rest, **by)
  })  # fmt: skip

  def nested(names, fit):
    config, ended = types.SimpleNamespace(model='dit'), dict.fromkeys(names)
    runs = {n: types.SimpleNamespace(name=n, config=config) for n in names}
    into = lambda name: contextlib.nullcontext()
    together.nested(runs, {}, ended, fit, into)
    there = {n for n in names if (tmp_path / n / 'weights').exists()}
    return {n for n in names if ended[n]}, there

  return nested


def ends(but, prepared):
  """All end but some, whose folders are to be there to go on from."""
  assert all(own.suffix == '.partial' for own in prepared.values())
  return {n: ValueError(n) if n in but else None for n in prepared}


@pytest.mark.parametrize('bad', [(), ('a',), ('b',), ('c',), NAMES])
def test_what_fails_is_not_finished_and_the_rest_is(made, bad, tmp_path):
  failed, there = made(NAMES, functools.partial(ends, bad))
  assert failed == set(bad) and there == set(NAMES) - failed
  for name in bad:
    assert (tmp_path / f'{name}.partial' / 'weights').exists()


def test_what_cannot_begin_does_not_keep_others_from_it(made):
  failed, there = made(('a', 'unprepared', 'c'), functools.partial(ends, ()))
  assert failed == {'unprepared'} and there == {'a', 'c'}


def test_what_is_there_is_not_made_again(made, tmp_path):
  made(('b',), functools.partial(ends, ()))
  asked = []
  fit = lambda prepared: asked.extend(prepared) or ends((), prepared)
  assert made(NAMES, fit) == (set(), set(NAMES)) and asked == ['a', 'c']


def test_a_defect_finishes_nothing(made, tmp_path):
  def fit(prepared):
    raise RuntimeError

  with pytest.raises(RuntimeError):
    made(NAMES, fit)
  assert {p.suffix for p in tmp_path.glob('[abc]*')} == {'.partial'}


def test_what_is_no_whole_step_on_one_device_is_refused():
  config = digits_sweep.get_config('random')
  assert together.troubles(config, 1) == []
  (said,) = together.troubles(config, 4)
  assert '4 devices are here' in said
  config.runtime.accumulate, config.runtime.shard_optimizer = 2, True
  both = together.troubles(config, 1)
  assert 'accumulate' in both[0] and 'shard_optimizer' in both[1]
