"""The command that judges anyone's pictures."""

import json
import subprocess
import sys

import numpy as np
import pytest

from prune_dm_jax.metrics import frechet

RNG = np.random.default_rng(0)


def run(folder, *options):
  return subprocess.run(
    [sys.executable, '-m', 'prune_dm_jax', 'evaluate', *map(str, options),
     f'--workdir={folder}/cache'],
    capture_output=True, text=True, check=False,
  )  # fmt: skip


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
  """Generated, reference and training pictures, 4x4 grey."""
  path = tmp_path_factory.mktemp('evaluate')
  for name, number in dict(made=40, real=40, train=60).items():
    pictures = RNG.integers(0, 256, (number, 4, 4, 1), np.uint8)
    np.savez(path / f'{name}.npz', arr_0=pictures)
  with np.load(path / 'train.npz') as file:
    copied = file['arr_0'][:10]
  with np.load(path / 'made.npz') as file:
    made = np.concatenate([copied, file['arr_0'][10:]])
  np.savez(path / 'made.npz', arr_0=made)
  return path


def test_anyones_pictures_are_judged_and_written(folder):
  made, real, train = (folder / f'{n}.npz' for n in ('made', 'real', 'train'))
  np.save(folder / 'kept.npy', np.arange(5))
  process = run(
    folder, made, real, f'--training={train}', f'--kept={folder}/kept.npy',
    '--clusters=3', f'--same_noise={made}', f'--out={folder}/out.json',
    f'--write_statistics={folder}/real_statistics.npz',
  )  # fmt: skip
  assert process.returncode == 0, process.stderr
  found = {
    r['metric']: r for r in json.loads((folder / 'out.json').read_text())
  }
  assert found['copies']['value'] == 0.25
  assert found['same_noise_cosine']['value'] == pytest.approx(1)
  assert found['nearest_was_kept']['value'] >= 5 / 40
  assert 'cluster_kl' in found and 'asked_class' not in found
  assert '| frechet_distance |' in process.stdout
  pixels = lambda p: np.load(p)['arr_0'].reshape(40, -1) / 127.5 - 1
  expected = frechet.distance(
    *frechet.moments(pixels(made)), *frechet.moments(pixels(real))
  )
  assert found['frechet_distance']['value'] == pytest.approx(expected, rel=1e-4)


def test_the_reference_may_be_its_statistics_alone(folder):
  with np.load(folder / 'real.npz') as file:
    pixels = file['arr_0'].reshape(40, -1) / 127.5 - 1
  mean, covariance = frechet.moments(pixels)
  np.savez(folder / 'fid.npz', mu=mean, sigma=covariance)
  process = run(folder, folder / 'made.npz', folder / 'fid.npz')
  assert process.returncode == 0, process.stderr
  assert 'frechet_distance' in process.stdout
  assert 'precision' not in process.stdout


BAD = {
  ('made.npz', 'nowhere'): 'nowhere: there is no such file or folder',
  ('made.npz', 'real.npz', '--clusters=3'): '--clusters=3 is about --training',
  ('made.npz', 'real.npz', '--out=made.npz'): 'made.npz is there already',
  ('made.npz', 'real.npz', '--judge=cache'): 'not the cell of a run',
}


@pytest.mark.parametrize('words', BAD)
def test_bad_input_is_one_sentence(words, folder):
  placed = [
    f'{name}={folder}/{value}' if name in ('--out', '--judge') else word
    for word in words[2:]
    for name, _, value in [word.partition('=')]
  ]
  process = run(folder, *(folder / word for word in words[:2]), *placed)
  assert process.returncode == 1
  last = process.stderr.strip().splitlines()[-1]
  assert last.startswith('prune_dm_jax: ') and BAD[words] in last
