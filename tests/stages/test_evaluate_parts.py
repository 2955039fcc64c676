"""A kill in an evaluation loses no more than the part that it was at."""

import jax
import numpy as np
import pytest

from configs import digits_quick
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.metrics import memorization
from prune_dm_jax.metrics import nearest
from prune_dm_jax.metrics import rows
from prune_dm_jax.run import opening
from prune_dm_jax.run import parts
from prune_dm_jax.stages import evaluate_parts
from prune_dm_jax.stages import judge
from prune_dm_jax.stages import sets

SIZE = 23
PICTURES = np.random.default_rng(0).integers(
  0, 256, (SIZE, 16, 16, 1), dtype=np.uint8
)


@pytest.fixture
def run(tmp_path):
  config = digits_quick.get_config('random')
  config.judge.network = 'pixels'
  config.runtime.update(part_size=6, batch_size=4)
  return opening.open_run(config, tmp_path / 'runs')


def seen(run, where, read, name='samples'):
  shown = evaluate_parts.Shown(read, SIZE, {'labels': np.arange(SIZE)}, name)
  return evaluate_parts.seen(run, where, shown)['pixels']


def reading(asked, breaks_at=-1):
  """Reads PICTURES and notes where; broken off at one place."""

  def read(first, number):
    if first == breaks_at:
      raise KeyboardInterrupt
    asked.append((first, number))
    return PICTURES[first : first + number]

  return read


def test_what_was_seen_before_a_kill_is_not_looked_at_again(run, tmp_path):
  see, params = BACKBONES['pixels'].load(None)
  expected = jax.jit(see)(params, PICTURES)[0]
  asked = []
  for breaks_at in (6, 18):
    with pytest.raises(KeyboardInterrupt):
      seen(run, tmp_path / 'parts', reading(asked, breaks_at))
  found = seen(run, tmp_path / 'parts', reading(asked))
  assert asked == [(0, 6), (6, 6), (12, 6), (18, 5)]
  np.testing.assert_array_equal(found['features'], expected)
  np.testing.assert_array_equal(found['labels'], np.arange(SIZE))


def test_parts_of_other_pictures_are_not_taken(run, tmp_path):
  seen(run, tmp_path, lambda i, n: 255 - PICTURES[i : i + n], name='others')
  asked = []
  seen(run, tmp_path, reading(asked))
  assert len(asked) == 4


def test_what_fits_into_one_part_is_kept_in_none(run, tmp_path):
  run.config.runtime.part_size = SIZE
  seen(run, tmp_path / 'parts', reading([]))
  assert not (tmp_path / 'parts').exists()


def given():
  rng = np.random.default_rng(1)
  draw = lambda n: rng.normal(size=(n, 3)).astype(np.float32)
  training = {
    'training_features': draw(30),
    'training_kept': np.arange(30) < 20,
  }
  moments = np.zeros(3), np.eye(3)
  return dict(features=draw(20), reference_moments=moments, **training)


def numbers(keep):
  judged = rows.rows(
    given(), backbone='pixels', of='samples', reference='', seed=0, keep=keep
  )
  pairs = memorization.pairs(
    given()['features'],
    given()['training_features'],
    given()['training_kept'],
    number=3,
    keep=keep,
  )
  return judged, [array.tolist() for array in pairs]


def test_numbers_of_before_a_kill_are_had_again_to_the_bit(
  tmp_path, monkeypatch
):
  """Broken off as often as there is something to keep."""
  monkeypatch.setattr(nearest, 'QUERIES', 8)
  expected, made = numbers(nearest.once), []

  def keep(name, make):
    def one_more():
      found = make()
      made.append(name)
      return found

    before = len(made)
    found = parts.at_hand(tmp_path, name, one_more)
    if len(made) > before:
      raise KeyboardInterrupt
    return found

  for _ in range(9):
    with pytest.raises(KeyboardInterrupt):
      numbers(keep)
  assert numbers(keep) == expected
  assert len(made) == len(set(made)) == 9


def test_a_judge_of_anyones_pictures_goes_on_where_it_was(
  tmp_path, monkeypatch
):
  """prune-dm evaluate's, broken off twice."""
  np.save(tmp_path / 'a.npy', PICTURES)
  pictures = sets.opened(tmp_path / 'a.npy', tmp_path, most=0.0).pictures
  see, breaks_at, seen = judge.seen, [SIZE], []
  monkeypatch.setattr(judge, 'PART', 6)

  def noted(*args):
    if max(args[-1]) >= breaks_at[0]:
      raise KeyboardInterrupt
    seen.append(min(args[-1]))
    return see(*args)

  def features(cache):
    of = judge.pixels(), tmp_path / cache, 'a', pictures
    at = judge.features_of(*of, judge.View((16, 16, 1)))
    assert not (at / 'parts').exists()
    return (at / 'features.npy').read_bytes()

  expected = features('whole')
  monkeypatch.setattr(judge, 'seen', noted)
  for breaks_at[0] in (8, 20):
    with pytest.raises(KeyboardInterrupt):
      features('broken')
  breaks_at[0] = SIZE
  assert features('broken') == expected
  assert seen == [0, 6, 12, 18]
