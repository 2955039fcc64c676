"""prune-dm prune: what of a folder is kept, and why the rest is not."""

import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from prune_dm_jax import stages
from prune_dm_jax.commands import prune
from prune_dm_jax.data import decode
from prune_dm_jax.data import images
from prune_dm_jax.data import unreadable
from prune_dm_jax.run import opening
from prune_dm_jax.stages import sheets


def save(path, array):
  path.parent.mkdir(parents=True, exist_ok=True)
  Image.fromarray(array.astype(np.uint8)).save(path)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
  """40 smooth pictures of two classes, 6 copies, 2 of them in another class."""
  root, rng = tmp_path_factory.mktemp('prune') / 'set', np.random.default_rng(0)
  for i in range(40):
    small = Image.fromarray(rng.integers(0, 256, (4, 4, 3), np.uint8))
    picture = np.asarray(small.resize((32, 32), Image.Resampling.BICUBIC))
    save(root / 'ab'[i % 2] / f'{i:02d}.png', picture)
  for i in range(6):
    data = (root / 'ab'[i % 2] / f'{i:02d}.png').read_bytes()
    other = root / ('ab' if i < 4 else 'ba')[i % 2] / f'{i:02d}-again.png'
    other.write_bytes(data)
  save(root / 'a' / 'flat.png', np.full((32, 32, 3), 7))
  return root


def pruned(folder, out, *options):
  """The lines of <out>/<cell>/pruned.txt as key -> why, and kept keys."""
  given = [str(folder), f'--out={out}', '--size=16', '--clusters=3', *options]
  prune.prune(prune.options(given))
  (cell,) = (path.parent for path in out.glob('*/kept.txt'))
  lines = (cell / 'pruned.txt').read_text().splitlines()
  why = dict(line.split('\t') for line in lines)
  return why, (cell / 'kept.txt').read_text().split(), cell


def test_copies_are_left_out_before_the_method_and_the_number_is_exact(
  folder, tmp_path, capsys
):
  why, kept, cell = pruned(folder, tmp_path, '--keep=0.5')
  assert len(kept) == 47 - 47 // 2 and not set(kept) & set(why)
  twins = {key: reason for key, reason in why.items() if 'twin of' in reason}
  assert len(twins) == 6
  for key, reason in twins.items():
    other = reason.removeprefix('twin of ')
    assert key[2:4] == other[2:4]  # The same number, in whichever class.
  groups = pq.read_table(cell / 'groups.parquet')
  assert len(groups) == 12 and groups['kept'].to_pylist().count(True) == 6
  said = capsys.readouterr().out
  assert '12 of 47 in 6 groups, 2 of several labels' in said
  assert str(cell / 'kept.txt') in said
  early, late = cell.parent / 'twins.html', cell / 'gallery.html'
  assert 'Twins' in late.read_text()
  pairs = early.read_text().split('<h3>', 1)[1].split('</div></div>')[0]
  assert pairs.count('<img') > 1 and pairs in late.read_text()
  (features,) = cell.parent.glob('shared/features_*/features.npy')
  assert early.stat().st_mtime_ns < features.stat().st_mtime_ns


def test_dedup_keeps_all_that_has_no_twin(folder, tmp_path):
  why, kept, _ = pruned(folder, tmp_path, '--method=dedup')
  assert len(kept) == 41 and len(why) == 6


def test_junk_is_left_out_and_its_reason_says_the_bound(folder, tmp_path):
  why, kept, _ = pruned(
    folder, tmp_path, '--method=random', '--min_contrast=2', '--twins=keep'
  )
  assert why['a/flat.png'] == 'junk: contrast 0 under 2'
  assert len(kept) == 24


def test_more_than_there_are_candidates_is_one_sentence(folder, tmp_path):
  with pytest.raises(ValueError, match='keeps 6 pictures more than there are'):
    pruned(folder, tmp_path, '--keep=1', '--method=random')
  assert not list(tmp_path.glob('*/kept.txt'))


def test_the_manifest_has_the_columns_of_every_picture(folder, tmp_path):
  _, _, cell = pruned(folder, tmp_path, '--method=random')
  table = pq.read_table(cell / 'manifest.parquet')
  assert {'width', 'height', 'bytes', 'sharpness', 'group'} <= {
    *table.column_names
  }
  assert set(table['width'].to_pylist()) == {32}


@pytest.mark.parametrize('keep', ['0', '1.5', '-1', 'nan'])
def test_a_share_that_is_none_is_refused(folder, tmp_path, keep):
  with pytest.raises(ValueError, match='--keep='):
    pruned(folder, tmp_path, f'--keep={keep}')


def test_a_threshold_keeps_all_scores_from_there_on(folder, tmp_path):
  keys = sorted(p.relative_to(folder).as_posix() for p in folder.glob('*/*'))
  lines = ['key,score', *(f'{key},{i}' for i, key in enumerate(keys))]
  (tmp_path / 'own.csv').write_text('\n'.join(lines))
  _, kept, cell = pruned(
    folder, tmp_path / 'out', f'--scores={tmp_path / "own.csv"}',
    '--threshold=30', '--twins=keep',
  )  # fmt: skip
  assert sorted(kept) == keys[30:] and cell.name == 'given-0.6383-seed0'


def test_a_twin_that_a_list_begins_with_is_kept_and_the_gallery_is_there(
  folder, tmp_path
):
  why, _, cell = pruned(folder, tmp_path / 'first', '--method=dedup')
  path = tmp_path / 'twins.txt'
  path.write_text('\n'.join(why))
  option = f'--begin_with={path}'
  _, kept, cell = pruned(folder, tmp_path / 'second', option)
  assert set(why) < set(kept) and len(kept) == 24
  assert 'Twins' in (cell / 'gallery.html').read_text()


@pytest.mark.parametrize(('keep', 'removed'), [('0.9', 0.1), ('0.71', 0.29)])
def test_the_share_that_is_removed_is_the_decimal_that_is_left(
  folder, keep, removed
):
  given = prune.options([str(folder), f'--keep={keep}', '--method=random'])
  assert prune.configured(given).prune_ratio == removed


@pytest.fixture
def decoded(monkeypatch, tmp_path):
  """The bytes of each picture that is decoded; of none it is known before."""
  seen, picture = [], decode.picture

  def counted(data):
    seen.append(data)
    return picture(data)

  monkeypatch.setattr(decode, 'picture', counted)
  monkeypatch.setenv('PRUNE_DM_CACHE', str(tmp_path / 'cache'))
  return seen


def scored(folder, out, *options, opened=prune.opened):
  """The run of prune, as far as its scores."""
  given = [str(folder), f'--out={out}', '--size=16', '--clusters=3', *options]
  config = prune.configured(prune.options([*given, '--method=cluster_pixels']))
  run = opened(config, out)
  stages.build(run, 'scores')
  return run


def made(run):
  """The bytes of what was made of pictures."""
  looks, own = run.paths.looks, run.paths.features
  return [
    (folder / name).read_bytes()
    for folder, name in (
      (looks, 'thumbnails.npy'), (looks, 'looks.parquet'), (own, 'features.npy'),
    )
  ]  # fmt: skip


def test_a_picture_is_decoded_once_and_what_is_made_of_it_is_the_same(
  folder, tmp_path, decoded
):
  run = scored(folder, tmp_path / 'once')
  assert len(decoded) == 47
  decoded.clear()
  apart = lambda config, out: opening.open_checked(config, out, judged=False)
  assert made(scored(folder, tmp_path / 'apart', opened=apart)) == made(run)
  assert len(decoded) == 2 * 41  # That it is whole is known; once a stage.
  decoded.clear()
  assert made(scored(folder, tmp_path / 'again')) == made(run)
  assert len(decoded) == 47  # In another workdir with a store of its own.


def test_sheets_of_a_gallery_are_of_the_pixels_that_are_there(
  folder, tmp_path, decoded
):
  run = scored(folder, tmp_path)
  decoded.clear()
  every = np.arange(len(run.source))
  small = sheets.brought(run, every, 8)
  np.testing.assert_array_equal(
    sheets.brought(run, every, 16),
    images.batch(run.source, every, size=16, crop='center'),
  )
  assert len(decoded) == len(every) and small.shape == (47, 8, 8, 3)
  assert abs(small.mean() - sheets.brought(run, every, 16).mean()) < 1


def test_pictures_that_are_added_are_decoded_alone(folder, tmp_path, decoded):
  root = shutil.copytree(folder, tmp_path / 'set')
  scored(root, tmp_path / 'out')
  for i in range(4):
    save(root / 'a' / f'new{i}.png', np.full((32, 32, 3), 50 * i))
  decoded.clear()
  scored(root, tmp_path / 'out')
  assert len(decoded) == 4


def test_what_was_seen_before_a_kill_is_not_decoded_again(
  folder, tmp_path, decoded, monkeypatch
):
  monkeypatch.setattr(unreadable, 'TOGETHER', 8)
  wanted, seen = made(scored(folder, tmp_path / 'whole')), decode.picture

  def killed(data):
    if len(decoded) == 20:
      raise KeyboardInterrupt
    return seen(data)

  monkeypatch.setenv('PRUNE_DM_CACHE', str(tmp_path / 'other'))
  monkeypatch.setattr(decode, 'picture', killed)
  decoded.clear()
  with pytest.raises(KeyboardInterrupt):
    scored(folder, tmp_path / 'out')
  monkeypatch.setattr(decode, 'picture', seen)
  decoded.clear()
  assert made(scored(folder, tmp_path / 'out')) == wanted
  assert len(decoded) == 47 - 16  # Less two parts of eight that were whole.


def test_of_many_pictures_k_means_is_that_of_any_size(
  folder, tmp_path, monkeypatch
):
  config = lambda: prune.configured(prune.options([str(folder), '--size=16']))
  few = prune.opened(config(), tmp_path)
  monkeypatch.setattr(prune, 'MANY', 40)
  many = prune.opened(config(), tmp_path)
  assert few.config.score.kmeans == 'scikit-learn'
  assert many.config.score.kmeans == 'jax'
  assert many.paths.scores != few.paths.scores
  assert many.paths.features == few.paths.features
