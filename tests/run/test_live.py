"""run.html, as the program writes it."""

import fcntl
import json
import re

import numpy as np
import pytest

from prune_dm_jax.run import interrupt
from prune_dm_jax.run import live
from prune_dm_jax.run import processes
from prune_dm_jax.run import progress

WAY = ['data', 'train']


@pytest.fixture(autouse=True)
def nothing_counted(monkeypatch):
  monkeypatch.setattr(progress.state, 'counted', ())


def text(folder, name='run.html'):
  return (folder / name).read_text()


def stages(page):
  """{stage: what became of it} of a page."""
  return dict(re.findall('"stage">([^<]*)</td><td[^>]*>([^<]*)<', page))


def test_a_page_says_what_goes_on_while_it_does_and_that_it_is_done(tmp_path):
  with live.page(tmp_path):
    with live.stage(WAY, 'data'):
      assert stages(text(tmp_path)) == {'data': 'now', 'train': 'to come'}
    with live.stage(WAY, 'train'), progress.doing('train: XLA compiles'):
      say = progress.counter('dit', 200)
      say(0)
      say(50, 'loss 0.25')
      live.open_pages[0].write()
      page = text(tmp_path)
  assert 'Stage 2 of 2: train (train: XLA compiles), for 0:00' in page
  assert 'value="50"' in page and 'dit: 50 of 200' in page
  assert 'loss 0.25' in page and 'http-equiv="refresh"' in page
  last = text(tmp_path)
  assert '<h1>done: ' in last and 'refresh' not in last
  assert 'now' not in stages(last).values() and not live.open_pages


@pytest.mark.parametrize(
  ('error', 'status', 'said'),
  [
    (ValueError('a <b> is wrong'), 'failed', 'a &lt;b&gt; is wrong'),
    (interrupt.Told('dit at step 7'), 'stopped', 'the same command goes on'),
    (KeyboardInterrupt(), 'stopped', 'the same command goes on'),
    (ZeroDivisionError(), 'failed', 'ZeroDivisionError'),
  ],
)
def test_the_last_state_says_how_a_run_ended(tmp_path, error, status, said):
  with pytest.raises(type(error)), live.page(tmp_path), live.stage(WAY, 'data'):
    raise error
  page = text(tmp_path)
  assert f'<h1>{status}: ' in page and said in page and 'refresh' not in page
  assert stages(page) == {'data': status, 'train': 'to come'}


def test_what_cannot_be_written_ends_nothing_and_is_said_once(tmp_path, caplog):
  caplog.set_level('INFO', logger='absl')
  (tmp_path / 'run.html' / 'x').mkdir(parents=True)
  with live.page(tmp_path):
    for _ in range(3):
      with live.stage(WAY, 'data'):
        live.open_pages[0].write()
    live.show('Pictures', lambda: 1 / 0)
  said = [record.getMessage() for record in caplog.records]
  assert sum('run.html is not written' in line for line in said) == 1
  assert sum('Pictures are not on run.html' in line for line in said) == 1


def test_two_runs_of_a_workdir_have_a_page_each(tmp_path):
  (tmp_path / '.locks').mkdir()
  with open(tmp_path / '.locks' / 'run.html', 'w') as other:
    fcntl.flock(other, fcntl.LOCK_EX)
    with live.page(tmp_path), live.stage(WAY, 'data'):
      pass
  assert not (tmp_path / 'run.html').exists()
  with live.page(tmp_path), live.stage(WAY, 'train'):
    pass
  assert stages(text(tmp_path, 'run-2.html'))['data'].startswith('done')
  assert stages(text(tmp_path))['train'].startswith('done')


def test_a_run_with_nothing_to_do_writes_nothing(tmp_path):
  with live.page(tmp_path):
    pass
  with pytest.raises(ValueError), live.page(tmp_path / 'none'):
    raise ValueError
  with live.page(tmp_path / 'none'), live.stage(WAY, 'data'):
    pass  # It makes no folder: whoever makes the first artifact does.
  assert [*tmp_path.iterdir()] == []


def test_processes_beside_the_first_write_nothing(tmp_path, monkeypatch):
  monkeypatch.setattr(processes, 'first', lambda: False)
  with live.page(tmp_path), live.stage(WAY, 'data'):
    live.show('none', lambda: 1 / 0)
  assert [*tmp_path.iterdir()] == []


def test_a_thread_writes_it_again_and_what_costs_more_less_often(
  tmp_path, monkeypatch
):
  monkeypatch.setattr(live, 'EVERY', 0.01)
  own = live.Page(tmp_path)
  own.took = 0.5
  assert own.wait() == 100.0  # 0.5 % of the time.
  monkeypatch.setattr(live, 'SHARE', 0)
  with live.page(tmp_path), live.stage(WAY, 'data'):
    (tmp_path / 'run.html').unlink()
    deadline = live.time.monotonic() + 20
    while not (tmp_path / 'run.html').exists():
      assert live.time.monotonic() < deadline
      live.time.sleep(0.01)


def test_pages_of_the_cell_are_linked_to_once_they_are_there(tmp_path):
  cell = tmp_path / 'own+file=a b-0.5-seed0'
  cell.mkdir()
  with live.page(tmp_path), live.stage(WAY, 'data'):
    live.of_cell(cell)
    (cell / 'gallery.html').touch()
  page = text(tmp_path)
  assert 'href="own%2Bfile%3Da%20b-0.5-seed0/gallery.html"' in page
  assert 'report.html' not in page and 'twins.html' not in page


def test_twins_are_linked_to_before_there_is_a_cell(tmp_path):
  with live.page(tmp_path), live.stage(WAY, 'data'):
    (tmp_path / 'twins.html').touch()
  assert 'href="twins.html"' in text(tmp_path)


def test_losses_are_few_and_the_torn_line_of_the_log_is_left_out(tmp_path):
  path = tmp_path / 'metrics.jsonl'
  assert live.losses(path) == ()
  lines = [json.dumps({'step': i, 'loss': 2.0 * i}) for i in range(5001)]
  path.write_text('\n'.join([*lines, '{"step": 6']))
  found = live.losses(path)
  assert len(found) <= 400 and found[0][0] < 13
  assert found[-1] == (5000, 10000.0)


def test_training_pictures_and_what_was_resumed_are_on_the_page(tmp_path):
  path = tmp_path / 'metrics.jsonl'
  path.write_text('{"step": 10, "loss": 4.0}\n{"step": 20, "loss": 1.0}\n')
  with live.page(tmp_path), live.stage(WAY, 'train'):
    live.training(tmp_path)
    live.resumed('dit, from step 10')
    live.show('Kept', lambda: np.zeros((30, 8, 8, 1), np.uint8))
  page = text(tmp_path)
  assert 'points="0.0,0.00 1000.0,100.00"' in page
  assert 'dit, from step 10' in page
  assert page.count('src="data:image/png') == 1 and 'alt="Kept"' in page


@pytest.mark.parametrize(('side', 'kind'), [(8, 'png'), (200, 'jpeg')])
def test_large_pictures_are_made_small(side, kind):
  uri = live.tiled(np.zeros((20, side, side, 3), np.uint8))
  assert uri.startswith(f'data:image/{kind}') and len(uri) < 20_000
