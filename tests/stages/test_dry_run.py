"""--dry_run: what would be kept, and nothing written."""

import numpy as np
import pyarrow.parquet as pq
import pytest
from main_command import run

from configs import digits_quick
from prune_dm_jax import stages
from prune_dm_jax.report import counts as counts_lib
from prune_dm_jax.stages import dry_run


def everything(folder):
  """path -> time of change and content of all there is, folders and locks too."""
  return {
    p: (p.stat().st_mtime_ns, p.read_bytes() if p.is_file() else '')
    for p in sorted(folder.rglob('*'))
  }


def rows_of(text, heading):
  """name -> the other columns of one table in the text."""
  body = text.split(f'\n{heading} ')[1].split('\n\n')[0].splitlines()[1:]
  return {line.split()[0]: line.split()[1:] for line in body}


def in_manifest(workdir, variant, column):
  """value -> [before, kept] of the manifest that a real run writes."""
  stages.run_until(digits_quick.get_config(variant), workdir, 'select')
  (cell,) = workdir.glob(f'{variant}-*')
  table = pq.read_table(cell / 'manifest.parquet')
  reason = np.array(table['reason'].to_pylist())
  values = table[column].to_numpy(zero_copy_only=False)
  return {
    str(int(v)): [
      str(np.sum((values == v) & np.isin(reason, of)))
      for of in (['kept', 'pruned'], ['kept'])
    ]
    for v in np.unique(values[reason != 'held_out'])
  }


@pytest.fixture(scope='module')
def scored(tmp_path_factory):
  """A workdir with the scores of the clusters of pixels."""
  workdir = tmp_path_factory.mktemp('runs')
  config = digits_quick.get_config('cluster_pixels')
  stages.run_until(config, workdir, 'scores')
  return workdir


def test_random_is_foreseen_without_any_file(tmp_path):
  process = run(tmp_path / 'runs', 'random', '--dry_run')
  assert process.returncode == 0, process.stderr
  assert 'random, method random' in process.stdout
  assert rows_of(process.stdout, 'class')['all'][:2] == ['899', '450']
  assert 'above 0.4' in process.stdout and '\ncluster ' not in process.stdout
  assert list(tmp_path.iterdir()) == []


def test_missing_scores_are_one_sentence_that_says_what_makes_them(tmp_path):
  process = run(tmp_path / 'runs', 'cluster_pixels_balanced', '--dry_run')
  assert process.returncode == 1 and process.stdout == ''
  (line,) = process.stderr.strip().splitlines()
  assert line.startswith('prune_dm_jax: ') and '--until=scores' in line
  assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
  'variant',
  ['cluster_pixels', 'cluster_pixels_mid', 'cluster_pixels_balanced'],
)
def test_what_is_foreseen_is_what_is_then_kept(scored, variant):
  before = everything(scored)
  text = dry_run.foresee(digits_quick.get_config(variant), scored)
  assert everything(scored) == before
  for heading, column in (('class', 'label'), ('cluster', 'cluster')):
    foreseen = rows_of(text, heading)
    assert foreseen.pop('all')[0] == '899'
    found = {name: columns[:2] for name, columns in foreseen.items()}
    assert found == in_manifest(scored, variant, column)


def test_what_is_no_candidate_is_in_no_cluster_that_is_foreseen(scored):
  config = digits_quick.get_config('cluster_pixels')
  config.update_from_flattened_dict(
    {'junk.min_contrast': 90.0, 'score.num_clusters': 3, 'score.restarts': 1}
  )
  stages.run_until(config, scored, 'select')
  (cell,) = scored.glob('cluster_pixels+*num_clusters=3*')
  rows = pq.read_table(cell / 'manifest.parquet').to_pylist()
  rows = [row for row in rows if row['reason'] in ('kept', 'pruned')]
  foreseen = rows_of(dry_run.foresee(config, scored), 'cluster')
  assert int(foreseen.pop('all')[0]) == len(rows) < 899
  for name, (before, kept, *_, at) in foreseen.items():
    own = [row for row in rows if row['cluster'] == int(name)]
    number = sum(row['keep'] for row in own)
    assert (len(own), number) == (int(before), int(kept))
    below = sum(row['score'] < float(at) for row in own)
    assert abs(below - number) <= 1, 'but for the last figure of it'


def test_the_draw_in_memory_is_the_draw_on_disk(tmp_path):
  text = dry_run.foresee(digits_quick.get_config('random'), tmp_path)
  foreseen = rows_of(text, 'class')
  del foreseen['all']
  found = {name: columns[:2] for name, columns in foreseen.items()}
  assert found == in_manifest(tmp_path, 'random', 'label')


def test_a_list_is_counted_by_class_without_scores(tmp_path):
  path = tmp_path / 'mine.npy'
  config = digits_quick.get_config('cluster_pixels')
  stages.run_until(config, tmp_path / 'split', 'data')
  (split,) = (tmp_path / 'split' / 'shared').glob('split-*')
  np.save(path, np.load(split / 'train_idx.npy')[:90])
  config.select.file = str(path)
  text = dry_run.foresee(config, tmp_path / 'runs')
  assert f'the list {path}: 90 kept, 809 pruned' in text
  assert rows_of(text, 'class')['all'][:2] == ['899', '90']
  assert 'threshold' not in text and not (tmp_path / 'runs').exists()


def test_a_cell_of_another_configuration_is_refused(tmp_path):
  config = digits_quick.get_config('random')
  stages.run_until(config, tmp_path, 'select')
  config.train.steps = 61
  with pytest.raises(ValueError, match='now it is 61'):
    dry_run.foresee(config, tmp_path)


def test_where_nothing_is_pruned_there_is_no_threshold(tmp_path):
  text = dry_run.foresee(digits_quick.get_config('unpruned'), tmp_path)
  assert 'none, as nothing is pruned' in text and '100.0 %' in text


def test_of_very_many_classes_the_largest_are_shown_and_it_says_so():
  values = np.repeat(np.arange(41), np.arange(1, 42))
  counts = counts_lib.by(values, values % 2 == 0, str)
  lines = dry_run.table('class', counts).strip().splitlines()
  assert [line.split()[0] for line in lines[1:4]] == ['40', '39', '38']
  assert len(lines) == 1 + 40 + 1 + 1  # the heading, the sum, the sentence
  assert lines[-2].split()[:2] == ['all', str(len(values))]
  assert lines[-1] == 'The 40 largest of 41 are shown.'


def test_columns_are_aligned_and_counts_end_below_one_another():
  counts = [
    counts_lib.Count(0, 'a', 1000, 5),
    counts_lib.Count(1, 'long', 7, 7),
  ]
  lines = dry_run.table('class', counts).strip('\n').splitlines()
  assert lines == [
    'class  before  kept  share kept',
    'a        1000     5       0.5 %',
    'long        7     7     100.0 %',
    'all      1007    12       1.2 %',
  ]
