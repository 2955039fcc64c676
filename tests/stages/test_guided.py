"""Samples by more than one weight of guidance."""

import types

import pytest

from prune_dm_jax import stages


@pytest.mark.parametrize(
  ('model', 'names'),
  [('dit', ['samples', 'samples_guidance_1.5']), ('gan', ['samples'])],
)
def test_all_of_them_are_there_before_sampling_is_done(
  model, names, tmp_path, monkeypatch
):
  monkeypatch.setattr(stages, 'way_to', lambda run, last: [last])
  sample = types.SimpleNamespace(guidance_weight=1.0, other_weights=(1.5,))
  config = types.SimpleNamespace(model=model, sample=sample)
  run = types.SimpleNamespace(config=config)
  (tmp_path / 'samples').mkdir()
  outputs = {'sample': tmp_path / 'samples'}
  found = stages.to_be_there(run, tmp_path, outputs, 'sample')
  assert {path.name for path in found} == set(names)
