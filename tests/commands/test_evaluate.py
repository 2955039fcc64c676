"""The command that judges anyone's pictures."""

import json
import logging
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from prune_dm_jax.commands import evaluate
from prune_dm_jax.data import image_folder
from prune_dm_jax.data import imagenet
from prune_dm_jax.metrics import frechet
from prune_dm_jax.stages import judge as judge_lib

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


COPIED = '25 % of the generated pictures are copies of training pictures'
APART = ('vendi', 'same_noise_cosine')
"""Metrics that compare with neither the reference nor what is trained on."""


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
  for name in ('frechet_distance', 'precision', 'copies', 'cluster_kl'):
    assert found[name]['warning'].endswith(COPIED), name
  assert not any('copies' in found[n]['warning'] for n in APART)
  assert found['generated_in_training']['value'] == 0.25
  assert found['reference_in_training']['value'] == 0
  assert '| generated_in_training | 0.25 ' in process.stdout
  assert 'reference_in_training' not in process.stdout
  assert '10 of 40 generated pictures are copies of training' in process.stderr
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


def test_bad_input_is_one_sentence(folder):
  process = run(folder, folder / 'made.npz', folder / 'nowhere')
  assert process.returncode == 1 and process.stdout == ''
  assert process.stderr == (
    f'prune_dm_jax: {folder}/nowhere: there is no such file or folder\n'
  )


def in_process(*words):
  return evaluate.options([*map(str, words)])


def of_names(path, names):
  for i, name in enumerate(names):
    file = path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    shade = np.full((2, 2, 3), i, np.uint8)
    Image.fromarray(shade).save(file)
  return path


def test_what_was_kept_may_be_said_by_keys_of_imagenet(tmp_path):
  files = {s: [f'{s}/n0000000{c}/n0000000{c}_{i}.JPEG' for c in (1, 2)
               for i in range(4)] for s in ('train', 'val')}  # fmt: skip
  root = of_names(tmp_path / 'set', files['train'] + files['val'])
  source = imagenet.open_imagenet(root)
  chosen = [i for i, held in enumerate(source.held_out) if not held][1::2]
  text = '\n'.join(source.keys[i] for i in chosen)
  (tmp_path / 'kept.txt').write_text(text)
  np.savez(tmp_path / 'kept.npz', index=chosen, fingerprint=source.fingerprint)
  for name in ('kept.txt', 'kept.npz'):
    asked = in_process(
      root, root, f'--training={root}', f'--kept={tmp_path / name}',
      f'--workdir={tmp_path}/cache',
    )  # fmt: skip
    sets = evaluate.opened(asked)
    keys = sets['training'].pictures.keys
    found = [keys[i] for i in np.flatnonzero(evaluate.kept(asked, sets))]
    assert found == files['train'][1::2]
  (tmp_path / 'kept.txt').write_text(text + '\ntrain/n00000001_9')
  asked.kept = tmp_path / 'kept.txt'
  with pytest.raises(ValueError, match=r"whose keys look like 'train/n0000000"):
    evaluate.kept(asked, sets)


def test_what_was_kept_is_the_same_by_keys_and_by_places(tmp_path):
  """`cat-big/` is before `cat/`, as strings are ordered."""
  names = [f'{c}/{i}.png' for c in ('cat', 'cat-big') for i in range(4)]
  train = of_names(tmp_path / 'train', names)
  keys = image_folder.open_folder(train).keys
  chosen = [i for i, key in enumerate(keys) if key.startswith('cat/')]
  np.save(tmp_path / 'kept_idx.npy', chosen)
  (tmp_path / 'kept.txt').write_text('\n'.join(keys[i] for i in chosen))
  found = []
  for name in ('kept_idx.npy', 'kept.txt'):
    asked = in_process(
      train, train, f'--training={train}', f'--kept={tmp_path / name}',
      f'--workdir={tmp_path}/cache',
    )  # fmt: skip
    sets = evaluate.opened(asked)
    pictures = sets['training'].pictures
    some = np.flatnonzero(evaluate.kept(asked, sets))
    found.append([pictures.keys[i] for i in some])
    shades = [image[0, 0, 0] for image in pictures.read(some)]
    assert shades == [0, 1, 2, 3]
  assert found[0] == found[1] == [f'cat/{i}.png' for i in range(4)]


@pytest.mark.parametrize('width', [12, 2048])
def test_moments_beside_pictures_are_taken_if_they_are_of_such_features(
  width, tmp_path, caplog
):
  arr_0 = RNG.integers(0, 256, (8, 2, 2, 3), np.uint8)
  path = tmp_path / 'both.npz'
  np.savez(path, arr_0=arr_0, mu=np.zeros(width), sigma=np.eye(width))
  asked = in_process(path, path, f'--workdir={tmp_path}/cache')
  sets, judge = evaluate.opened(asked), evaluate.judge_of(asked)
  with caplog.at_level(logging.INFO):
    given = evaluate.arrays(asked, sets, judge, judge_lib.View((2, 2, 3)))
  assert given['reference_features'].shape == (8, 12)
  mean, _ = given['reference_moments']
  if width == 12:
    assert not mean.any() and given['of_file']
    assert 'distance is to its mu and sigma' in caplog.text
  else:
    pixels = arr_0.reshape(8, -1) / 127.5 - 1
    np.testing.assert_allclose(mean, pixels.mean(axis=0), atol=1e-6)
    assert 'of 2048 features, as many as --backbone=inception' in caplog.text


WRONG = {
  ('--training=nowhere',): 'nowhere: there is no such file or folder',
  ('--clusters=3',): '--clusters=3 is about --training',
  ('--clusters=7', '--training=a'): '--clusters=7, but a has 6 pictures',
  ('--out=moments.npz',): 'moments.npz is there already',
  ('--judge=a',): 'a: not the cell of a run',
  ('--size=8',): 'what --resize brings',
  ('--resize=torch',): 'name --backbone=inception',
  ('--max_bad=nan',): '--max_bad=nan is no share, from 0 to 1',
  ('--backbone=lite0', '--judge=cell'): 'name one',
  ('--backbone=inception', '--weights=nowhere'): (
    'inception.safetensors is not in nowhere.*github.com/mseitzer/pytorch-fid'
  ),
  ('--same_noise=moments.npz',): 'statistics, and no pictures; only REFERENCE',
}


@pytest.mark.parametrize('words', WRONG)
def test_what_cannot_be_done_is_said_before_anything_is(
  words, tmp_path, monkeypatch
):
  monkeypatch.chdir(tmp_path)
  of_names(tmp_path / 'a', [f'{i}.png' for i in range(6)])
  np.savez('moments.npz', mu=np.zeros(12), sigma=np.eye(12))
  with pytest.raises(ValueError, match=WRONG[words]):
    evaluate.evaluate(in_process('a', 'a', '--workdir=cache', *words))
  assert not list(tmp_path.glob('cache/features*'))
