"""Which cells of a sweep are of one setting, and what sets others apart."""

import json

import sweeps

from prune_dm_jax.report import sweep


def of_clusters(folder, number, variant, seed, *, shared_seed=0):
  made = sweeps.cell(folder, variant, 0.5, seed, recall=0.5)
  path = made / 'config.json'
  config = json.loads(path.read_text()) | {'shared_seed': shared_seed}
  config['score']['num_clusters'] = number
  path.write_text(json.dumps(config))


def test_what_selects_otherwise_is_told_apart_by_any_seed_and_setting(tmp_path):
  of_clusters(tmp_path / 'a', 20, 'cluster_pixels', 0)
  of_clusters(tmp_path / 'b', 40, 'cluster_pixels', 1)
  of_clusters(tmp_path / 'c', 40, 'cluster_pixels', 0, shared_seed=1)
  of_clusters(tmp_path / 'a', 20, 'random', 0)
  of_clusters(tmp_path / 'b', 40, 'random', 1)  # Clusters are nothing to it.
  found = sweep.read([tmp_path / name for name in 'abc'])
  assert [(c.variant, c.seed, c.config['shared_seed']) for c in found] == [
    ('cluster_pixels', 0, 0),
    ('random', 0, 0),
    ('cluster_pixels+num_clusters=40', 1, 0),
    ('random', 1, 0),
    ('cluster_pixels+num_clusters=40', 0, 1),
  ]


def test_a_weight_is_one_setting_as_whole_number_and_where_it_is_not_named(
  tmp_path,
):
  for seed, sample in enumerate(({}, {'guidance_weight': 1.0}, None)):
    made = sweeps.cell(tmp_path, 'random', 0.5, seed, recall=0.5)
    path = made / 'config.json'
    config = json.loads(path.read_text())
    if sample is None:  # Drew by another one first, and by this beside it.
      config['sample']['other_weights'] = [1]
      of = 'samples at guidance 1'
      file = made / 'metrics.json'
      rows = json.loads(file.read_text())
      file.write_text(json.dumps([*rows, rows[0] | {'of': of}]))
    else:
      del config['sample']['guidance_weight']
      config['sample'] |= sample
    path.write_text(json.dumps(config))
  weights = [
    cell.config['sample'].get('guidance_weight')
    for cell in sweep.read([tmp_path])
  ]
  sizes = sorted(len(s) for s in sweep.settings(sweep.read([tmp_path])))
  assert sizes == [1, 3] and weights.count(1.25) == 1
