"""Launchers in this process, and a folder of weights that are all there."""

import pytest

from launch import cells as cells_lib
from prune_dm_jax.features import BACKBONES


@pytest.fixture
def unseen(monkeypatch):
  """As if nothing were missing for any cell, without a look."""
  monkeypatch.setattr(cells_lib, 'foresee', lambda *args: None)


@pytest.fixture
def complete(tmp_path_factory):
  """Settings of data and weights that are there, by their names."""
  folder = tmp_path_factory.mktemp('complete')
  for row in BACKBONES.values():
    (folder / (row.file or 'none')).touch()
  return [f'--config.data.path={folder}', f'--config.weights={folder}']
