"""Pages in a real browser: what runs there, what is shown, and what is not."""

import itertools
import os
import pathlib
import shutil

import browser
import pyarrow.parquet as pq
import pytest
import sweeps
from test_stage_report import run  # noqa: F401

from prune_dm_jax.report import evidence
from prune_dm_jax.report import gallery as drawing
from prune_dm_jax.report import sheets
from prune_dm_jax.report import sweep
from prune_dm_jax.run import live
from prune_dm_jax.run import progress
from prune_dm_jax.stages import gallery
from prune_dm_jax.stages import made
from prune_dm_jax.stages import report
from prune_dm_jax.stages import twins_page

PIXEL = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='
KEYS = ('first', '<b>second</b>', 'third')
PAGES = ('gallery', 'report', 'run', 'running', 'sweep', 'twins')

AXE = pathlib.Path(os.environ.get('AXE_CORE', 'axe.min.js'))
NO_AXE = 'AXE_CORE names no axe.min.js, which `npm pack axe-core` has'

pytestmark = [
  pytest.mark.slow,
  pytest.mark.skipif(not browser.PROGRAM, reason=browser.WHY_NOT),
]


@pytest.fixture(scope='module')
def pages(run, tmp_path_factory):  # noqa: F811
  """name -> page, of pictures whose names would command a browser."""
  (cell,) = run.workdir.glob('random-*')
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(made, 'training', lambda *_: [])  # Nothing was trained.
    (cell / 'report.html').write_text(report.report(run, cell))
  with live.page(run.workdir), live.stage(['data', 'gallery'], 'gallery'):
    gallery.build(run)
    running = run_at_work(run.workdir)
    twins_page.write(run)
  folder = tmp_path_factory.mktemp('sweep')
  cells = sweep.read([sweeps.small(folder)])
  return {
    'gallery': cell / 'gallery.html',
    'report': cell / 'report.html',
    'run': run.workdir / 'run.html',
    'running': running,
    'sweep': evidence.write(sweeps.into(folder / 'out'), cells),
    'twins': run.workdir / 'twins.html',
  }


def run_at_work(workdir):
  """A copy of run.html as it is in the midst of a training."""
  lines = [f'{{"step": {i}, "loss": {9 / (i + 1)}}}\n' for i in range(50)]
  (workdir / 'metrics.jsonl').write_text(''.join(lines))
  live.training(workdir)
  progress.counter('dit', 100, unit='step ')(50, 'loss 0.25')
  live.open_pages[0].write()
  return shutil.copy(workdir / 'run.html', workdir / 'running.html')


@pytest.fixture(scope='module')
def chromium():
  with browser.opened() as opened:
    yield opened


@pytest.fixture
def tab(chromium):
  """An empty page, where nothing went wrong yet."""
  chromium.script(on=True)
  chromium.go('about:blank')
  chromium.errors.clear()
  return chromium


def of_three(tmp_path, part=''):
  """A gallery of three pictures."""
  images = [drawing.image(PIXEL, key, 'kept', ['rank 3']) for key in KEYS]
  text = drawing.page('t', '', [('', [drawing.strip(images), part])])
  (tmp_path / 'page.html').write_text(text)
  return tmp_path / 'page.html'


def test_a_picture_is_shown_larger_with_what_it_says_and_keys_go_on(
  tmp_path, tab
):
  tab.go(of_three(tmp_path))
  tab.run('all[0].click()')
  tab.press('ArrowRight')
  assert tab.run('box.open && large.src') == PIXEL
  assert tab.run('said.textContent') == f'{KEYS[1]}\nrank 3'
  for _ in KEYS:
    tab.press('ArrowLeft')
  assert tab.run('said.textContent') == f'{KEYS[1]}\nrank 3'
  tab.press('Escape')
  assert not tab.run('box.open') and tab.errors == []
  tab.run('new Promise(done => setTimeout(done, 200))')
  assert tab.run('document.activeElement === all[0]')


def test_no_script_of_anyone_else_runs_and_nothing_is_loaded(tmp_path, tab):
  evil = (
    '<script>document.body.id = "taken"</script>'
    '<img src="x" onerror="document.body.id = \'taken\'">'
  )
  tab.go(of_three(tmp_path, evil))
  assert tab.run('document.body.id') == '' and tab.run('all.length') == 3
  assert len(tab.errors) == 3  # It is said what was refused.


def each_way(tab, path):
  """Yields a width and a scheme of colours in which the page is opened."""
  for width in (1280, 390):
    for scheme in ('light', 'dark'):
      tab.size(width)
      tab.media(scheme=scheme)
      tab.go(path)
      opened = (
        'document.querySelectorAll("details").forEach(d => d.open = true)'
      )
      tab.run(opened)
      yield width, scheme


@pytest.mark.parametrize('name', PAGES)
def test_every_page_opens_without_an_error_and_is_as_wide_as_the_screen(
  pages, name, tab
):
  for width, _ in each_way(tab, pages[name]):
    assert tab.run('document.documentElement.scrollWidth') <= width
    assert tab.run('document.querySelectorAll("h1").length') == 1
  assert tab.errors == []


@pytest.mark.skipif(not AXE.is_file(), reason=NO_AXE)
@pytest.mark.parametrize('name', PAGES)
def test_axe_finds_no_fault(pages, name, tab):
  for width, scheme in each_way(tab, pages[name]):
    tab.run(f'{AXE.read_text()};0')
    found = tab.run(
      'axe.run().then(found => found.violations.map(v => [v.impact, v.id, '
      'v.nodes.length, v.nodes[0].html]))'
    )
    assert found == [], (width, scheme)


def choose(tab, **values):
  """Sets fields of the form of a gallery."""
  for name, value in values.items():
    tab.run(f'form_of().elements["{name}"].value = {value!r}')
  tab.run('form_of().dispatchEvent(new Event("input"))')


def tiles(tab):
  """[(key, reason)] of the grid, in order."""
  titles = '[...document.querySelectorAll(".grid .tile")].map(t => t.title)'
  return [tuple(title.rsplit(', ', 1)) for title in tab.run(titles)]


def test_a_gallery_is_filtered_sorted_and_searched(pages, tab):
  tab.go(pages['gallery'])
  tab.run('var form_of = () => document.querySelector("form.tools")')
  assert not tab.run('browse.hidden') and tab.run('root.hidden')
  everyone = tiles(tab)
  choose(tab, reason='kept')
  assert tiles(tab) == [t for t in everyone if t[1] == 'kept'] != everyone
  choose(tab, reason='', by='class')
  assert sorted(tiles(tab)) == sorted(everyone) and tiles(tab) != everyone
  classes = [key.split('/')[0] for key, _ in tiles(tab)]
  changes = sum(a != b for a, b in itertools.pairwise(classes))
  assert changes == len({*classes}) - 1 == 2
  choose(tab, by='')
  tab.press('/')
  for letter in 'mine':
    tab.press(letter)
  found = tiles(tab)
  assert found == [t for t in everyone if 'mine' in t[0]] != []
  said = tab.run('document.querySelector("output").textContent')
  assert said == f'{len(found)} of {len(everyone)}' and tab.errors == []


def test_a_picture_of_the_grid_opens_with_its_file_and_leads_to_the_next(
  pages, tab
):
  tab.go(pages['gallery'])
  tab.run('document.querySelector(".grid .tile").click()')
  seen = []
  for item in tab.run('items.slice(0, 4).map(one => [one.key, one.file])'):
    assert tab.run('said.textContent').startswith(item[0])
    href = tab.run('more.querySelector("a").getAttribute("href")')
    assert href.endswith(item[1])
    url = tab.run(
      'decodeURIComponent(new URL(more.querySelector("a").href).pathname)'
    )
    assert pathlib.Path(url).is_file()
    seen.append(url)
    tab.press('ArrowRight')
  assert len({*seen}) == 4 and tab.errors == []
  tab.press('Escape')
  assert not tab.run('box.open')


def test_a_printed_gallery_has_every_picture_that_was_chosen(tmp_path, tab):
  """On the screen they are drawn as it is scrolled."""
  rows = [(i, f'key {i}', 'kept', *[''] * 8) for i in range(700)]
  drawn = sheets.sheet(PIXEL, rows, first=0, side=96)
  parts = sheets.section([drawn], '', side=16, tile=96, folder='')
  (tmp_path / 'page.html').write_text(drawing.page('t', '', [('', parts)]))
  tab.size(400, 300)
  tab.go(tmp_path / 'page.html')
  assert len(tiles(tab)) < 700
  tab.call('Page.printToPDF')
  assert len(tiles(tab)) == 700 and tab.errors == []


def test_without_script_every_picture_and_what_it_is_is_there(pages, tab):
  tab.script(False)
  tab.go(pages['gallery'])
  assert tab.run('document.getElementById("browse").hidden')
  assert tab.run('document.querySelector(".sheet img").naturalWidth') > 0
  lines = tab.run('document.querySelector(".sheet pre").textContent').split(
    '\n'
  )
  table = pq.read_table(pages['gallery'].with_name('manifest.parquet'))
  reasons = table['reason'].to_pylist()
  assert len(lines) - 1 == len(reasons) - reasons.count('held_out') > 10
