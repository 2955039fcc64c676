"""Keys, indices, and the manifest as a table of text.

A program of tables takes what begins with =, +, - or @ for a formula, and carries
it out. A key that does is written as ./=key, which is the same path and read back
as the same key; the name of a class as '=class.
"""

import csv as csv_lib
import re

import numpy as np

from prune_dm_jax.data.exports import chosen as chosen_lib

COLUMNS = (
  'key', 'label', 'class', 'score', 'cluster', 'keep', 'reason', 'weight',
  't_min',
)  # fmt: skip

FORMULA = re.compile(r'[=+\-@\t\r＝＋－＠](?!\d+\Z)', re.ASCII)
"""How what is no number begins that a program of tables would carry out."""


def txt(chosen, path):
  lines = ''.join(f'{key}\n' for key in chosen.keys)
  path.write_text(lines, encoding='utf-8')


def npz(chosen, path):
  """`index` [M], and the `fingerprint` of the data that they count in."""
  np.savez(path, index=chosen.kept, fingerprint=chosen.fingerprint)


def csv(chosen, path):
  """A row an example, kept or not; what there is none of is empty.

  Manifests of before there were weights have no column of them.
  """
  there = chosen.table.column_names
  columns = {n: chosen.table[n].to_pylist() for n in COLUMNS if n in there}
  everyone = np.arange(len(chosen.source))
  classes = chosen_lib.class_names(chosen, everyone)
  columns['key'] = [no_formula(key, './') for key in columns['key']]
  columns['class'] = [name and no_formula(name, "'") for name in classes]
  columns['keep'] = [int(keep) for keep in columns['keep']]
  with path.open('w', newline='', encoding='utf-8') as file:
    writer = csv_lib.writer(file)
    names = [name for name in COLUMNS if name in columns]
    writer.writerow(names)
    writer.writerows(zip(*(columns[name] for name in names), strict=True))


def no_formula(text, front):
  return front + text if FORMULA.match(text) else text
