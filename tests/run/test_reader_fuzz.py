"""Every file that a run or a command reads, damaged: a value or one sentence.

Pictures, metadata, tables and lists have theirs in tests/data/test_fuzz.py. Here
are a few of each kind; `pytest -m slow -n 0 -s FILE` tries thousands, and says
how many came to what.
"""

import io
import json

import mutants
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sweeps
from safetensors import numpy as safetensors

from prune_dm_jax.data import fashion_mnist
from prune_dm_jax.data.lists import embeddings
from prune_dm_jax.data.lists import scores
from prune_dm_jax.features import weights
from prune_dm_jax.metrics import statistics
from prune_dm_jax.report import sweep
from prune_dm_jax.run import parts

KEYS = ('a/1.png', 'a/2.png', 'b/1.png', 'b/2.png', 'c.png', 'd.png')
FEW, MANY = 25, 4000


class Source:
  """As much of a data set as lists ask for."""

  keys, bad, fingerprint = KEYS, {}, 'print'
  labels = np.zeros(6, np.int32)

  def __len__(self):
    return 6


def bytes_of(save, *args, **named):
  file = io.BytesIO()
  save(file, *args, **named)
  return file.getvalue()


def parquet(**columns):
  return bytes_of(lambda file: pq.write_table(pa.table(columns), file))


NUMBERS = np.arange(6.0)
ROWS = np.arange(12.0).reshape(6, 2)
EVERY = np.arange(6)
SCORED = lambda path: scores.read(path, Source(), EVERY)


def embedded(path):
  embeddings.write(path, Source(), path.with_name('out.npy'))


def idx(path):
  fashion_mnist.read(path.parent, 'train-images-idx3-ubyte', axes=3)


WHOLE = {
  'x.safetensors': (safetensors.save({'w': ROWS, 'n': EVERY}), weights.read),
  'moments.npz': (
    bytes_of(np.savez, mu=np.zeros(2), sigma=np.eye(2)), statistics.read),
  'packed.npz': (
    bytes_of(np.savez_compressed, mu=np.zeros(2), sigma=np.eye(2)),
    statistics.read),
  'train-images-idx3-ubyte': (
    bytes([0, 0, 8, 3, *[0, 0, 0, 2] * 3, *range(8)]), idx),
  'scores.csv': (
    ('key,score\n' + ''.join(f'{k},{i}\n' for i, k in enumerate(KEYS))).encode(),
    SCORED),
  'scores.jsonl': (
    '\n'.join(json.dumps({'key': k, 'score': 1.5}) for k in KEYS).encode(),
    SCORED),
  'scores.parquet': (parquet(key=KEYS, score=NUMBERS), SCORED),
  'scores.npz': (bytes_of(np.savez, keys=KEYS, scores=NUMBERS), SCORED),
  'order.npz': (
    bytes_of(np.savez, scores=NUMBERS, index=EVERY, fingerprint='print'), SCORED),
  'embeddings.npz': (bytes_of(np.savez, keys=KEYS, embeddings=ROWS), embedded),
  'embeddings.parquet': (
    parquet(key=KEYS, embedding=[*map(list, ROWS)]), embedded),
}  # fmt: skip
"""file -> (its bytes, path -> its reader)."""


def tried(kind, number, folder):
  whole, read = WHOLE[kind]
  path = folder / kind
  path.write_bytes(whole)
  read(path)

  def damaged(data):
    path.write_bytes(data)
    read(path)

  return mutants.tried([whole], number, damaged)


@pytest.mark.parametrize('kind', WHOLE)
def test_a_damaged_file_is_read_or_refused_in_a_sentence(kind, tmp_path):
  tried(kind, FEW, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize('kind', WHOLE)
def test_many_damaged_files_are_read_or_refused(kind, tmp_path):
  print(f'\n{kind}: {dict(tried(kind, MANY, tmp_path))}')


def parts_tried(number, folder):
  """A part is called by its digest: no damaged one is ever read."""
  parts.write(folder, [{'hashes': np.zeros((3, 16), np.uint8), 'x': ROWS[:3]}])
  (path,) = parts.among(folder)
  rng, whole, found = np.random.default_rng(0), path.read_bytes(), []
  for _ in range(number):
    path.write_bytes(mutants.damaged(whole, rng))
    assert parts.hashes(path).shape[1] == 16
    if path.exists():
      assert parts.content(path) is None
    found.append(path.with_suffix('.damaged').exists())
  return found


def test_no_damaged_part_is_read(tmp_path):
  assert all(parts_tried(FEW, tmp_path))


@pytest.mark.slow
def test_of_many_damaged_parts_none_is_read(tmp_path):
  assert all(parts_tried(MANY, tmp_path))


def report_tried(number, folder):
  """A report of cells of which a value is another, or taken away."""
  own = sweeps.cell(folder, 'random', 0.5, 0, recall=0.5, copies=0.0)
  sweeps.cell(folder, 'grand', 0.5, 0, recall=0.5, copies=0.0)
  (own / 'costs.json').write_text(
    json.dumps({'scoring': 1.0, 'training': None, 'sampling': 2.0})
  )
  rng, found = np.random.default_rng(0), []
  files = ('config.json', 'selection.json', 'metrics.json', 'costs.json')
  whole = {name: json.loads((own / name).read_text()) for name in files}
  for i in range(number):
    name = files[i % 4]
    value = mutants.garbled(whole[name], rng)
    (own / name).write_text(json.dumps(value))
    found.append(mutants.outcome(lambda: shown(folder), (i, name, value)))
    (own / name).write_text(json.dumps(whole[name]))
  return found


def shown(folder):
  """All that a report says in words and tables, without its drawings."""
  from prune_dm_jax.report import answer
  from prune_dm_jax.report import costs
  from prune_dm_jax.report import headings
  from prune_dm_jax.report import judges
  from prune_dm_jax.report import leaks
  from prune_dm_jax.report import models
  from prune_dm_jax.report import table
  from prune_dm_jax.report import tables

  table.markdown(table.rows(table.cells([folder])))
  found = sweep.read([folder])
  several = sweep.settings(found)
  headings.of_settings(several)
  for own in several:
    judges.sentences(own)
    answer.sentences(own, 'recall')
    leaks.sentences(own)
    models.compared(own)
    tables.markdown(*tables.everything(own))
    tables.markdown(*tables.memorisation(own))
    tables.markdown(*costs.rows(own))


def test_a_report_of_garbled_files_is_made_or_refused(tmp_path):
  report_tried(FEW, tmp_path)


@pytest.mark.slow
def test_a_report_of_many_garbled_files_is_made_or_refused(tmp_path):
  print(len(report_tried(MANY, tmp_path)))
