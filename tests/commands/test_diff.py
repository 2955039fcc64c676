"""Two cells and lists of the same data, compared."""

import re
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy import stats

from prune_dm_jax.commands import diff
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests


def rows(cell):
  return pq.read_table(cell / 'manifest.parquet').to_pylist()


def kept(cell):
  return {row['key'] for row in rows(cell) if row['keep']}


def said(capsys, *words):
  diff.diff(diff.options([str(word) for word in words]))
  return capsys.readouterr().out


def number(text, pattern):
  return float(re.search(pattern, text)[1].replace(',', ''))


def test_two_cells_by_numbers_of_their_manifests(tiny, capsys):
  text = said(capsys, tiny.clustered, tiny.random)
  a, b = kept(tiny.clustered), kept(tiny.random)
  among = sum(row['reason'] != 'held_out' for row in rows(tiny.random))
  assert number(text, r'kept by both +(\d+);') == len(a & b)
  chance = len(a) * len(b) / among
  assert number(text, r'by chance ([\d.]+)\n') == pytest.approx(
    chance, abs=0.05
  )
  assert number(text, r'Jaccard +([\d.]+)') == pytest.approx(
    len(a & b) / len(a | b), abs=5e-4
  )
  assert number(text, r'changed sides +(\d+)') == len(a ^ b) > 0
  for key in a ^ b:
    assert f'\n  {key}\n' in text + '\n'
  both = zip(rows(tiny.clustered), rows(tiny.random), strict=True)
  scores = [(x['score'], y['score']) for x, y in both if x['score'] is not None]
  agreement = stats.spearmanr(*np.transpose(scores)).statistic
  assert number(text, r'correlation +(-?[\d.]+)') == pytest.approx(
    agreement, abs=5e-4
  )


def test_classes_and_clusters_add_up_to_the_whole(tiny, capsys):
  text = said(capsys, tiny.clustered, tiny.random)
  for heading in ('By class', 'By cluster of A'):
    part = text.split(f'{heading}\n\n')[1].split('\n\n')[0]
    cells = [line.split('|')[2:6] for line in part.splitlines()[2:]]
    totals = np.array(cells, int).sum(axis=0).tolist()
    a, b = kept(tiny.clustered), kept(tiny.random)
    assert totals[1:] == [len(a), len(b), len(a & b)]


def test_a_cell_is_the_same_as_itself_and_as_its_own_lists(tiny, capsys):
  cell = tiny.clustered
  for other in (cell, cell / 'kept.txt', cell / 'kept_idx.npy'):
    text = said(capsys, cell, other)
    assert number(text, r'Jaccard +([\d.]+)') == 1
    assert re.search(r'changed sides +0: 0 kept by A alone, 0 by B', text)
    assert 'Kept by' not in text
    assert ('By cluster\n' in text) == (other == cell)


def test_two_lists_ask_for_their_data_and_are_compared_with_it(tiny, capsys):
  lists = tiny.clustered / 'kept.txt', tiny.random / 'kept.txt'
  with pytest.raises(ValueError, match='are lists; --data=PATH says'):
    said(capsys, *lists)
  text = said(capsys, *lists, f'--data={tiny.data}')
  a, b = kept(tiny.clustered), kept(tiny.random)
  assert number(text, r'kept by both +(\d+);') == len(a & b)
  assert number(text, r'by chance ([\d.]+)\n') == pytest.approx(
    len(a) * len(b) / 24, abs=0.05
  )


def test_a_page_shows_the_pictures_that_changed_sides(tiny, tmp_path, capsys):
  page = tmp_path / 'page.html'
  said(capsys, tiny.clustered, tiny.random, f'--out={page}')
  text = page.read_text()
  changed = kept(tiny.clustered) ^ kept(tiny.random)
  assert set(re.findall(r'title="([^"]*)"', text)) == changed
  assert text.count('src="data:image/') == len(changed) == text.count('src=')
  with pytest.raises(ValueError, match='is there already'):
    said(capsys, tiny.clustered, tiny.random, f'--out={page}')


def test_what_is_neither_or_of_other_data_is_refused(tiny, tmp_path, capsys):
  with pytest.raises(ValueError, match='there is no such cell or list'):
    said(capsys, tiny.clustered, tmp_path / 'none')
  with pytest.raises(ValueError, match='no cell of a run'):
    said(capsys, tiny.clustered, tiny.data)
  with pytest.raises(ValueError, match='says which data it is of'):
    said(capsys, tiny.clustered, tiny.random, f'--data={tiny.data}')
  with pytest.raises(ValueError, match='--out=page.pdf: a page is an .html'):
    said(capsys, tiny.clustered, tiny.random, '--out=page.pdf')


def test_a_cell_of_other_data_is_refused(tiny, tmp_path, capsys):
  other = shutil.copytree(tiny.random, tmp_path / 'other')
  table = pq.read_table(other / 'manifest.parquet')
  table = table.replace_schema_metadata({'fingerprint': 'f' * 16})
  pq.write_table(table, other / 'manifest.parquet')
  facts = damage.read_json(other / 'selection.json')
  digest = digests.of_file(other / 'manifest.parquet')
  facts['hashes']['manifest.parquet'] = digest
  artifacts.write_json(other / 'selection.json', facts)
  (other / 'digests.json').unlink()
  with pytest.raises(ValueError, match='a cell of other data .*f{16}'):
    said(capsys, tiny.clustered, other)
