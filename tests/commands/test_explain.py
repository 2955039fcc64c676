"""What is said of one picture, against its cell's manifest and the pictures."""

import re
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from prune_dm_jax.commands import explain
from prune_dm_jax.run import cells
from prune_dm_jax.stages import explained


def rows(cell):
  return pq.read_table(cell / 'manifest.parquet').to_pylist()


COPIES = ('cat/c 1.png', 'dog/d 2.png')
"""Two of one score."""


def one(cell, reason, **wanted):
  """The first row, of no copy, with this reason and these values."""
  for row in rows(cell):
    if row['key'] in COPIES:
      continue
    if row['reason'] == reason and wanted.items() <= row.items():
      return row
  raise AssertionError(wanted)


def said(capsys, *words):
  explain.explain(explain.options([str(word) for word in words]))
  return capsys.readouterr().out


@pytest.mark.parametrize('reason', ['kept', 'pruned'])
def test_rank_and_threshold_are_those_of_its_cluster(tiny, reason, capsys):
  row = one(tiny.clustered, reason, cluster=1)
  text = said(capsys, tiny.clustered, row['key'])
  scored = [r for r in rows(tiny.clustered) if r['score'] is not None]
  own = sorted(
    (r['score'], r['keep']) for r in scored if r['cluster'] == row['cluster']
  )
  kept = sum(keep for _, keep in own)
  cut = (own[kept - 1][0] + own[kept][0]) / 2
  place = [score for score, _ in own].index(row['score']) + 1
  whole = sum(r['score'] <= row['score'] for r in scored)
  assert (
    f'\nreason     {reason}: method cluster on 2 clusters of pixels' in text
  )
  assert f'{whole} of {len(scored)} from the lowest; {place} of' in text
  assert f'1, {kept} of its {len(own)} are kept' in text
  side = 'below' if reason == 'kept' else 'above'
  found = re.search(rf'threshold  ([\d.]+); it is ([\d.]+) {side} it', text)
  assert float(found[1]) == pytest.approx(cut, rel=1e-5)
  assert float(found[2]) == pytest.approx(abs(cut - row['score']), rel=1e-3)


def test_neighbours_are_the_nearest_on_either_side_by_brute_force(tiny, capsys):
  table = rows(tiny.clustered)
  row = one(tiny.clustered, 'kept')
  read = lambda r: np.asarray(Image.open(tiny.data / r['key'])).ravel() / 127.5
  apart = lambda r: float(np.linalg.norm(read(r) - read(row)))
  text = said(capsys, tiny.clustered, row['key'])
  for side in ('kept', 'pruned'):
    part = text.split(f'Nearest {side}, by pixels:\n')[1].split('\nN')[0]
    found = re.findall(r'([\d.]+), (\w+), (.+)', part)
    near = sorted(
      (apart(r), r['key']) for r in table
      if r['reason'] == side and r['key'] != row['key']
    )[:5]  # fmt: skip
    assert [key for _, _, key in found] == [key for _, key in near]
    for (distance, reason, _), (wanted, _) in zip(found, near, strict=True):
      assert reason == side
      assert float(distance) == pytest.approx(wanted, rel=1e-3)


def test_a_byte_copy_is_named_as_a_twin(tiny, capsys):
  text = said(capsys, tiny.clustered, 'c 1')
  assert 'twins      1\n' in text
  assert re.search(r'Twins:\n  the same pixels, \w+, dog/d 2.png\n', text)
  assert 'no exact copy in the data' in said(capsys, tiny.clustered, 'c 2')


def test_groups_and_looks_of_a_manifest_are_told(tiny):
  run = cells.opened(tiny.clustered)
  table = cells.manifest(tiny.clustered)
  size = table.num_rows
  groups = pa.array([7 if i in (0, 5, 9) else None for i in range(size)])
  table = table.append_column('group', groups)
  table = table.append_column('sharpness', pa.array(np.arange(size) / 10))
  found = explained.twins(run, table, 5)
  assert [i for i, _ in found] == [0, 9]
  assert all(text.startswith('near, ') for _, text in found)
  assert explained.twins(run, table, 3) == 'none in the data'
  row = table.slice(6, 1).to_pylist()[0]
  share = f'{100 * 6 / size:.0f} % have'
  assert dict(explained.looks(table, row))['sharpness'] == (
    f'0.6, more than {share}'
  )


def test_what_is_held_out_has_no_score_and_still_neighbours(tiny, capsys):
  row = one(tiny.clustered, 'held_out')
  text = said(capsys, tiny.clustered, row['key'])
  assert 'held out for judging' in text and 'score' not in text
  assert text.count('Nearest ') == 2


def test_features_that_are_not_on_disk_are_said_not_to_be(
  tiny, tmp_path, capsys
):
  runs = shutil.copytree(tiny.clustered.parent, tmp_path / 'runs')
  for folder in (runs / 'shared').glob('features_pixels-*'):
    shutil.rmtree(folder)
  text = said(capsys, runs / tiny.clustered.name, 'c 2')
  assert 'features of pixels are not on disk' in text and 'Nearest' not in text


def test_a_page_shows_the_picture_its_twins_and_its_neighbours(
  tiny, tmp_path, capsys
):
  page = tmp_path / 'page.html'
  said(capsys, tiny.clustered, 'c 1', f'--out={page}')
  text = page.read_text()
  assert (
    text.count('src="data:image/png') == text.count('src=') == 1 + 1 + 5 + 5
  )
  heads = re.findall('<h2>(.*?)</h2>', text)
  assert heads == [
    'What is known', 'The picture', 'Twins', 'Nearest kept, by pixels',
    'Nearest pruned, by pixels',
  ]  # fmt: skip
  manifest = {r['key']: r['reason'] for r in rows(tiny.clustered)}
  for kind, title in re.findall(r'<img class="(\w+)".*?title="(.*?)"', text):
    key = title.split(', ')[-1]
    assert (manifest[key] == 'kept') == (kind == 'kept')


def test_a_random_cell_has_a_threshold_for_all(tiny, capsys):
  row = one(tiny.random, 'pruned')
  text = said(capsys, tiny.random, row['key'])
  scored = sorted(
    (r['score'], r['keep']) for r in rows(tiny.random) if r['score'] is not None
  )
  first = [keep for _, keep in scored].index(True)
  cut = (scored[first - 1][0] + scored[first][0]) / 2
  assert f'threshold  {cut:.6g}; it is' in text and 'cluster  ' not in text
