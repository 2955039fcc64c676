"""What scoring cost, by the files of what it was made of."""

import json

import pytest
from sweeps import cell

from prune_dm_jax.pruning import METHODS
from prune_dm_jax.report import costs
from prune_dm_jax.report import sweep


def made(workdir, name, seconds):
  folder = workdir / 'shared' / f'{name}-0123abcd'
  folder.mkdir(parents=True)
  text = json.dumps({'seconds': seconds, 'resumed': False})
  (folder / 'time.json').write_text(text)


def scoring(workdir, variant):
  cell(workdir, variant, 0.5, 0, copies=0.0)
  return costs.of(sweep.read([workdir])[0])['scoring']


@pytest.mark.parametrize(
  'variant, parts',
  [
    ('k_center_pixels_inv', ('scores_k_center_pixels', 'features_pixels')),
    ('moderate_classifier', (
      'scores_moderate_classifier', 'classifier', 'features_classifier')),
    ('cluster_pixels', ('scores_cluster_pixels', 'features_pixels')),
    ('window_variance', ('scores_window_variance', 'surrogates', 'losses')),
    ('grand', ('scores_grand', 'surrogates', 'gradients')),
    ('grand_by_time', ('scores_grand_by_time', 'surrogates', 'gradients')),
    ('el2n_by_time', ('scores_el2n_by_time', 'surrogates', 'losses')),
    ('cld', ('scores_cld', 'half_surrogates', 'held_out_losses')),
    ('influence', ('scores_influence', 'half_surrogates', 'influences')),
    ('diffusion_classifier', (
      'scores_diffusion_classifier', 'surrogates', 'class_losses')),
  ],
)  # fmt: skip
def test_scoring_costs_what_its_scores_are_made_of(tmp_path, variant, parts):
  for i, name in enumerate(parts):
    made(tmp_path, name, 10.0**i)
  made(tmp_path, 'latents', 5000.0)
  assert scoring(tmp_path, variant) == sum(10.0**i for i in range(len(parts)))


def test_of_scores_for_several_ratios_the_cells_own_are_counted(tmp_path):
  folder = cell(tmp_path, 'gist_pixels', 0.5, 0, copies=0.0)
  made(tmp_path, 'features_pixels', 1.0)
  made(tmp_path, 'scores_gist_pixels', 10.0)
  (tmp_path / 'shared' / 'scores_gist_pixels-4567abcd').mkdir()
  of = lambda: costs.of(sweep.read([tmp_path])[0])['scoring']
  assert of() is None
  facts = json.loads((folder / 'selection.json').read_text())
  facts['scores'] = 'scores_gist_pixels-0123abcd'
  (folder / 'selection.json').write_text(json.dumps(facts))
  assert of() == 11


@pytest.mark.parametrize('name', METHODS)
def test_what_any_method_cost_is_not_known_where_nothing_says_it(
  tmp_path, name
):
  variant = f'{name}_pixels' if METHODS[name].of_features else name
  wanted = 0.0 if name == 'random' else None
  assert scoring(tmp_path, variant) == wanted
