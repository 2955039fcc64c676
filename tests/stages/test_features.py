"""Features of files: each picture is seen once, whoever asks for it."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import jax
import numpy as np
import pytest
from photographs import crop as photograph
from photographs import encoded
from photographs import put

from configs import digits_quick
from configs import image_folder
from prune_dm_jax.data import contents
from prune_dm_jax.data import images
from prune_dm_jax.features import classifier
from prune_dm_jax.run import opening
from prune_dm_jax.run import parts
from prune_dm_jax.stages import features

ROOT = pathlib.Path(__file__).parents[2]


def pictures(folder, numbers):
  """A folder of photographs, as PNGs."""
  files = {f'{i:03d}.png': encoded(photograph(i), 'PNG') for i in numbers}
  return put(folder, files)


def opened(folder, numbers, workdir, **changes):
  config = image_folder.get_config('random,small')
  config.update_from_flattened_dict({
    'data.path': str(pictures(folder, numbers)), 'data.image_size': 16,
    'runtime.batch_size': 8, 'runtime.part_size': 8, **changes,
  })  # fmt: skip
  return opening.open_run(config, workdir)


@pytest.fixture
def read(monkeypatch):
  """Keys of the pictures that are read, in order."""
  keys, original = [], images.batch

  def batch(source, indices, **rest):
    keys.extend(source.keys[i] for i in indices)
    return original(source, indices, **rest)

  monkeypatch.setattr(images, 'batch', batch)
  return keys


def write(run, folder, backbone='pixels'):
  """features.npy's bytes."""
  folder.mkdir(parents=True)
  features.write(run, backbone, folder)
  return (folder / 'features.npy').read_bytes()


def test_a_store_has_the_bytes_of_no_store(tmp_path):
  run = opened(tmp_path / 'set', range(11), tmp_path)
  features_of = features.extract(run, features.reader(run), 11, 'pixels')
  np.save(tmp_path / 'expected.npy', features_of['features'])
  expected = (tmp_path / 'expected.npy').read_bytes()
  for again in ('computed', 'read'):
    assert write(run, tmp_path / again) == expected


def test_another_workdir_reads_nothing_and_what_is_added_alone(tmp_path, read):
  shared = {'store': str(tmp_path / 'store')}
  first = opened(tmp_path / 'set', range(20), tmp_path / 'first', **shared)
  data = write(first, tmp_path / 'a')
  assert len(read) == 20
  read.clear()
  second = opened(tmp_path / 'set', range(20), tmp_path / 'second', **shared)
  assert write(second, tmp_path / 'b') == data
  assert read == []
  more = opened(tmp_path / 'set', range(18, 24), tmp_path / 'second', **shared)
  write(more, tmp_path / 'c')
  assert read == [f'{i:03d}.png' for i in (20, 21, 22, 23)]


def test_pictures_that_have_moved_or_been_doubled_are_known(tmp_path, read):
  run = opened(tmp_path / 'set', range(10), tmp_path / 'work')
  write(run, tmp_path / 'a')
  read.clear()
  files = {
    f'new/{p.name}': p.read_bytes() for p in sorted(tmp_path.glob('set/*'))
  }
  put(tmp_path / 'other', files | {'twin.png': files['new/003.png']})
  run.config.data.path = str(tmp_path / 'other')
  other = opening.open_run(run.config, tmp_path / 'work')
  write(other, tmp_path / 'b')
  assert read == []
  before, after = (np.load(tmp_path / x / 'features.npy') for x in 'ab')
  twin = other.source.keys.index('twin.png')
  np.testing.assert_array_equal(after[twin], before[3])
  np.testing.assert_array_equal(np.delete(after, twin, 0), before)


def test_what_features_depend_on_is_kept_apart(tmp_path, monkeypatch):
  at = lambda backbone='pixels', **changes: features.stored_in(
    opened(tmp_path / 'set', range(9), tmp_path, weights=str(tmp_path), **changes),
    backbone,
  ).name  # fmt: skip
  names = [at(), at(**{'data.image_size': 8}), at(**{'data.crop': 'resize'})]
  names += [at('lite0')]
  (tmp_path / 'lite0.safetensors').write_bytes(b'others')
  names += [at('lite0'), at('classifier'), at('judge')]
  names += [at('classifier', **{'classifier.steps': 7})]
  assert at(**{'seed': 1, 'score.num_clusters': 3}) == names[0]
  monkeypatch.setattr(features.contents, 'READER', 'of another version')
  names += [at()]
  assert len(set(names)) == len(names)


def test_the_code_of_a_network_is_that_of_all_that_it_imports():
  text = '\n'.join(
    contents.code(sys.modules['prune_dm_jax.features.dino'], features.ROOM)
  )
  for sentence in ('Pictures as pretrained networks', 'def patches', 'dino'):
    assert sentence in text
  digests = {features.code_digest(name) for name in ('pixels', 'dino', 'clip')}
  assert len(digests) == 3


@pytest.fixture
def judge(monkeypatch):
  """A judge that was never trained, as the weights of any backbone."""
  network, rng = classifier.Judge(3), np.random.default_rng(0)
  example = np.zeros((1, 16, 16, 3), np.float32)
  shapes = jax.eval_shape(network.init, jax.random.key(0), example)['params']
  draw = lambda leaf: rng.normal(0, 0.1, leaf.shape).astype(np.float32)
  params = jax.tree.map(draw, shapes)
  weights = classifier.Weights(network, params)
  monkeypatch.setattr(features, 'weights_of', lambda run, backbone: weights)


def test_no_row_depends_on_those_that_are_computed_with_it(tmp_path, judge):
  run = opened(tmp_path / 'set', range(12), tmp_path)

  def of(some):
    found = list(features.batches(run, 'judge', np.array(some)))
    return jax.tree.map(lambda *rows: np.concatenate(rows), *found)

  whole = of(range(12))
  for some in ([5], [11, 2, 7], [*range(3, 12)]):
    for name, found in of(some).items():
      np.testing.assert_array_equal(found, whole[name][some])


def test_logits_are_kept_beside_features(tmp_path, judge):
  run = opened(tmp_path / 'set', range(9), tmp_path)
  found = features.extract(run, features.reader(run), 9, 'judge')
  for again in ('computed', 'read'):
    write(run, tmp_path / again, 'judge')
    for name, expected in found.items():
      got = np.load(tmp_path / again / f'{name}.npy')
      np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)


def test_a_set_in_memory_has_no_store(tmp_path):
  run = opening.open_run(digits_quick.get_config('random'), tmp_path)
  write(run, tmp_path / 'a')
  assert not (tmp_path / 'shared' / 'store').exists()


def start(folder, workdir):
  """`main` until features, in parts of eight pictures."""
  command = [
    sys.executable, '-m', 'prune_dm_jax.main',
    '--config=configs/image_folder.py:cluster_pixels,small',
    f'--config.data.path={folder}', f'--workdir={workdir}',
    '--until=features', '--config.runtime.batch_size=8',
    '--config.runtime.part_size=8', '--config.dit.conditional=False',
  ]  # fmt: skip
  # A job in the background, as a test may be, ignores it.
  heed = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
  return subprocess.Popen(
    command, cwd=ROOT, env=os.environ | {'XLA_FLAGS': ''},
    stderr=subprocess.PIPE, text=True, preexec_fn=heed,
  )  # fmt: skip


def finish(folder, workdir):
  """The bytes of the features, and what was said."""
  process = start(folder, workdir)
  _, said = process.communicate()
  assert process.returncode == 0, said
  (path,) = (workdir / 'shared').glob('features_*/features.npy')
  return path.read_bytes(), said


def kept(workdir):
  return sorted(workdir.glob('shared/store/features_*/*.npz'))


def end_when_more(process, workdir, number, how):
  """Ends a process as soon as so many more parts are there; its last words."""
  before = len(kept(workdir))
  while len(kept(workdir)) < before + number:
    assert process.poll() is None, process.stderr.read()
    time.sleep(0.0005)
  process.send_signal(how)
  return process.communicate()[1]


def many(folder):
  """440 files of 40 photographs, no two of the same bytes."""
  data = [p.read_bytes() for p in pictures(folder, range(40)).iterdir()]
  tails = [i.to_bytes(2, 'big') for i in range(400)]  # After a picture's end.
  more = {f'more{i:03d}.png': data[i % 40] + t for i, t in enumerate(tails)}
  return put(folder, more)


@pytest.mark.slow
def test_ten_kills_change_no_bit_and_lose_a_part_each(tmp_path):
  folder = many(tmp_path / 'set')
  expected, _ = finish(folder, tmp_path / 'alone')
  workdir = tmp_path / 'killed'
  for i in range(10):
    process = start(folder, workdir)
    end_when_more(process, workdir, 1 + i % 3, signal.SIGKILL)
    print(f'kill {i + 1}: {len(kept(workdir))} parts')
  number = len(kept(workdir))
  got, said = finish(folder, workdir)
  assert got == expected
  assert f'features of pixels: {8 * number} of 440 known' in said
  assert len(kept(workdir)) == 440 // 8


@pytest.mark.slow
def test_ctrl_c_is_a_line_and_loses_nothing_that_was_computed(tmp_path):
  folder, workdir = many(tmp_path / 'set'), tmp_path / 'work'
  said = end_when_more(start(folder, workdir), workdir, 2, signal.SIGINT)
  assert 'Traceback' not in said
  assert said.splitlines()[-1].startswith('prune_dm_jax: ')
  known = sum(len(parts.hashes(path)) for path in kept(workdir))
  _, said = finish(folder, workdir)
  assert f'features of pixels: {known} of 440 known' in said
