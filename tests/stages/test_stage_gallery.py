"""gallery.html of real cells."""

import html
import re

import numpy as np
import pyarrow.parquet as pq
import pytest

from configs import digits_quick
from prune_dm_jax import stages
from prune_dm_jax.report import sheets as sheet_pages
from prune_dm_jax.stages import gallery
from prune_dm_jax.stages import sheets
from prune_dm_jax.stages import strips

VARIANTS = ['cluster_pixels', 'cluster_pixels_mid', 'cluster_pixels_balanced']


@pytest.fixture(scope='module')
def workdir(tmp_path_factory):
  return tmp_path_factory.mktemp('runs')


def page_of(workdir, variant, file=''):
  """The manifest by key, and the text of the gallery."""
  config = digits_quick.get_config(variant)
  config.select.file = file
  stages.run_until(config, workdir, 'gallery')
  (cell,) = workdir.glob('file_*' if file else f'{variant}-*')
  rows = pq.read_table(cell / 'manifest.parquet').to_pylist()
  return {row['key']: row for row in rows}, (cell / 'gallery.html').read_text()


def section(text, heading):
  return text.split(f'<h2>{heading}</h2>')[1].split('</section>')[0]


def shown(text):
  """[(key, kind), ...] of the pictures in a part of the page."""
  return re.findall(r'title="([^,]*), (kept|pruned),', text)


def row_of(text, heading, name):
  """The three parts of one row of pictures: (key, kind) each."""
  row = section(text, heading).split(f'<b>{name}</b>')[1].split('<b>')[0]
  parts = row.split('<div><div class="strip">')[1:]
  return [shown(part) for part in parts]


def listed(text):
  """key -> {column: field} of the lists below the sheets, in order."""
  rows = {}
  for part in re.findall('<pre[^>]*>(.*?)</pre>', text, re.S):
    head, *lines = (
      html.unescape(line).split('\t') for line in part.split('\n')
    )
    for line in lines:
      row = dict(zip(head, line, strict=True))
      rows[row['key']] = row
  return rows


@pytest.mark.parametrize('variant', [*VARIANTS, 'random', 'unpruned'])
def test_the_gallery_loads_nothing_and_its_pictures_are_as_it_says(
  workdir, variant
):
  manifest, text = page_of(workdir, variant)
  for stranger in ('src="http', '<link', 'url(h', '@import'):
    assert stranger not in text
  assert text.count('<script') == 1 and sheet_pages.SCRIPT in text
  pictures = shown(text)
  number = text.count('src="data:image/png')
  assert len(pictures) == number - text.count('class="sheet"') > 100
  for key, kind in pictures:
    assert manifest[key]['reason'] == kind
  assert {key: row['reason'] for key, row in listed(text).items()} == {
    key: row['reason']
    for key, row in manifest.items()
    if row['reason'] != 'held_out'
  }


def test_the_lead_names_method_direction_ratio_and_counts(workdir):
  _, text = page_of(workdir, 'cluster_pixels_balanced')
  lead = text.split('</h1>')[1].split('</p>')[0]
  for fact in ('cluster', '20', 'pixels', 'balanced', 'low scores', '260 of 899',
               '639 pruned', '(28.9 %)', '898'):  # fmt: skip
    assert fact in lead


@pytest.mark.parametrize('variant', VARIANTS)
def test_borderline_is_next_to_the_cut_of_its_own_cluster(workdir, variant):
  """From the manifest alone: where, by rank in the cluster, keep changes."""
  manifest, text = page_of(workdir, variant)
  clusters = {row['cluster'] for row in manifest.values()} - {None}
  cut = 0
  for cluster in clusters:
    own = [row for row in manifest.values() if row['cluster'] == cluster]
    own.sort(key=lambda row: row['rank'])
    changes = np.flatnonzero(np.diff([row['keep'] for row in own]))
    beside = {own[i + step]['key'] for i in changes for step in (0, 1)}
    borderline = row_of(text, 'By cluster', cluster)[1:2] if beside else [[]]
    keys = {key for key, _ in borderline[0]}
    assert beside <= keys
    reach = [
      min(np.where(i <= changes, changes + 1 - i, i - changes))
      for i, row in enumerate(own)
      if row['key'] in keys
    ]
    assert max(reach, default=0) <= 4
    cut += bool(beside)
  assert cut >= len(clusters) - 1


def test_a_row_begins_with_the_nearest_and_ends_with_the_farthest(workdir):
  manifest, text = page_of(workdir, 'cluster_pixels')
  for cluster in range(20):
    own = [row for row in manifest.values() if row['cluster'] == cluster]
    own.sort(key=lambda row: row['rank'])
    kept, _, pruned = row_of(text, 'By cluster', cluster)
    assert kept[0][0] == own[0]['key'] and pruned[-1][0] == own[-1]['key']


def test_the_middle_has_two_cuts_in_each_row(workdir):
  _, text = page_of(workdir, 'cluster_pixels_mid')
  part = section(text, 'Pictures').split('Borderline')[1].split('Pruned')[0]
  assert part.count('class=cut') == 2 and len(shown(part)) == 56


def test_random_has_a_threshold_and_no_clusters(workdir):
  _, text = page_of(workdir, 'random')
  assert '>threshold<' in section(text, 'Scores')
  assert 'By cluster' not in text and len(row_of(text, 'By class', '3')) == 3


def test_where_nothing_is_pruned_there_is_no_border_and_no_threshold(workdir):
  _, text = page_of(workdir, 'unpruned')
  assert 'Nothing is pruned: 899 of 899' in text
  for heading in ('Scores', 'Borderline', 'Pruned', 'cut'):
    assert f'>{heading}<' not in text
  assert {kind for _, kind in shown(text)} == {'kept'}


def test_a_list_has_two_sides_and_no_border(workdir, tmp_path):
  (split,) = (workdir / 'shared').glob('split-*')
  np.save(tmp_path / 'mine.npy', np.load(split / 'train_idx.npy')[::3])
  _, text = page_of(workdir, 'random', str(tmp_path / 'mine.npy'))
  assert f'The list {tmp_path / "mine.npy"}: 300 of 899 are kept' in text
  assert '>Scores<' not in text and '>Borderline<' not in text
  assert {kind for _, kind in shown(text)} == {'kept', 'pruned'}


def curated(workdir, monkeypatch, **patches):
  """The gallery of cluster_pixels once more, with names of curating patched."""
  for name, value in patches.items():
    monkeypatch.setattr(gallery, name, value)
  (cell,) = workdir.glob('cluster_pixels-*')
  (cell / 'gallery.html').unlink()
  text = page_of(workdir, 'cluster_pixels')[1]
  (cell / 'gallery.html').unlink()
  return text


def test_of_many_clusters_the_largest_are_shown_and_it_says_so(
  workdir, monkeypatch
):
  manifest, whole = page_of(workdir, 'cluster_pixels')
  assert 'are shown.' not in whole
  text = curated(workdir, monkeypatch, MOST=4)
  assert 'The 4 largest of 20 are shown.' in section(text, 'By cluster')
  assert 'The 4 largest of 10 are shown.' in section(text, 'By class')
  names = re.findall('<b>([0-9]+)</b>', section(text, 'By cluster'))
  clusters = [row['cluster'] for row in manifest.values() if row['score']]
  sizes = [clusters.count(int(name)) for name in names]
  every = sorted((clusters.count(k) for k in set(clusters)), reverse=True)
  assert sizes == every[:4]


def test_only_the_pictures_that_are_shown_are_read(workdir, monkeypatch):
  read, batch = [], strips.images.batch

  def counted(source, indices, **options):
    read.append(len(indices))
    return batch(source, indices, **options)

  page_of(workdir, 'cluster_pixels')
  monkeypatch.setattr(strips.images, 'batch', counted)
  known = curated(workdir, monkeypatch)
  assert not read  # Features of pixels are pictures.
  page_of(workdir, 'cluster_pixels')
  monkeypatch.setattr(strips.pixels, 'seen', lambda run, indices: None)
  text = curated(workdir, monkeypatch)
  assert sum(read) == len(shown(text)) + len(listed(text))
  assert max(read) <= 28 and text == known


def test_photographs_are_thumbnails(workdir, monkeypatch):
  """Pictures of 256 x 256 are shown at 96 and 64, as JPEG."""
  page_of(workdir, 'unpruned')
  config = digits_quick.get_config('unpruned')
  config.data.image_size = 256
  stages.run_until(config, workdir / 'large', 'gallery')
  text = next((workdir / 'large').glob('*/gallery.html')).read_text()
  assert 'data:image/png' not in text and '--side:96px' in text
  assert '--side:64px' in text and len(text) < 1_400_000


def test_the_gallery_comes_right_after_the_selection():
  names = list(stages.STAGES)
  assert names.index('gallery') == names.index('select') + 1


def test_a_list_has_score_threshold_and_the_nearest_on_either_side(workdir):
  """By features and keys alone, each picture against all others."""
  manifest, text = page_of(workdir, 'cluster_pixels')
  rows, by_no = listed(text), {}
  by_no = {row['no']: key for key, row in rows.items()}
  (path,) = workdir.glob('shared/features_pixels-*/features.npy')
  features = np.load(path).reshape(len(manifest), -1)
  for key in list(rows)[::150]:
    row, own = rows[key], manifest[key]
    np.testing.assert_allclose(float(row['score']), own['score'], rtol=1e-5)
    below = own['score'] <= float(row['threshold'])
    assert below == (row['reason'] == 'kept')
    apart = np.linalg.norm(features - features[own['index']], axis=1)
    for column, kind in (('kept', 'kept'), ('not kept', 'pruned')):
      found = [by_no[no] for no in row[f'nearest {column}'].split()]
      others = [k for k in rows if k != key and rows[k]['reason'] == kind]
      np.testing.assert_allclose(
        [apart[manifest[k]['index']] for k in found],
        sorted(apart[manifest[k]['index']] for k in others)[: sheets.NEAR],
        rtol=1e-5,
      )


def test_of_many_pictures_some_are_on_sheets_from_one_end_to_the_other(
  workdir, monkeypatch
):
  page_of(workdir, 'cluster_pixels')
  monkeypatch.setattr(sheets, 'MOST', 100)
  text = curated(workdir, monkeypatch)
  rows = list(listed(text).values())
  assert '100 of 899 pictures, spread over all' in text and len(rows) == 100
  kept = [float(row['score']) for row in rows if row['reason'] == 'kept']
  assert 45 <= len(kept) <= 55 and kept == sorted(kept)
  assert int(rows[-1]['no']) == 99
