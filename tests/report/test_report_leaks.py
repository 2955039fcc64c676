"""Copies of held-out pictures in training are said beside what they flatter."""

import json
import types

import pytest
import sweeps
from sweeps import into

from prune_dm_jax.commands import report as command
from prune_dm_jax.report import evidence
from prune_dm_jax.report import leaks
from prune_dm_jax.report import sweep
from prune_dm_jax.stages import report
from prune_dm_jax.stages import shown

SAID = (
  '23 % of the held-out pictures (46 of 200, 40 of them the same file) have a '
  'copy among those trained on: it flatters the Fréchet distance, precision and '
  'recall, and hides memorisation.'
)
COUNTED = {'bytes': 40, 'pixels': 46}
CHOSEN = dict(
  data='d', file='', method='random', direction='low', k=0, allocation='',
  backbone='',
)  # fmt: skip
FACTS = dict(fingerprint='f', shared_seed=0, held_out=200, kept=50, pruned=50)


def split(workdir, name='split-00000000', **other):
  path = workdir / 'shared' / name / 'split.json'
  path.parent.mkdir(parents=True)
  facts = dict(
    fingerprint='f', shared_seed=0, held_out=200, train=100, leaks=COUNTED,
  )  # fmt: skip
  path.write_text(json.dumps(facts | other))
  return path.parent


def test_the_sentence_has_the_share_and_how_many():
  assert leaks.sentence(COUNTED, 200) == SAID
  assert 'same file' not in leaks.sentence({'bytes': 0, 'pixels': 1}, 7)
  assert leaks.sentence({'bytes': 0, 'pixels': 0}, 200) == ''
  assert leaks.sentence({}, 0) == ''


@pytest.mark.parametrize(
  'other',
  [dict(fingerprint='g'), dict(shared_seed=1), dict(held_out=9), dict(train=9)],
)
def test_a_cell_is_of_the_split_that_has_its_numbers(other, tmp_path):
  split(tmp_path, 'split-11111111', leaks={'bytes': 0, 'pixels': 3}, **other)
  assert leaks.of(tmp_path / 'cell', FACTS) == {}
  split(tmp_path, 'split-22222222')
  assert leaks.of(tmp_path / 'cell', FACTS) == COUNTED


def test_what_is_used_at_high_noise_is_of_the_split_too(tmp_path):
  split(tmp_path, 'split-11111111')
  some = FACTS | dict(pruned=0, high_noise=FACTS['pruned'])
  assert leaks.of(tmp_path / 'cell', some) == COUNTED
  of_a_list = FACTS | dict(high_noise=3)  # Which keeps them.
  assert leaks.of(tmp_path / 'cell', of_a_list) == COUNTED


ROW = dict(
  of='samples', value=0.5, low=0.4, high=0.6, n=9, n_reference=9, warning='',
  reference='held-out pictures', backbone='judge',
)  # fmt: skip
NUMBERS = ('frechet_distance', 'recall', 'copies', 'asked_class')
FLATTERED = ['Fidelity', 'Diversity', 'Memorisation']


@pytest.mark.parametrize('counted', [COUNTED, {'bytes': 0, 'pixels': 0}, None])
def test_the_report_of_a_cell_says_it_above_its_numbers(
  counted, tmp_path, monkeypatch
):
  for name in ('sampled', 'kept_and_pruned', 'nearest'):
    monkeypatch.setattr(shown, name, lambda *_, **__: '')
  monkeypatch.setattr(report, 'how_made', lambda *_: [])
  monkeypatch.setattr(report, 'how_drawn', lambda _: '')
  monkeypatch.setattr(report, 'others', lambda _: {})
  folder = split(tmp_path, **({'leaks': counted} if counted else {}))
  if counted is None:  # Of before it was counted.
    facts = json.loads((folder / 'split.json').read_text())
    del facts['leaks']
    (folder / 'split.json').write_text(json.dumps(facts))
  files = {
    'selection': FACTS | CHOSEN,
    'metrics': [ROW | {'metric': name} for name in NUMBERS],
    'samples/settings': {},
  }
  (tmp_path / 'samples').mkdir()
  for name, value in files.items():
    (tmp_path / f'{name}.json').write_text(json.dumps(value))
  paths = types.SimpleNamespace(split=folder, twins=tmp_path / 'none')
  text = report.report(types.SimpleNamespace(paths=paths), tmp_path)
  first, *chapters = text.split('<details class="chapter">')
  said = {c.split('</h2>')[0].split('<h2>')[1] for c in chapters if SAID in c}
  assert said == (set(FLATTERED) if counted is COUNTED else set())
  assert (f'{SAID}</p><div class="first">' in first) == (counted is COUNTED)


def test_the_page_of_a_sweep_says_it_and_so_do_its_small_results(tmp_path):
  runs = sweeps.small(tmp_path / 'runs')
  for path in runs.glob('*/selection.json'):
    facts = json.loads(path.read_text())
    facts |= {**FACTS, 'kept': facts['kept'], 'pruned': 100 - facts['kept']}
    path.write_text(json.dumps(facts))
  write = lambda name, folder: evidence.write(
    into(tmp_path / name), sweep.read([folder])
  ).read_text()
  split(runs)
  command.results(tmp_path / 'results', sweep.read([runs]))
  (results,) = (tmp_path / 'results').iterdir()
  texts = [write('runs_page', runs), write('results_page', results)]
  for text in texts:
    sections = dict(
      part.split('</h2>') for part in text.split('<h2>')[1:]
    )  # Heading to what is below.
    assert {name for name in sections if SAID in sections[name]} == {
      'The answer', 'Figures 1 and 5: metrics against prune ratio',
      'Table 1: memorisation', 'Every number',
    }  # fmt: skip
