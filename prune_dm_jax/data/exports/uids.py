"""The uids of DataComp's pools, as its resharder takes them.

A uid is 32 hexadecimal digits: a pair of uint64, the first 16 of them before the
last. They are sorted, of dtype 'u8,u8' (Gadre et al., 2023).
"""

import re

import numpy as np

from prune_dm_jax.data.tables import arrow
from prune_dm_jax.data.tables import parquet
from prune_dm_jax.data.tables import table_rows

PAIR = np.dtype('u8,u8')
UID = re.compile(r'(?<![0-9a-zA-Z])[0-9a-fA-F]{32}(?![0-9a-zA-Z])')
COLUMN = 'uid'


def datacomp(chosen, path):
  found = of_tables(chosen) or [of_key(key) for key in chosen.keys]
  if '' in found:
    raise ValueError(
      f'{chosen.keys[found.index("")]!r} says no uid; a DataComp uid is 32 '
      'hexadecimal digits, in the key or in a column `uid` of the table that '
      'holds the picture'
    )
  if len(set(found)) < len(found):
    raise ValueError(f'{chosen.root}: some of its uids are there twice')
  np.save(path, pairs(found))


def pairs(uids):
  """[M] of PAIR, sorted."""
  halves = [(int(uid[:16], 16), int(uid[16:], 16)) for uid in uids]
  return np.sort(np.array(halves, PAIR))


def of_key(key):
  """The uid in a key, in lower case; '' where there is none, or several."""
  found = UID.findall(key)
  return found[0].lower() if len(found) == 1 else ''


def of_tables(chosen):
  """[M] uids of the tables that hold the pictures; None, if none says any."""
  rows = getattr(chosen.source, 'places', list)()
  if not rows or not all(isinstance(row, table_rows.Row) for row in rows):
    return None
  columns, found = {}, []
  for i in chosen.kept:
    row = rows[i]
    at = row.file, row.group
    if at not in columns:
      columns = {at: column(*at)}
    if columns[at] is None:
      return None
    uid = str(columns[at][row.row]).lower()
    found.append(uid if UID.fullmatch(uid) else '')
  return found


def column(file, group):
  """The uids of a group of rows; None, if there is no such column."""
  if str(file).endswith(parquet.SUFFIX):
    opened = parquet.opened(file)
    if COLUMN not in opened.schema_arrow.names:
      return None
    return opened.read_row_group(group, [COLUMN])[COLUMN].to_pylist()
  table = arrow.opened(file)
  return table[COLUMN].to_pylist() if COLUMN in table.column_names else None
