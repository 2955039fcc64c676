"""Cells that were judged by other files of the same name do not stand together."""

import json

import sweeps

from prune_dm_jax.commands import report
from prune_dm_jax.report import beside
from prune_dm_jax.report import evidence
from prune_dm_jax.report import headings
from prune_dm_jax.report import judges
from prune_dm_jax.report import sweep


def judged(workdir, variant, sha256, network='inception'):
  """A cell whose judge was a file with such contents; '': none is noted."""
  folder = sweeps.cell(workdir, variant, 0.5, 0, recall=0.5)
  path = folder / 'config.json'
  config = json.loads(path.read_text())
  config['judge'] |= {'network': network, 'memorization': 'pixels'}
  path.write_text(json.dumps(config))
  names = ('network', 'precision') if sha256 else ()
  noted = {f'judge.{n}': {'file': 'w', 'sha256': sha256} for n in names}
  (folder / 'inputs.json').write_text(json.dumps(noted))
  return folder


def test_cells_by_other_weights_or_unknown_ones_are_settings_of_their_own(
  tmp_path,
):
  for name, sha256 in (('random', 64 * 'a'), ('grand', 64 * 'b'), ('el2n', '')):
    judged(tmp_path / 'runs', name, sha256)
  several = sweep.settings(sweep.read([tmp_path / 'runs']))
  assert [[cell.variant for cell in own] for own in several] == [
    ['el2n'], ['grand'], ['random']
  ]  # fmt: skip
  ends = [name.partition('1.25, ')[2] for name in headings.of_settings(several)]
  assert ends == [
    f'judge.network.sha256="{sha}", judge.precision.sha256="{sha}"'
    for sha in (judges.UNKNOWN, 12 * 'b', 12 * 'a')
  ]
  random, grand = (
    tmp_path / f'runs/{name}-0.5-seed0' for name in ('random', 'grand')
  )
  assert not beside.rows(random, beside.read(grand))
  assert beside.rows(random, beside.read(random))


def test_results_keep_which_weights_judged(tmp_path):
  judged(tmp_path / 'runs', 'random', 64 * 'a')
  cells = sweep.read([tmp_path / 'runs'])
  report.results(tmp_path / 'results', cells)
  (folder,) = (tmp_path / 'results').iterdir()
  (found,) = sweep.read([folder])
  assert sweep.setting(found) == sweep.setting(*cells)


def test_the_page_says_that_it_is_not_known(tmp_path):
  for name, sha256 in (('random', ''), ('grand', '')):
    judged(tmp_path / 'runs', name, sha256)
  judged(tmp_path / 'runs', 'el2n', '', network='judge')  # A network of ours.
  save = sweeps.into(tmp_path / 'out')
  text = evidence.write(save, sweep.read([tmp_path / 'runs'])).read_text()
  assert text.count(judges.CARE.format(2)) == 1
