"""Cells: what they are called, beside which others, and what they must keep."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from configs import digits_quick
from prune_dm_jax.run import opening
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import dry_run
from prune_dm_jax.stages import gallery
from prune_dm_jax.stages import given
from prune_dm_jax.stages import scores
from prune_dm_jax.stages import select


def cell_of(workdir, variant='cluster_pixels', **settings):
  """The built cell of a variant, and its Run."""
  config = digits_quick.get_config(variant)
  config.update_from_flattened_dict({'score.restarts': 1, **settings})
  run = opening.open_checked(config, workdir, judged=False)
  scores.build(run)
  return select.build(run), run


@pytest.fixture(scope='module')
def workdir(tmp_path_factory):
  return tmp_path_factory.mktemp('cells')


def kept(cell):
  return set(np.load(cell / 'kept_idx.npy').tolist())


def test_another_number_of_clusters_is_another_cell_beside_the_first(workdir):
  first, _ = cell_of(workdir)
  before = (first / 'selection.json').read_bytes()
  other, _ = cell_of(workdir, **{'score.num_clusters': 7})
  again, _ = cell_of(workdir, **{'score.num_clusters': 7})
  assert first.name == 'cluster_pixels-0.5-seed0'
  assert other.name == 'cluster_pixels+num_clusters=7-0.5-seed0'
  assert again == other and kept(other) != kept(first)
  assert (first / 'selection.json').read_bytes() == before
  assert cell_of(workdir)[0] == first


def test_what_is_no_part_of_the_selection_is_refused_as_before(workdir):
  cell_of(workdir)
  with pytest.raises(ValueError, match='was begun with train.steps'):
    cell_of(workdir, **{'train.steps': 7})


def test_nor_is_it_taken_for_another_selection(workdir):
  first, run = cell_of(workdir)
  with pytest.raises(
    ValueError, match=f'{first}/.* begun with train.steps = 60'
  ):
    cell_of(workdir, **{'train.steps': 7, 'score.num_clusters': 8})
  wanted = {'data.name': 'doubled_digits', 'score.num_clusters': 8}
  with pytest.raises(ValueError, match="begun with data.name = 'digits'"):
    cell_of(workdir, **wanted)
  config = digits_quick.get_config('cluster_pixels')
  config.score.update(restarts=1, num_clusters=8)
  of_others = run.source.__class__('')
  of_others.fingerprint = 'f' * 16
  there = run._replace(config=config, source=of_others)
  with pytest.raises(ValueError, match='a manifest of other data'):
    cells.folder(there, None)
  assert not list(workdir.glob('*num_clusters=8*'))


def test_at_least_so_many_of_each_class_and_cluster_are_kept(workdir):
  settings = {'prune_ratio': 0.95, 'score.num_clusters': 7}
  cell, run = cell_of(workdir, **settings, **{'select.at_least': 3})
  table = pq.read_table(cell / 'manifest.parquet')
  keep = table['keep'].to_numpy()[run.train]
  for column in ('label', 'cluster'):
    own = table[column].to_numpy()[run.train].astype(int)
    assert np.bincount(own[keep], minlength=own.max() + 1).min() >= 3
  assert keep.sum() == cells.whole(run)


@pytest.mark.parametrize('keep', ['strata', 'gaussian'])
def test_what_is_drawn_along_the_scores_is_shown_without_a_cut(workdir, keep):
  cell, run = cell_of(workdir, **{'select.keep': keep})
  assert cell.name == f'cluster_pixels+keep={keep}-0.5-seed0'
  assert len(kept(cell)) == cells.whole(run)
  shown = gallery.gallery(run, cell)
  assert 'Drawn at random' in shown and 'threshold of' not in shown
  found = scores.load(run)
  said = dry_run.text(run, found, select.choose(run, found))
  assert 'none, as what is kept is drawn' in said


@pytest.mark.parametrize(
  'variant', ['k_center_pixels', 'facility_location_pixels', 'herding_pixels']
)
def test_what_is_picked_at_a_higher_ratio_is_a_part_of_what_is_at_a_lower(
  workdir, variant
):
  one = {'score.num_clusters': 1}
  half, run = cell_of(workdir, variant, **one)
  few, _ = cell_of(workdir, variant, **one, prune_ratio=0.9)
  assert kept(few) < kept(half) and len(kept(half)) == cells.whole(run)


def test_a_method_that_is_told_the_number_has_scores_for_each_ratio(workdir):
  told = {}
  for ratio in (0.5, 0.9):
    cell, run = cell_of(workdir, 'gist_pixels', prune_ratio=ratio)
    assert len(kept(cell)) == cells.whole(run) == given.number(run, run.train)
    first = json.loads((cell / 'selection.json').read_text())
    told[first['scores']] = scores.load(run).score
    assert cell_of(workdir, 'gist_pixels', prune_ratio=ratio)[0] == cell
  half, few = told.values()
  assert len(told) == 2 and (half != few).any()


def test_clusters_in_which_is_picked_are_those_that_are_nearest_to(workdir):
  nearest, _ = cell_of(workdir)
  cover, run = cell_of(workdir, 'k_center_pixels', prune_ratio=0.75)
  tables = [pq.read_table(c / 'manifest.parquet') for c in (nearest, cover)]
  assert tables[0]['cluster'].equals(tables[1]['cluster'])
  assert tables[1]['distance'].null_count == len(tables[1])
  assert '20 clusters of pixels' in gallery.gallery(run, cover)


def test_moderate_needs_the_classes_of_the_data_and_has_no_clusters(workdir):
  cell, run = cell_of(workdir, 'moderate_pixels')
  table = pq.read_table(cell / 'manifest.parquet')
  assert table['cluster'].null_count == len(table)
  assert len(kept(cell)) == cells.whole(run)


def test_what_is_begun_with_is_kept_and_the_number_stays(workdir, tmp_path):
  first, run = cell_of(workdir)
  others = np.setdiff1d(run.train, np.load(first / 'kept_idx.npy'))[:100]
  path = tmp_path / 'before.txt'
  path.write_text(''.join(f'{run.source.keys[i]}\n' for i in others))
  cell, _ = cell_of(workdir, **{'select.begin_with': str(path)})
  assert len(kept(cell)) == len(kept(first))
  assert kept(cell) > set(others.tolist())


def test_more_to_begin_with_than_are_kept_is_refused(workdir, tmp_path):
  _, run = cell_of(workdir)
  path = tmp_path / 'all.txt'
  path.write_text(''.join(f'{run.source.keys[i]}\n' for i in run.train))
  with pytest.raises(ValueError, match='it lists 449 pictures more than'):
    cell_of(workdir, **{'select.begin_with': str(path)})


def test_what_is_held_out_cannot_be_begun_with(workdir, tmp_path):
  _, run = cell_of(workdir)
  path = tmp_path / 'out.txt'
  path.write_text(run.source.keys[run.held_out[0]] + '\n')
  with pytest.raises(ValueError, match='and 0 more are not trained on'):
    cell_of(workdir, **{'select.begin_with': str(path)})


def test_a_class_of_which_nothing_is_kept_is_said(workdir, caplog):
  caplog.set_level('INFO')
  cell_of(workdir, **{'prune_ratio': 0.99, 'score.num_clusters': 30})
  assert 'Nothing is kept of' in caplog.text
  assert '--config.select.at_least=1' in caplog.text


def test_scores_in_a_file_that_is_written_over_are_another_cell(tmp_path):
  path, cells_there = tmp_path / 'mine.csv', []
  keys = [f'digit-{i:04d}' for i in range(1797)]
  for turn in (1, -1):
    rows = [f'{key},{turn * i}' for i, key in enumerate(keys)]
    path.write_text('\n'.join(['key,score', *rows]))
    cell, _ = cell_of(tmp_path / 'w', 'given', **{'score.scores': str(path)})
    cells_there.append(cell)
  one, other = map(kept, cells_there)
  assert len(set(cells_there)) == 2 and len(one & other) == 1  # 899 are odd.
  path.rename(tmp_path / 'moved.csv')
  moved = {'score.scores': str(tmp_path / 'moved.csv')}
  assert cell_of(tmp_path / 'w', 'given', **moved)[0] == cells_there[1]


def test_a_threshold_says_how_many_are_kept_and_no_cluster_has_a_share(workdir):
  """SemDeDup at one epsilon everywhere, as its paper has it."""
  threshold = float(
    scores.load(cell_of(workdir, 'semdedup_pixels')[1]).score[9]
  )
  cell, run = cell_of(
    workdir, 'semdedup_pixels', prune_ratio=-1.0,
    **{'select.ratio_from': 'threshold', 'select.threshold': threshold,
       'select.within': 'all'},
  )  # fmt: skip
  found = scores.load(run)
  wanted = set(found.index[found.score >= threshold].tolist())
  assert kept(cell) == wanted and 0 < len(wanted) < len(run.train)
  ratio = round(1 - len(wanted) / len(run.train), 4)
  assert cell.name == f'semdedup_pixels-{ratio:g}-seed0'
  assert 'semdedup on 20 clusters' in gallery.gallery(run, cell)


@pytest.mark.parametrize('allocation', ['proportional', 'waterfill'])
def test_classes_have_their_shares_where_they_are_asked_for(
  workdir, allocation
):
  cell, run = cell_of(
    workdir, **{'select.within': 'classes', 'select.allocation': allocation}
  )
  labels = run.source.labels
  sizes = np.bincount(labels[run.train])
  number = np.bincount(labels[sorted(kept(cell))], minlength=len(sizes))
  even = sizes * cells.whole(run) / sizes.sum()
  if allocation == 'waterfill':
    even = np.full(len(sizes), cells.whole(run) / len(sizes))
  assert (abs(number - even) <= 1).all() and number.sum() == cells.whole(run)
  score = dict(zip(run.train, scores.load(run).score, strict=True))
  for one in range(len(sizes)):
    own = [i for i in run.train if labels[i] == one]
    most = max(score[i] for i in own if i in kept(cell))
    assert all(score[i] >= most for i in own if i not in kept(cell))
  assert 'within classes' in gallery.gallery(run, cell)
  said = dry_run.text(run, scores.load(run), np.load(cell / 'kept_idx.npy'))
  assert 'each group has its own' in said
  first = said.split('\nclass ')[1].splitlines()[1].split()
  assert len(first) == 6  # Its name, counts, share and threshold.
