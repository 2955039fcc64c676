"""A planted set, and what methods find in it."""

import json
import pathlib
import types

import numpy as np
import pytest
import tiny as tiny_lib

from prune_dm_jax.commands import truth as command
from prune_dm_jax.data import planted
from prune_dm_jax.data.planted_kinds import KINDS
from prune_dm_jax.run import opening
from prune_dm_jax.stages import truth as truth_lib


@pytest.fixture(scope='module')
def config(tiny):
  return tiny_lib.config(tiny.data, 'random')


def asked(monkeypatch, *methods):
  monkeypatch.setattr(truth_lib, 'RATIOS', (0.5,))
  monkeypatch.setattr(command, 'METHODS', Value(list(methods)))
  for name, value in dict(SHARE=0.04, PICTURES=100, SEED=0, FOREIGN='').items():
    monkeypatch.setattr(command, name, Value(value))


class Value:
  def __init__(self, value):
    self.value = value


def contents(folder):
  names = ('truth.json', 'truth.tsv')
  return [(folder / name).read_bytes() for name in names]


def test_the_same_command_gives_the_same_bytes_and_another_another_folder(
  config, tmp_path, monkeypatch, capsys
):
  asked(monkeypatch, 'random', 'dedup')
  first = command.found(config, tmp_path / 'a')
  stamp = (first / 'truth.json').stat().st_mtime_ns
  assert command.found(config, tmp_path / 'a') == first
  assert (first / 'truth.json').stat().st_mtime_ns == stamp
  assert contents(command.found(config, tmp_path / 'b')) == contents(first)
  command.show(first)
  said = capsys.readouterr().out
  assert all(row.about in said for row in KINDS.values())
  rows = json.loads((first / 'truth.json').read_text())
  twins = [r for r in rows if r['kind'] == 'byte twin']
  assert {r['kept'] for r in twins if r['method'] == 'dedup'} == {0}
  asked(monkeypatch, 'random')
  assert command.found(config, tmp_path / 'a') != first
  assert (first / 'truth.json').stat().st_mtime_ns == stamp


@pytest.fixture(scope='module')
def there(config, tmp_path_factory):
  """The Truth of the tiny set, and the run of random on it."""
  workdir = tmp_path_factory.mktemp('runs')
  source_run = opening.open_checked(config, workdir, judged=False)
  folder = truth_lib.plant(
    source_run, source_run.source, kinds=tuple(KINDS), share=0.04,
    pictures=100, seed=0,
  )  # fmt: skip
  truth = truth_lib.read(folder)
  return truth, truth_lib.opened(config, truth, workdir, 'random')


def given_scores(monkeypatch, run, score):
  """As if a method had those scores."""
  size = len(run.source)
  found = truth_lib.scores_lib.Scores(
    score, np.full(size, np.nan), np.zeros(size, int), np.arange(size)
  )
  monkeypatch.setattr(truth_lib.stages, 'build', lambda run, last: None)
  monkeypatch.setattr(truth_lib.scores_lib, 'load', lambda run: found)


def test_kinds_stand_where_the_table_says(there):
  truth, run = there
  table = (pathlib.Path(truth.path).parent / planted.TABLE).read_text()
  kind = {r.split('\t')[0]: r.split('\t')[1] for r in table.splitlines()}
  assert [kind[key] for key in run.source.keys] == truth.kind.tolist()


@pytest.mark.parametrize('kind', ['noise', 'wrong label', 'rare class'])
def test_an_indicator_of_a_kind_keeps_none_or_all_of_it(
  kind, there, monkeypatch
):
  truth, run = there
  given_scores(monkeypatch, run, (truth.kind == kind).astype(float))
  for row in truth_lib.rows(truth, run):
    if row['kind'] == kind and row['keep'] in ('low', 'high'):
      away = row['keep'] == 'low'
      assert row['share'] == 1 - away and row['area'] == away


def test_one_of_each_pair_that_leaves_first_keeps_no_pair_whole(
  there, monkeypatch
):
  truth, run = there
  twin = np.isin(np.arange(len(truth.kind)), truth.pairs[:, 0])
  given_scores(monkeypatch, run, twin.astype(float))
  monkeypatch.setattr(truth_lib, 'RATIOS', (0.5, 0.9))  # Where twins all leave.
  rows = list(truth_lib.rows(truth, run))
  low = [r for r in rows if r['keep'] == 'low' and r['neither'] is not None]
  assert {row['kind'] for row in low} == set(truth_lib.TWINS)
  assert all(row['share'] == 0 and row['area'] == 1 for row in low)


def test_what_is_kept_is_what_a_cell_of_that_ratio_keeps(there):
  run = there[1]
  scores = truth_lib.scores_lib
  truth_lib.stages.build(run, 'scores')
  kept = truth_lib.kept_by(run, scores.load(run), 'high', 0.25)
  cell = truth_lib.stages.build(run, 'select')
  np.testing.assert_array_equal(
    np.flatnonzero(kept), np.load(cell / 'kept_idx.npy')
  )


def test_a_method_that_is_told_the_number_is_told_each(there, monkeypatch):
  truth, run = there
  row, told, ratios = truth_lib.METHODS['gist'], [], (0.5, 0.9)

  def heard(given, **options):
    told.append(given['number'])
    return row.scores(given, **options)

  monkeypatch.setitem(truth_lib.METHODS, 'gist', row._replace(scores=heard))
  monkeypatch.setattr(truth_lib, 'RATIOS', ratios)
  config = run.config.copy_and_resolve_references()
  config.score.update(method='gist', backbone='pixels', num_clusters=1)
  assert list(
    truth_lib.rows(truth, truth_lib.at(run._replace(config=config), 0.5))
  )
  assert told == [len(run.train) - int(len(run.train) * r) for r in ratios]


def test_random_is_where_chance_has_it(there):
  """Of 400 draws one in twenty is outside at most, and then some for luck."""
  truth, run = there
  outside, rng = 0, np.random.default_rng(0)
  for _ in range(400):
    kept = np.zeros(len(run.source), bool)
    kept[rng.permutation(len(kept))[: len(kept) // 2]] = True
    number, there_, _, chances = truth_lib.count(truth, '', kept)
    _, low, high = truth_lib.shares.expected(chances)
    outside += not low <= there_ <= high
  assert outside < 0.05 * 400 + 15


def test_a_method_that_is_none_is_refused(config, tmp_path, monkeypatch):
  asked(monkeypatch, 'cluster_pixel')
  with pytest.raises(ValueError, match="--methods: 'cluster_pixel' is none"):
    command.found(config, tmp_path)


def test_what_a_set_cannot_have_is_asked_for_by_name_alone(config, monkeypatch):
  asked(monkeypatch)
  config = config.copy_and_resolve_references()
  source = types.SimpleNamespace(class_names=('a', 'b'))
  found = command.methods(config, source)
  assert {'el2n', 'cld', 'diffusion_classifier'} <= set(found)
  config.dit.conditional, config.surrogate.evaluations = False, 3
  fewer = command.methods(config, source)
  assert set(found) - set(fewer) == {'cld', 'diffusion_classifier'}
