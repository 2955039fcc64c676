"""A picture that is written over by another of its size, at its old time, is
noticed: by a run, by prune and by evaluate, in whatever it is kept.
"""

import io
import os
import tarfile
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from layouts import idx
from photographs import put
from PIL import Image

from configs import digits
from configs import image_folder
from prune_dm_jax.commands import evaluate
from prune_dm_jax.commands import prune
from prune_dm_jax.run import opening
from prune_dm_jax.stages import fitting


def bmp(value):
  file = io.BytesIO()
  Image.fromarray(np.full((4, 4, 3), value, np.uint8)).save(file, 'BMP')
  return file.getvalue()


def pictures(shade):
  """name -> bytes; the last one is of a shade, in as many bytes."""
  return {f'{i}.bmp': bmp(shade if i == 7 else i) for i in range(8)}


def folder(path, shade):
  put(path, pictures(shade))
  return path / '7.bmp'


def zipped(path, shade):
  with zipfile.ZipFile(path, 'w') as archive:
    for name, data in pictures(shade).items():
      archive.writestr(zipfile.ZipInfo(name), data)
  return path


def tarred(path, shade):
  with tarfile.open(path, 'w') as archive:
    for name, data in pictures(shade).items():
      info = tarfile.TarInfo(name)
      info.size = len(data)
      archive.addfile(info, io.BytesIO(data))
  return path


def parquet(path, shade):
  rows = [{'bytes': d, 'path': n} for n, d in pictures(shade).items()]
  table = pa.table({'image': rows})
  pq.write_table(table, path, compression='none', write_statistics=False)
  return path


def arrays(path, shade):
  images = np.zeros((8, 4, 4, 3), np.uint8)
  images[7] = shade
  np.save(path, images) if path.suffix == '.npy' else np.savez(
    path, arr_0=images
  )
  return path


KINDS = {
  'set': folder,
  'set.zip': zipped,
  'set.tar': tarred,
  'set.parquet': parquet,
  'set.npz': arrays,
  'set.npy': arrays,
}
AS_DATA = ('set', 'set.zip', 'set.tar', 'set.parquet')


def again(make, path, shade):
  """Writes it over at the same size, and gives it its old time back."""
  file = path / '7.bmp' if path.is_dir() else path
  old = os.stat(file)
  make(path, shade)
  os.utime(file, ns=(old.st_atime_ns, old.st_mtime_ns))
  new = os.stat(file)
  assert (old.st_size, old.st_mtime_ns) == (new.st_size, new.st_mtime_ns)


def run_of(path, workdir):
  config = image_folder.get_config('random,small')
  config.data.path = str(path)
  return opening.open_run(config, workdir)


def of_run(path, workdir):
  return run_of(path, workdir).paths.split


def of_prune(path, workdir):
  given = prune.options([str(path), '--method=cluster_pixels', '--size=16'])
  return opening.open_checked(
    prune.configured(given), workdir, judged=False
  ).paths.scores


def of_evaluate(path, workdir):
  asked = evaluate.options([str(path), str(path), f'--workdir={workdir}'])
  return evaluate.opened(asked)['generated'].pictures.contents


OPENED = {'run': of_run, 'prune': of_prune, 'evaluate': of_evaluate}
CASES = [
  (kind, who)
  for kind in KINDS
  for who in OPENED
  if kind in AS_DATA or who == 'evaluate'
]


@pytest.mark.parametrize(('kind', 'who'), CASES)
def test_a_picture_written_over_at_its_size_and_time_is_noticed(
  kind, who, tmp_path
):
  path, named = tmp_path / kind, OPENED[who]
  KINDS[kind](path, 7)
  before = named(path, tmp_path / 'w')
  assert named(path, tmp_path / 'w') == before
  again(KINDS[kind], path, 99)
  assert named(path, tmp_path / 'w') != before
  again(KINDS[kind], path, 7)
  assert named(path, tmp_path / 'w') == before or path.suffix == '.npz'


@pytest.mark.parametrize('kind', AS_DATA)
def test_one_written_over_while_a_run_goes_on_is_refused_and_no_other(
  kind, tmp_path
):
  path = tmp_path / kind
  KINDS[kind](path, 7)
  run = run_of(path, tmp_path / 'w')
  asked = evaluate.options([str(path), str(path), f'--workdir={tmp_path}/w'])
  given = evaluate.opened(asked)['generated'].pictures
  read = fitting.reader(run)
  again(KINDS[kind], path, 99)
  shades = read(np.arange(7))['image'].mean(axis=(1, 2, 3))
  np.testing.assert_array_equal(shades, np.arange(7))
  for late in (read, given.read):
    with pytest.raises(ValueError, match='it is no more the picture'):
      late(np.array([7]))
  again(KINDS[kind], path, 7)
  assert (read(np.array([7]))['image'] == 7).all()


def test_an_idx_file_written_over_is_another_set(tmp_path):
  found = []
  for shade in (0, 9):
    for part, number in (('train', 12), ('t10k', 6)):
      images = np.full((number, 28, 28), shade, np.uint8)
      put(tmp_path / 'idx', {
        f'{part}-images-idx3-ubyte': idx(images),
        f'{part}-labels-idx1-ubyte': idx((np.arange(number) % 10).astype(np.uint8)),
      })  # fmt: skip
    config = digits.get_config('random')
    config.data.update(
      name='fashion_mnist', path=str(tmp_path / 'idx'), image_size=28
    )
    found.append(opening.open_run(config, tmp_path / 'w').paths.split)
  assert found[0] != found[1]


@pytest.mark.parametrize('kind', KINDS)
def test_two_sets_of_equal_names_and_sizes_are_two_to_evaluate(kind, tmp_path):
  one, other = tmp_path / 'one' / kind, tmp_path / 'other' / kind
  for path, shade in ((one, 7), (other, 99)):
    path.parent.mkdir()
    KINDS[kind](path, shade)
  asked = evaluate.options([str(one), str(other), f'--workdir={tmp_path}/w'])
  sets = evaluate.opened(asked)
  contents = [sets[r].pictures.contents for r in ('generated', 'reference')]
  assert contents[0] != contents[1]
  given = evaluate.arrays(
    asked, sets, evaluate.judge_of(asked), evaluate.judge_lib.View((4, 4, 3))
  )
  apart = given['features'][7] - given['reference_features'][7]
  assert np.allclose(apart, (7 - 99) / 127.5, atol=1e-6)
