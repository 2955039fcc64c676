"""Of which group a cut is: as the gallery and explain say it."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prune_dm_jax.stages import strips


@pytest.mark.parametrize(
  ('within', 'kind', 'kept', 'cuts'),
  [
    ('clusters', 'cluster', [3, 6, 7], {0: [0.25], 1: [0.55]}),
    ('classes', 'class', [5, 6, 7], {0: [0.5], 1: [0.4]}),
    ('all', '', [4, 5, 6, 7], {0: [0.35]}),
  ],
)
def test_a_cut_is_of_a_cluster_of_a_class_or_of_all(
  within, kind, kept, cuts, tmp_path
):
  index = np.arange(8)
  keep = np.isin(index, kept)
  table = pa.table(
    {
      'index': index, 'label': index % 2, 'cluster': index // 4,
      'score': index / 10, 'rank': index, 'keep': keep,
      'reason': np.where(keep, 'kept', 'pruned'),
    }
  )  # fmt: skip
  pq.write_table(table, tmp_path / 'manifest.parquet')
  facts = {'direction': 'high', 'within': within}
  shown = strips.read(tmp_path / 'manifest.parquet', facts)
  assert strips.kind_of_group(shown) == kind
  found = {g: np.round(c, 9).tolist() for g, c in shown.thresholds.items()}
  assert found == cuts  # Half-way between the last and the next.
