"""Keys, indices, and the manifest as a table of text."""

import csv as csv_lib

import numpy as np

from prune_dm_jax.data.exports import chosen as chosen_lib

COLUMNS = ('key', 'label', 'class', 'score', 'cluster', 'keep', 'reason')


def txt(chosen, path):
  lines = ''.join(f'{key}\n' for key in chosen.keys)
  path.write_text(lines, encoding='utf-8')


def npz(chosen, path):
  """`index` [M], and the `fingerprint` of the data that they count in."""
  np.savez(path, index=chosen.kept, fingerprint=chosen.fingerprint)


def csv(chosen, path):
  """A row an example, kept or not; what there is none of is empty."""
  columns = {
    name: chosen.table[name].to_pylist()
    for name in COLUMNS
    if name in chosen.table.column_names
  }
  everyone = np.arange(len(chosen.source))
  columns['class'] = chosen_lib.class_names(chosen, everyone)
  columns['keep'] = [int(keep) for keep in columns['keep']]
  with path.open('w', newline='', encoding='utf-8') as file:
    writer = csv_lib.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(zip(*(columns[name] for name in COLUMNS), strict=True))
