"""prune-dm prune, again: of pictures that are others, and where its results are."""

import re

import numpy as np
import pyarrow.parquet as pq
import pytest
from test_prune import save

from prune_dm_jax.commands import prune


def test_pictures_that_are_added_have_a_list_beside_the_first(tmp_path):
  root, out = tmp_path / 'set', tmp_path / 'out'
  noise = np.random.default_rng(0).integers(0, 256, (9, 16, 16, 3))
  for i, picture in enumerate(noise[:8]):
    save(root / 'ab'[i % 2] / f'{i}.png', picture)
  given = prune.options([str(root), f'--out={out}', '--method=random'])
  prune.prune(given)
  (first,) = out.glob('*/kept.txt')
  kept = first.read_text()
  save(root / 'a/new.png', noise[8])
  for _ in range(2):
    prune.prune(given)
    (other,) = {*out.glob('*/kept.txt')} - {first}
  name = other.parent.name
  assert re.fullmatch(r'random\+data=[0-9a-f]{8}-0.5-seed0', name)
  assert len(pq.read_table(other.parent / 'manifest.parquet')) == 9
  assert first.read_text() == kept
  first.write_text('mine')
  (root / 'a/new.png').unlink()
  with pytest.raises(ValueError, match='restore it, or use another --out'):
    prune.prune(given)


def test_the_folder_of_results_has_the_name_of_the_set(tmp_path):
  (tmp_path / 'set.v1').mkdir()
  (tmp_path / 'set.v2.zip').touch()
  for name, out in {'set.v1': 'set.v1', 'set.v2.zip': 'set.v2'}.items():
    assert str(prune.default_out(tmp_path / name)) == f'runs/{out}'
