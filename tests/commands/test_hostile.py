"""Names of someone's files command nothing: no browser, terminal or table."""

import csv
import os

import hostile
import pyarrow.parquet as pq
import pytest

from prune_dm_jax.commands import data
from prune_dm_jax.commands import diff
from prune_dm_jax.commands import explain
from prune_dm_jax.commands import export
from prune_dm_jax.commands import prune
from prune_dm_jax.data import lists
from prune_dm_jax.run import cells
from prune_dm_jax.run import command_line


def typed(command, call, *words):
  """A command as it is called by its name, in this process."""
  given = command.options([str(word) for word in words])
  command_line.plainly(lambda: call(given))


@pytest.fixture(scope='module')
def cell(tmp_path_factory):
  """What `prune` makes of pictures by such names."""
  folder = tmp_path_factory.mktemp('hostile')
  pictures, out = hostile.pictures(folder / 'set'), folder / 'runs'
  options = ('--method=random', '--twins=drop', '--size=8')
  typed(prune, prune.prune, pictures, f'--out={out}', *options)
  (found,) = out.glob('random-*')
  return found


def keys(cell):
  return pq.read_table(cell / 'manifest.parquet')['key'].to_pylist()


def escaped(text):
  return all(line.isprintable() for line in text.replace('\t', '').split('\n'))


def test_the_gallery_shows_names_and_does_nothing_that_they_say(cell):
  text = (cell / 'gallery.html').read_text()
  assert hostile.is_harmless(text)
  assert '&lt;svg onload=alert(1)&gt;' in text
  assert text.count('class="pair"') + text.count('class="few"') > 0


def test_pages_and_lines_of_explain_show_names_alone(cell, tmp_path, capsys):
  for i, key in enumerate(keys(cell)[:8]):
    page = tmp_path / f'{i}.html'
    typed(explain, explain.explain, cell, key, f'--out={page}')
    assert hostile.is_harmless(page.read_text())
  said = capsys.readouterr().out
  assert '\\x1b]0;mine\\x07' in said and escaped(said)


def test_pages_and_lines_of_diff_show_names_alone(cell, tmp_path, capsys):
  (tmp_path / 'few.txt').write_text('\n'.join(keys(cell)[:9]))
  page = tmp_path / 'diff.html'
  typed(diff, diff.diff, cell, tmp_path / 'few.txt', f'--out={page}')
  assert hostile.is_harmless(page.read_text())
  said = capsys.readouterr().out
  assert '\\x1b[31m\\u202e$p\\|q' in said and escaped(said)


def test_a_folder_is_described_without_a_command_to_the_terminal(
  cell, tmp_path, capsys
):
  path = hostile.pictures(tmp_path / 'set')
  for name in (b'\xff.png', b'a\nb.png', b'a\rb.png', b'\xe2\x80\xa8.png'):
    first = path / hostile.CLASSES[0] / hostile.FILES[0]
    os.link(first, os.fsencode(path) + b'/' + name)
  typed(data, data.describe, path)
  said = capsys.readouterr().out
  assert 'a\\rb.png' in said and '\\udcff.png' in said and escaped(said)
  assert '28 = 24 usable + 4 bad' in said


def test_no_field_of_a_csv_is_a_formula_and_every_key_is_read_back(
  cell, tmp_path
):
  path = tmp_path / 'all.csv'
  typed(export, export.export, cell, '--to=csv', f'--out={path}')
  with path.open(newline='', encoding='utf-8') as file:
    rows = list(csv.reader(file))
  fields = [field for row in rows for field in row]
  assert not any(field.startswith(('=', '+', '-', '@')) for field in fields)
  assert any(field.startswith('./=cmd') for field in fields)
  kept = [row[0] for row in rows[1:] if row[5] == '1']
  source = cells.opened(cell).source
  found = lists.read_list(path, source)
  assert len(found) == len(kept) > 0
  for i, key in zip(found, kept, strict=True):
    assert key in (source.keys[i], f'./{source.keys[i]}')


@pytest.mark.parametrize('to', ['links', 'copies', 'huggingface', 'fiftyone'])
def test_exports_write_what_they_are_asked_for_and_nothing_else(
  cell, to, tmp_path
):
  names = {'huggingface': 'metadata.jsonl', 'fiftyone': 'a.json'}
  out = tmp_path / 'out' / names.get(to, 'tree')
  before = sorted(cell.parents[1].rglob('*'))
  typed(export, export.export, cell, f'--to={to}', f'--out={out}')
  assert sorted(cell.parents[1].rglob('*')) == before
  assert os.listdir(tmp_path) == ['out'] and os.listdir(out.parent) == [
    out.name
  ]
  if out.is_dir():
    found = [p.relative_to(out).as_posix() for p in out.rglob('*.png')]
    table = pq.read_table(cell / 'manifest.parquet').to_pylist()
    assert sorted(found) == [row['key'] for row in table if row['keep']]
