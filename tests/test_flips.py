"""Proof: one bit of any file that a run has finished is never lost on it.

The quick one of these, on the run of test_main.py, is there.
"""

import json
import logging
import shutil

import flips
import numpy as np
import pytest

from configs import digits_quick
from prune_dm_jax import stages
from prune_dm_jax.data import shards
from prune_dm_jax.run import digests

SMALL = {
  'data.image_size': 8, 'data.held_out': 0.6, 'classifier.steps': 20,
  'judge.steps': 20, 'autoencoder.steps': 20, 'train.steps': 20,
  'sample.num': 40, 'sample.num_steps': 2, 'runtime.checkpoint_every': 5,
  'runtime.log_every': 5, 'score.num_clusters': 5, 'score.restarts': 2,
}  # fmt: skip


def main(workdir):
  """Runs to the end, or returns the sentence that refuses."""
  shards.memory_map.cache_clear()
  shards.written.cache_clear()
  config = digits_quick.get_config('cluster_classifier')
  config.update_from_flattened_dict(SMALL)
  try:
    stages.run_until(config, workdir, 'report')
  except ValueError as error:
    return str(error)
  return ''


def outcome(workdir):
  """What was kept, the samples, and all numbers of them."""
  (cell,) = workdir.glob('*-seed0')
  return (
    np.load(cell / 'kept_idx.npy').tolist(),
    (cell / 'samples' / 'images.npy').read_bytes(),
    json.loads((cell / 'metrics.json').read_text()),
  )


@pytest.fixture(scope='module')
def done(tmp_path_factory):
  """A small finished run, and its outcome."""
  workdir = tmp_path_factory.mktemp('flips')
  assert not main(workdir)
  return workdir, outcome(workdir)


@pytest.mark.slow
def test_ten_bits_of_each_file_are_noticed_by_who_reads_it(done, tmp_path):
  workdir = shutil.copytree(done[0], tmp_path / 'copy')
  rng, found = np.random.default_rng(2), []
  for path in flips.files(workdir):
    for _ in range(10):
      with flips.damaged(path, flips.flipped(path.read_bytes(), rng)):
        found.append((path.relative_to(workdir), flips.noticed(path)))
  print(flips.table(found))
  assert sum(not said for _, said in found) <= 3  # Blanks of a header.


KINDS = {
  'flipped': flips.flipped,
  'cut in half': lambda data, rng: data[: len(data) // 2],
  'empty': lambda data, rng: b'',
  'gone': lambda data, rng: None,
}


@pytest.mark.slow
@pytest.mark.parametrize('kind', KINDS)
def test_main_ends_the_same_or_refuses_some_by_name(
  done, kind, tmp_path, caplog
):
  first, every = [*KINDS].index(kind), len(KINDS)
  check(done, kind, flips.files(done[0])[first::every], tmp_path, caplog)


@pytest.mark.thorough
@pytest.mark.parametrize('kind', KINDS)
def test_main_ends_the_same_or_refuses_by_name(done, kind, tmp_path, caplog):
  check(done, kind, flips.files(done[0]), tmp_path, caplog)


def check(done, kind, files, tmp_path, caplog):
  """Damages each file in turn: main says so, and nothing else comes of it."""
  rng, told = np.random.default_rng(1), []
  for file in files:
    name, workdir = file.relative_to(done[0]), tmp_path / 'again'
    shutil.rmtree(workdir, ignore_errors=True)
    shutil.copytree(done[0], workdir)
    path = workdir / name
    data = KINDS[kind](path.read_bytes(), rng)
    path.unlink()
    if data is not None:
      path.write_bytes(data)
    if name.parts[0] == 'shared':  # So that all that is shared is read.
      for cell in workdir.glob('*-seed0'):
        shutil.rmtree(cell)
      if 'scores' not in str(name):
        shutil.rmtree(next((workdir / 'shared').glob('scores_*')))
    caplog.clear()
    with caplog.at_level(logging.WARNING):
      refused = main(workdir)
      if 'the same command writes it again' in refused:
        refused = main(workdir)
    said = refused or ' '.join(r.getMessage() for r in caplog.records)
    told.append((name, 'refused' if refused else 'the same', path.name in said))
    assert not refused or path.name in refused, refused
    assert refused or outcome(workdir) == done[1], name
    assert refused or path.name in said or may_be_silent(path, kind), name
  print(kind, *told, sep='\n')


def may_be_silent(path, kind):
  """Whether nothing need be said of a file: what is gone is made again, some
  notes nobody reads then, and of rows only those that are asked for are read.
  """
  silent = (*digests.NOTES, 'digests.json')
  return kind == 'gone' or path.name in silent or shards.sums_of(path).exists()
