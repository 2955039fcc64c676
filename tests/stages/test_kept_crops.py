"""config.runtime.crops: each file is decoded once, and no bit is another."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from photographs import crop as photograph
from photographs import encoded
from photographs import put

from configs import image_folder
from prune_dm_jax import stages
from prune_dm_jax.data import decode
from prune_dm_jax.data import images
from prune_dm_jax.run import crops as crops_lib
from prune_dm_jax.run import opening
from prune_dm_jax.stages import crops
from prune_dm_jax.stages import estimate
from prune_dm_jax.stages import features
from prune_dm_jax.stages import fitting

NUMBER = 11


def configured(folder, numbers=range(NUMBER), **changes):
  """A folder of photographs, and its configuration."""
  config = image_folder.get_config('random,small')
  files = {f'{i:02d}.png': encoded(photograph(i), 'PNG') for i in numbers}
  config.update_from_flattened_dict({
    'data.path': str(put(folder, files)), 'data.image_size': 16,
    'runtime.crops': True, 'runtime.batch_size': 8, **changes,
  })  # fmt: skip
  return config


def opened(config, workdir):
  with crops.also(config, workdir) as also:
    return opening.open_checked(config, workdir, judged=False, also=also)


@pytest.fixture
def decoded(monkeypatch, tmp_path):
  """What was decoded, bytes each, by a check that knows of none."""
  monkeypatch.setenv('PRUNE_DM_CACHE', str(tmp_path / 'cache'))
  found, original = [], decode.picture

  def picture(data):
    found.append(data)
    return original(data)

  monkeypatch.setattr(decode, 'picture', picture)
  return found


@pytest.mark.parametrize('crop', images.CROPS)
def test_what_is_kept_is_what_is_decoded(crop, tmp_path):
  kept = configured(tmp_path / 'set', **{'data.crop': crop})
  run, index = opened(kept, tmp_path / 'kept'), np.array([3, 0, 10, 3])
  plain = configured(tmp_path / 'set', **{
    'data.crop': crop, 'runtime.crops': False,
  })  # fmt: skip
  other = opened(plain, tmp_path / 'plain')
  assert [p.name for p in run.paths] == [p.name for p in other.paths]
  for reader in (fitting.reader, features.reader):
    found, expected = reader(run)(index), reader(other)(index)
    assert found.keys() == expected.keys()
    for name, array in expected.items():
      np.testing.assert_array_equal(found[name], array)
  for one, name in ((run, 'a'), (other, 'b')):
    (tmp_path / name).mkdir()
    features.write(one, 'pixels', tmp_path / name)
  data = [(tmp_path / name / 'features.npy').read_bytes() for name in 'ab']
  assert data[0] == data[1]
  assert not [*(tmp_path / 'kept').rglob('features_pixels*')]


def test_each_file_is_decoded_once_for_all_that_read_it(tmp_path, decoded):
  config = configured(tmp_path / 'set', store=str(tmp_path / 'store'))
  for name in ('first', 'second'):
    stages.run_until(config, tmp_path / name, 'features')
    run = opened(config, tmp_path / name)
    fitting.reader(run)(run.train)
  assert len(decoded) == len(set(decoded)) == NUMBER
  configured(tmp_path / 'set', range(NUMBER, 14))
  run = opened(config, tmp_path / 'third')
  fitting.reader(run)(np.arange(14))
  assert len(decoded) == len(set(decoded)) == 14
  shutil.copytree(tmp_path / 'set', tmp_path / 'moved')
  config.data.path = str(tmp_path / 'moved')
  run = opened(config, tmp_path / 'fourth')
  assert crops_lib.there(crops_lib.folder(config, tmp_path)) == 14


@pytest.mark.slow
def test_latents_have_the_bits_of_decoding(tmp_path, decoded):
  numbers, found = range(40), []
  files = {
    f'{"ab"[i % 2]}/{i:02d}.png': encoded(photograph(i), 'PNG') for i in numbers
  }
  put(tmp_path / 'set', files)
  for name, kept in (('kept', True), ('plain', False)):
    shutil.rmtree(tmp_path / 'cache', ignore_errors=True)
    config = configured(tmp_path / 'set', (), **{
      'runtime.crops': kept, 'autoencoder.steps': 5, 'autoencoder.blocks': 0,
      'autoencoder.widths': (8,), 'autoencoder.batch_size': 8,
    })  # fmt: skip
    decoded.clear()
    stages.run_until(config, tmp_path / name, 'latents')
    assert (len(decoded) == len(numbers)) == kept
    shared = tmp_path / name / 'shared'
    arrays = [p for p in shared.rglob('*.npy') if 'store' not in p.parts]
    found.append({str(p.relative_to(shared)): p.read_bytes() for p in arrays})
  assert len(found[0]) > 3 and found[0] == found[1]


def test_one_that_was_written_over_is_read_anew_and_no_other(tmp_path, decoded):
  config = configured(tmp_path / 'set')
  fitting.reader(opened(config, tmp_path))
  config = configured(tmp_path / 'set')  # With other times.
  path = tmp_path / 'set' / '04.png'
  path.write_bytes(encoded(photograph(30), 'PNG'))
  found = fitting.reader(opened(config, tmp_path))(np.arange(NUMBER))['image']
  expected = [photograph(30 if i == 4 else i) for i in range(NUMBER)]
  for own, picture in zip(found, expected, strict=True):
    np.testing.assert_array_equal(own, images.center_crop(picture, 16))


def test_one_that_is_written_over_meanwhile_is_a_sentence(tmp_path):
  config = configured(tmp_path / 'set')
  run = opening.open_run(config, tmp_path)
  (tmp_path / 'set' / '04.png').write_bytes(encoded(photograph(30), 'PNG'))
  with pytest.raises(ValueError, match='04.png: it is no more the picture'):
    fitting.reader(run)


def test_what_was_removed_is_made_when_it_is_read_and_not_before(
  tmp_path, decoded
):
  config = configured(tmp_path / 'set')
  expected = fitting.reader(opened(config, tmp_path))(np.arange(NUMBER))
  shutil.rmtree(tmp_path / 'shared' / 'store')
  decoded.clear()
  run = opened(config, tmp_path)
  assert decoded == []
  found = fitting.reader(run)(np.arange(NUMBER))
  np.testing.assert_array_equal(found['image'], expected['image'])
  assert len(decoded) == NUMBER


def test_the_disk_that_they_take_is_foreseen(tmp_path):
  topology = estimate.topologies.named('cpu:4')
  config = configured(tmp_path / 'set')
  rows = estimate.table(config, topology, last='features')
  (row,) = [row for row in rows if row.work.what == 'crops']
  assert row.disk == NUMBER * 16 * 16 * 3
  config.runtime.crops = False
  rows = estimate.table(config, topology, last='features')
  assert 'crops' not in [row.work.what for row in rows]


def test_what_does_not_fit_beside_what_is_there_is_a_sentence(tmp_path):
  config = configured(tmp_path / 'set')
  work = estimate.work_lib.Work('data', 'crops', 'crops', in_store=True)
  row = lambda disk: estimate.Row(work, None, 0.0, 0.0, disk)
  assert not [*estimate.too_much([row(1e9)], config, tmp_path)]
  (sentence,) = estimate.too_much([row(1e18)], config, tmp_path)
  assert '1,000,000,000.0 GB are to be written' in sentence


def until_killed(folder, workdir):
  """Makes crops of 40 pictures, and is killed in the middle of the third part."""
  run = opening.open_run(configured(pathlib.Path(folder), ()), workdir)
  crops_lib.BYTES, crops.unreadable.TOGETHER, names = 1, 8, set()
  write = crops_lib.artifacts.write_array

  def write_array(path, array):
    names.add(path.stem)
    if len(names) == 3:  # Its sums and hashes are not written.
      os.kill(os.getpid(), signal.SIGKILL)
    write(path, array)

  crops_lib.artifacts.write_array = write_array
  fitting.reader(run)


@pytest.mark.slow
def test_killed_in_the_middle_the_rest_is_made(tmp_path, decoded):
  config = configured(tmp_path / 'set', range(40))
  here = pathlib.Path(__file__).parent
  given = map(str, (tmp_path / 'set', tmp_path / 'work'))
  program = 'import sys, test_kept_crops as t; t.until_killed(*sys.argv[1:])'
  paths = os.pathsep.join(map(str, (here, here.parent, here.parents[1])))
  done = subprocess.run(
    [sys.executable, '-c', program, *given], check=False, capture_output=True,
    env=os.environ | {'PYTHONPATH': paths}, text=True,
  )  # fmt: skip
  assert done.returncode == -signal.SIGKILL, done.stderr
  run = opening.open_run(config, tmp_path / 'work')
  decoded.clear()
  found = fitting.reader(run)(np.arange(40))['image']
  assert len(decoded) == 40 - 16
  folder = crops_lib.folder(config, tmp_path / 'work')
  assert not [*crops_lib.left_behind(folder)]
  for own, i in zip(found, range(40), strict=True):
    expected = images.center_crop(photograph(i), 16)
    np.testing.assert_array_equal(own, expected)
