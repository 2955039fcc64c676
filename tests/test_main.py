"""The whole way by the command line, on the quick preset."""

import json
import shutil

import constants
import flips
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from main_command import CELL
from main_command import anew
from main_command import files
from main_command import numbers_of
from main_command import run
from safetensors import numpy as safetensors

from prune_dm_jax.commands import convert
from prune_dm_jax.data import images
from prune_dm_jax.data import shards
from prune_dm_jax.models import official_dit
from prune_dm_jax.report import headings
from prune_dm_jax.report import plain
from prune_dm_jax.report import sweep
from prune_dm_jax.run import opening
from prune_dm_jax.stages import evaluate
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import judge
from prune_dm_jax.stages import report
from prune_dm_jax.stages import sweep_features


@pytest.fixture(scope='module')
def done(tmp_path_factory):
  """The workdir and the process of one whole run."""
  workdir = tmp_path_factory.mktemp('runs')
  programs = constants.dumping(workdir.with_name('programs'))
  process = run(workdir, 'cluster_classifier', env=programs)
  assert process.returncode == 0, process.stderr
  return workdir, process


@pytest.fixture
def cell(done):
  return done[0] / CELL


def test_the_first_lines_name_devices_data_counts_and_what_is_there(done):
  lines = done[1].stderr.splitlines()[:4]
  assert 'devices: 4 cpu' in lines[0]
  assert 'data: digits, 1797 examples of 10 classes, fingerprint' in lines[1]
  assert 'cluster_classifier-0.5-seed0, 450 kept, 449 pruned' in lines[2]
  assert 'on disk: nothing' in lines[3] and ' a second, 0:0' in done[1].stderr


def test_no_program_of_it_has_parameters_as_constants(done):
  constants.check(done[0].with_name('programs'), ('code_and_error', 'in_range'))


def test_the_manifest_the_views_and_the_selection_agree(cell):
  table = pq.read_table(cell / 'manifest.parquet')
  kept = np.load(cell / 'kept_idx.npy')
  np.testing.assert_array_equal(np.flatnonzero(table['keep']), kept)
  keys = np.array(table['key'].to_pylist())
  assert (cell / 'kept.txt').read_text().split() == keys[kept].tolist()
  facts = json.loads((cell / 'selection.json').read_text())
  assert facts['kept'] == len(kept) == 450 and facts['pruned'] == 449
  assert (facts['method'], facts['direction']) == ('cluster', 'low')
  assert (facts['backbone'], facts['k']) == ('classifier', 20)
  reasons = table['reason'].to_pylist()
  assert reasons.count('held_out') == facts['held_out'] == 898


def test_near_the_centre_is_what_is_kept(cell):
  table = pq.read_table(cell / 'manifest.parquet')
  table = table.filter(pc.not_equal(table['reason'], 'held_out'))
  cluster, distance, keep = (
    table[name].to_numpy() for name in ('cluster', 'distance', 'keep')
  )
  for own in (cluster == c for c in np.unique(cluster)):
    farthest = distance[own & keep].max(initial=0)
    assert farthest <= distance[own & ~keep].min(initial=np.inf)


def test_latents_are_codes_in_16_bits(done):
  (folder,) = (done[0] / 'shared').glob('latents-*')
  codes = shards.take(folder / 'codes', np.arange(1797))
  assert codes.dtype == np.uint16 and codes.shape == (1797, 8, 8)
  header = json.loads((folder / 'header.json').read_text())
  assert header['codes_used'] <= header['num_codes'] == 256
  train = np.load(next((done[0] / 'shared').glob('split-*')) / 'train_idx.npy')
  codebook = np.load(folder / 'codebook.npy')
  assert np.isclose(codebook[codes[train]].std(), 1, atol=1e-4)


def test_every_number_has_its_n_and_its_reference(cell):
  rows = json.loads((cell / 'metrics.json').read_text())
  found = {(row['metric'], row['of']) for row in rows}
  assert ('asked_class', 'samples') in found
  assert ('frechet_distance', 'reconstructions') in found
  assert {'precision', 'vendi', 'copies', 'cluster_kl'} <= {m for m, _ in found}
  assert {m for m, _ in found} <= plain.METRICS.keys()
  of_samples = {row['metric']: row for row in rows if row['of'] == 'samples'}
  numbers = lambda name: [of_samples[name][k] for k in ('n', 'n_reference')]
  assert numbers('frechet_distance') == [100, 898]
  assert numbers('precision') == [100, 100]
  assert of_samples['frechet_distance']['warning']
  for row in rows:
    assert row['reference'] == 'held-out pictures'


OF_PRECISION = {'precision', 'recall', 'f_score', 'density', 'coverage'}
NEAR = {'copies', 'nearest_was_kept'}  # and all distances of one set to another


@pytest.mark.slow
def test_a_number_is_that_of_its_judge_whoever_judges_beside(
  done, cell, tmp_path
):
  own_pairs, own = numbers_of(cell)
  of = lambda **judge: numbers_of(anew(done[0], tmp_path, 'judge', **judge))
  other_pairs, other = of(network='pixels')
  kinds = {of for of, _ in own}
  assert kinds == {'samples', 'reconstructions', 'training pictures'}
  manifold = {(of, name) for of in kinds for name in OF_PRECISION}
  near = {k for k in own if '_to_' in k[1] or k[1] in NEAR}
  pairs, found = of(precision='pixels')
  assert found == own | {k: other[k] for k in manifold}
  assert pairs == own_pairs
  pairs, found = of(memorization='pixels')
  assert found == own | {k: other[k] for k in near}
  assert pairs == other_pairs != own_pairs
  for key in manifold | near:
    assert (own[key]['backbone'], other[key]['backbone']) == ('judge', 'pixels')
  said = report.judges([found[k] for k in found if k[0] == 'samples'])
  assert said.startswith('judge; generated_to_training_mean, ')
  assert said.endswith('training_to_training_median by pixels')


def test_a_model_is_judged_by_another_guidance_beside(done, tmp_path):
  before = numbers_of(done[0] / CELL)[1]
  cell = anew(done[0], tmp_path, 'sample', other_weights=[3.0])
  load = lambda name: np.load(cell / name / 'images.npy')
  own, other = load('samples'), load('samples_guidance_3')
  assert own.shape == other.shape and (own != other).mean() > 0.01
  after = numbers_of(cell)[1]
  assert {k: v for k, v in after.items() if k in before} == before
  assert {of for of, _ in set(after) - set(before)} == {'samples at guidance 3'}
  first, second = sweep.read([cell.parent])
  assert headings.plain([second]) == headings.plain([first]) + ', guidance 3'
  by = judge.of_cell(cell)
  seen, wanted = sweep_features.features(second), by.see(by.params, other)[0]
  np.testing.assert_allclose(seen, wanted, rtol=1e-4, atol=1e-4)
  assert sweep_features.alike(first, first)[0].startswith('1.000')


def test_the_report_loads_nothing_and_leads_to_the_gallery(cell):
  text = (cell / 'report.html').read_text()
  for heading in ('Numbers', 'Memorisation', 'Samples', 'Training', 'Files'):
    assert f'<h2>{heading}</h2>' in text
  assert 'data:image/png' in text and '<svg' in text
  assert 'src="http' not in text and '<script' not in text
  assert 'href="gallery.html"' in text
  assert '<h2>By cluster</h2>' in (cell / 'gallery.html').read_text()


def test_the_same_command_again_does_nothing_and_says_so(done):
  before, process = files(done[0]), run(done[0], 'cluster_classifier')
  assert process.returncode == 0 and 'nothing to do' in process.stderr
  assert files(done[0]) == before


def test_a_damaged_page_and_numbers_that_are_gone_are_made_again(
  done, tmp_path
):
  workdir = shutil.copytree(done[0], tmp_path / 'copy')
  cell = workdir / 'cluster_classifier-0.5-seed0'
  page, numbers = cell / 'gallery.html', cell / 'metrics.json'
  whole, same = page.read_bytes(), numbers.read_bytes()
  page.write_bytes(b'')
  numbers.unlink()
  process = run(workdir, 'cluster_classifier')
  assert process.returncode == 0, process.stderr
  assert 'gallery.html is damaged (it is empty)' in process.stderr
  assert page.read_bytes() == whole and numbers.read_bytes() == same


def test_reconstructions_are_of_the_pictures_that_they_are_said_to_be_of(cell):
  opened = opening.of_cell(cell)
  shown = evaluate.reconstructions(opened)
  made = images.to_unit(shown.read(0, shown.size))
  own = fitting.reader(opened)(evaluate.some(opened))['image']
  own = images.to_unit(own)
  error = lambda pictures: np.square(made - pictures).mean()
  assert error(own) < 0.5 * error(np.roll(own, 1, axis=0))


def test_a_bit_of_any_file_that_flips_is_noticed(done, tmp_path):
  workdir = shutil.copytree(done[0], tmp_path / 'copy')
  rng, found = np.random.default_rng(0), []
  for path in flips.files(workdir):
    assert not flips.noticed(path)
    with flips.damaged(path, flips.flipped(path.read_bytes(), rng)):
      found.append((path.relative_to(workdir), flips.noticed(path)))
    for data in (path.read_bytes()[: path.stat().st_size // 2], b'', None):
      with flips.damaged(path, data):
        said = flips.noticed(path)
        assert path.name in said or data is None, path
  print(flips.table(found))
  silent = {path for path, said in found if not said}
  assert silent <= {p for p in silent if p.parent.name in ('codes', 'errors')}
  assert sum(not said for _, said in found) <= 3  # Blanks of a header.


def test_another_direction_shares_the_scores(done):
  process = run(done[0], 'cluster_classifier_inv', '--until=select')
  assert process.returncode == 0, process.stderr
  assert len(list((done[0] / 'shared').glob('scores_*'))) == 1
  far = np.load(done[0] / 'cluster_classifier_inv-0.5-seed0' / 'kept_idx.npy')
  near = np.load(done[0] / 'cluster_classifier-0.5-seed0' / 'kept_idx.npy')
  assert len(far) == 450 and len(np.intersect1d(far, near)) < 50


@pytest.mark.slow
@pytest.mark.parametrize('model', ['vae', 'gan'])
def test_a_model_without_latents_goes_the_whole_way(done, model):
  option = '--config.autoencoder.adversarial=0.01'
  process = run(done[0], f'{model}_random', option)
  assert process.returncode == 0, process.stderr
  cell = done[0] / f'{model}_random-0.5-seed0'
  assert (cell / model).is_dir() and not (cell / 'dit').exists()
  rows = json.loads((cell / 'metrics.json').read_text())
  assert {row['of'] for row in rows} >= {'samples', 'reconstructions'}
  drawn = json.loads((cell / 'samples' / 'settings.json').read_text())
  assert drawn['checkpoint_step'] == 60 and 'guidance_weight' not in drawn
  assert len(np.unique(np.load(cell / 'samples' / 'images.npy'), axis=0)) == 100
  text = (cell / 'report.html').read_text()
  assert f'{model.upper()}: mean loss' in text and 'in one pass' in text
  with pytest.raises(SystemExit, match='not a cell with a trained DiT'):
    convert.main([str(cell), str(cell / 'no.safetensors')])


def test_the_dit_of_a_cell_is_converted_to_the_published_names(cell, tmp_path):
  out = tmp_path / 'dit.safetensors'
  convert.main([str(cell), str(out)])
  weights = safetensors.load_file(out)
  params = official_dit.from_official(weights)
  assert len(weights[official_dit.LABELS]) == 10 + 1  # None, too.
  assert np.abs(params['final']['kernel']).max() > 0  # It was trained.
