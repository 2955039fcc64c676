"""The same models by each weight of guidance, in a sweep's report."""

import json

import pytest
from sweeps import cell
from sweeps import into

from prune_dm_jax.report import by_guidance
from prune_dm_jax.report import evidence
from prune_dm_jax.report import families
from prune_dm_jax.report import sweep


def drawn_again(folder, weight, **metrics):
  """Adds to a cell what its model drew by another weight."""
  config = json.loads((folder / 'config.json').read_text())
  config['sample']['other_weights'] = [weight]
  (folder / 'config.json').write_text(json.dumps(config))
  path = folder / 'metrics.json'
  first, *_ = rows = json.loads(path.read_text())
  of = f'samples at guidance {weight:g}'
  rows += [
    first | dict(metric=name, of=of, value=value)
    for name, value in metrics.items()
  ]
  path.write_text(json.dumps(rows))


def by_weight(*workdirs):
  several = sweep.settings(sweep.read(workdirs))
  return families.differing_in(several, by_guidance.KEY)


@pytest.fixture
def runs(tmp_path):
  """Guided, the whole set is the best; as it is, what is nearest to centres."""
  guided = dict(unpruned=4.0, random=6.0, cluster_pixels=5.0)
  plain = dict(unpruned=12.0, random=11.0, cluster_pixels=7.0)
  for seed, off in enumerate((-0.1, 0.0, 0.1)):
    for name, value in guided.items():
      ratio = 0 if name == 'unpruned' else 0.5
      own = dict(precision=0.75, recall=0.5)
      made = cell(
        tmp_path, name, ratio, seed, frechet_distance=value + off, **own
      )
      own['precision'] = 0.25
      drawn_again(made, 1.0, frechet_distance=plain[name] + off, **own)
  return tmp_path


def test_a_row_has_the_numbers_of_a_place_by_each_weight(runs):
  (family,) = by_weight(runs)
  assert [by_guidance.weight_of(cells) for cells in family] == [1.25, 1.0]
  header, rows = by_guidance.table(family)
  assert header[2:5] == (
    'Fréchet distance, guidance 1.25', 'beside random, guidance 1.25',
    'beside the whole set, guidance 1.25',
  )  # fmt: skip
  assert [row[0] for row in rows] == ['unpruned', 'cluster_pixels', 'random']
  _, pixels, random = rows
  assert pixels[1:3] == ('0.5', '5 (4.9 to 5.1)')
  assert pixels[3].startswith('-1 ± ') and pixels[3].endswith('better')
  assert pixels[4].startswith('+1 ± ') and pixels[4].endswith('worse')
  assert pixels[5] == '7 (6.9 to 7.1)' and pixels[7].startswith('-5 ± ')
  assert pixels[8:] == ('0.75, 0.50', '0.25, 0.50')
  assert random[3] == random[6] == '' and random[7].startswith('-1 ± ')


def test_the_page_has_it_once_and_not_without_another_weight(runs, tmp_path):
  evidence.write(into(tmp_path / 'out'), sweep.read([runs]))
  text = (tmp_path / 'out' / 'index.html').read_text()
  assert text.count('<h2>By each guidance') == 1
  made = (tmp_path / 'out' / 'tables' / 'by_guidance.md').read_text()
  assert made.count('\n') == 5 and '| cluster_pixels | 0.5 |' in made
  cell(tmp_path / 'others', 'random', 0.5, 0, frechet_distance=1.0)
  evidence.write(into(tmp_path / 'plain'), sweep.read([tmp_path / 'others']))
  assert not (tmp_path / 'plain' / 'tables' / 'by_guidance.md').exists()


def test_what_else_differs_is_another_table(runs, tmp_path):
  made = cell(runs / 'more', 'random', 0.5, 0, steps=7, frechet_distance=1.0)
  drawn_again(made, 1.0, frechet_distance=2.0)
  (_, _), (own, _) = by_weight(runs, runs / 'more')
  assert own[0].config['train']['steps'] == 7
  page = evidence.write(
    into(tmp_path / 'out'), sweep.read([runs, runs / 'more'])
  )
  assert (page.parent / 'tables' / 'by_guidance-1.md').exists()
