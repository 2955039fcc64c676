"""The stage `twins`: a folder of pictures with copies, and with near twins."""

import collections
import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from configs import image_folder
from prune_dm_jax.run import opening
from prune_dm_jax.stages import candidates
from prune_dm_jax.stages import twins


def save(array, path):
  path.parent.mkdir(parents=True, exist_ok=True)
  Image.fromarray(array).save(path)


def smooth(rng):
  """A picture [32, 32, 3] that is the same, but for noise, at another size."""
  coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8))
  return np.array(coarse.resize((32, 32), Image.BICUBIC))


@pytest.fixture(scope='module')
def root(tmp_path_factory):
  """120 pictures alone, 4 with a twin of each kind, and 3 that are almost white."""
  root, rng = (
    tmp_path_factory.mktemp('pictures') / 'set',
    np.random.default_rng(0),
  )
  for i in range(120):
    save(smooth(rng), root / f'train/{"ab"[i % 2]}/{i:03d}.png')
  for i in range(4):
    whole = smooth(rng)
    large = np.array(Image.fromarray(whole).resize((48, 48), Image.BICUBIC))
    save(whole, root / f'train/a/t{i}.png')
    save(whole, root / f'train/b/t{i}_file.png')
    save(whole, root / f'train/a/t{i}_pixels.bmp')
    save(large, root / f'train/a/t{i}_large.png')
    noisy = whole.astype(int) + rng.integers(-2, 3, whole.shape)
    save(
      noisy.clip(0, 255).astype(np.uint8), root / f'test/a/t{i}_held_out.png'
    )
  for i in range(3):
    white = np.full((32, 32 + i, 3), 255, np.uint8)
    white[i, i] = 250
    save(white, root / f'train/b/white{i}.png')
  save(smooth(rng), root / 'test/a/alone.png')
  return root


def found(root, workdir, **options):
  """The run, its twins by key, and twins.json."""
  config = image_folder.get_config('random,small')
  config.data.path = str(root)
  config.twins.update(options)
  run = opening.open_run(config, workdir)
  folder = twins.build(run)
  rows = pq.read_table(folder / 'groups.parquet').to_pylist()
  return run, {row['key'].split('/')[-1]: row for row in rows}, twins.facts(run)


@pytest.fixture(scope='module')
def largest(root, tmp_path_factory):
  return found(root, tmp_path_factory.mktemp('run'))


def test_groups_are_those_that_were_planted_and_no_other(largest):
  _, rows, facts = largest
  groups = collections.defaultdict(set)
  for name, row in rows.items():
    groups[row['group']].add(name)
  names = ('.png', '_file.png', '_pixels.bmp', '_large.png', '_held_out.png')
  assert sorted(map(sorted, groups.values())) == [
    sorted(f't{i}{name}' for name in names) for i in range(4)
  ]
  assert (facts['groups'], facts['members']) == (4, 20)
  assert facts['too_flat_to_tell'] == 3


def test_kinds_are_counted_by_the_closest_of_the_group(largest):
  _, rows, facts = largest
  kinds = {name[2:]: row['kind'] for name, row in rows.items()}
  assert kinds == {
    '.png': 'bytes', '_file.png': 'bytes', '_pixels.bmp': 'pixels',
    '_large.png': 'near', '_held_out.png': 'near',
  }  # fmt: skip
  assert (facts['bytes'], facts['pixels'], facts['near']) == (8, 12, 12)
  assert facts['of_several_labels'] == 4


def test_the_largest_is_kept_and_what_is_held_out_is_not_dropped(largest):
  run, rows, facts = largest
  kept = {name[2:] for name, row in rows.items() if row['kept']}
  assert kept == {'_large.png', '_held_out.png'}
  gone = twins.dropped(run)
  keys = run.source.keys
  for i, of in zip(gone['index'], gone['of'], strict=True):
    assert keys[of] == f'train/a/{keys[i].split("/")[-1][:2]}_large.png'
    assert rows[keys[i].split('/')[-1]]['twin_of'] == keys[of]
  assert len(gone['index']) == facts['dropped'] == 12
  assert np.isin(gone['index'], run.train).all()
  for name, row in rows.items():
    assert (row['twin_of'] is None) == name.endswith('_large.png')
    assert (row['distance'] == 0) == name.endswith('_large.png')
    assert row['distance'] <= facts['threshold']


def test_leaks_are_counted_and_listed(largest):
  run, rows, facts = largest
  assert facts['held_out'] == 5 and facts['leaks'] == {'exact': 0, 'near': 4}
  names = {run.source.keys[i].split('/')[-1] for i in twins.leaked(run)}
  assert names == {name for name in rows if not name.endswith('_held_out.png')}
  assert facts['leaked'] == 16


def test_pairs_to_look_at_are_in_their_bands(largest):
  run, rows, facts = largest
  table = pq.read_table(run.paths.twins / 'pairs.parquet').to_pydict()
  ends = [0, *facts['bands']]
  assert facts['bands'][2] == facts['threshold']
  for one, other, distance, band in zip(*table.values(), strict=True):
    assert ends[band] <= distance <= ends[band + 1]
    names = [run.source.keys[i].split('/')[-1] for i in (one, other)]
    if band < 3:
      assert rows[names[0]]['group'] == rows[names[1]]['group']
  assert sum(band < 3 for band in table['band']) == 12


def test_only_what_is_asked_for_is_left_in_the_folder(largest):
  names = {path.name for path in largest[0].paths.twins.iterdir()}
  assert names == {
    'groups.parquet', 'pairs.parquet', 'leaked.npy', 'twins.json', 'time.json',
    'digests.json',
  }  # fmt: skip


@pytest.mark.parametrize(
  'rule, kept',
  [('first', '.png'), ('nearest_centre', '.png'), ('sharpest', '.png')],
)
def test_another_rule_keeps_another(root, tmp_path, rule, kept):
  run, rows, facts = found(root, tmp_path, keep_of_group=rule)
  standing = {name[2:] for name, row in rows.items() if row['twin_of'] is None}
  assert standing == {kept} and facts['dropped'] == 12
  assert np.isin([row['group'] for row in rows.values()], run.train).all()


def test_a_threshold_that_is_given_is_what_counts(root, tmp_path):
  _, rows, facts = found(root, tmp_path, threshold=1e-9)
  assert facts['given'] and facts['near'] == 0
  assert {name[2:] for name in rows} == {'.png', '_file.png', '_pixels.bmp'}
  assert json.dumps(facts)


def test_features_tell_twins_by_their_cosine(root, tmp_path, monkeypatch):
  def planted(run):
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(len(run.source), 16)).astype(np.float32)
    rows[run.train[1]] = 3 * rows[run.train[0]]
    run.paths.features.mkdir(parents=True)
    np.save(run.paths.features / 'features.npy', rows)

  monkeypatch.setattr(twins.features, 'build', planted)
  run, rows, _ = found(root, tmp_path, by='features', keep_of_group='first')
  near = [row['index'] for row in rows.values() if row['kind'] == 'near']
  assert near == run.train[:2].tolist()


@pytest.mark.parametrize('number', [2, 3])
def test_of_two_or_three_pictures_that_differ_none_is_a_twin(tmp_path, number):
  rng = np.random.default_rng(2)
  for i in range(number):
    save(smooth(rng), tmp_path / f'set/{i}.png')
  _, rows, facts = found(tmp_path / 'set', tmp_path / 'run')
  assert not rows and facts['members'] == 0


def test_who_is_trained_on_is_preferred_to_all_that_is_held_out(largest):
  run, _, _ = largest
  rank = twins.preference(run)
  assert rank[run.train].max() < rank[run.held_out].min()
  assert sorted(rank.tolist()) == list(range(len(run.source)))


def test_neighbours_are_by_cosine_and_are_not_searched_again_after_a_kill(
  tmp_path, monkeypatch
):
  monkeypatch.setattr(twins, 'AT_ONCE', 20)
  rows = np.random.default_rng(3).normal(size=(50, 6))
  x = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
  distance, index = twins.neighbours(x, 3, tmp_path)
  cosine = x @ x.T - 9 * np.eye(50)
  np.testing.assert_array_equal(index, np.argsort(-cosine, axis=1)[:, :3])
  expected = 1 - np.take_along_axis(cosine, index, axis=1)
  np.testing.assert_allclose(distance, expected, atol=1e-6)
  monkeypatch.setattr(twins.within, 'others', None)
  for one, other in zip(
    (distance, index), twins.neighbours(x, 3, tmp_path), strict=True
  ):
    np.testing.assert_array_equal(one, other)


def test_whoever_is_junk_stands_for_no_twin(root, tmp_path, monkeypatch):
  run, _, _ = found(root, tmp_path, keep_of_group='largest')
  run.config.select.twins, run.config.junk.min_side = 'drop', 1
  keys = [run.source.keys[i] for i in run.train]
  large = {
    i: 'junk' for i, k in zip(run.train, keys, strict=True) if 'large' in k
  }
  of_groups = lambda: collections.Counter(
    run.source.keys[i][8:10]
    for i in candidates.of_run(run).index
    if run.source.keys[i][8] == 't'
  )
  for junk in ({}, large):
    monkeypatch.setattr(
      candidates, 'of_junk', lambda run, junk=junk: dict(junk)
    )
    assert of_groups() == {f't{i}': 1 for i in range(4)}
  stay = {run.source.keys[i] for i in candidates.of_run(run).index}
  assert {
    f'train/a/t{i}_pixels.bmp' for i in range(4)
  } <= stay  # The next largest.
