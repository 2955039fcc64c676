"""Bad pictures are found once, left out, and too many are an error."""

import json
import subprocess
import sys

import damage
import numpy as np
import pyarrow.parquet as pq
import pytest
from layouts import IMAGENET
from layouts import fashion_mnist
from layouts import pets
from photographs import encoded
from photographs import jpeg
from photographs import put

from configs import fashion_mnist as fashion_config
from configs import image_folder as config
from prune_dm_jax import stages
from prune_dm_jax.commands import data as command
from prune_dm_jax.data import image_folder
from prune_dm_jax.data import unreadable
from prune_dm_jax.run import opening
from prune_dm_jax.stages import data

SPOILED = ('cat/7.jpg', 'dog/3.jpg')


def spoiled(folder):
  pets(folder)
  return put(folder, dict.fromkeys(SPOILED, b'no picture'))


def configured(path, **overrides):
  found = config.get_config('random,small')
  found.data.path = str(path)
  found.update_from_flattened_dict({'data.max_bad': 0.3, **overrides})
  return found


def test_processes_find_what_one_finds(tmp_path, monkeypatch):
  source = image_folder.open_folder(spoiled(tmp_path))
  expected = dict.fromkeys(SPOILED, 'not a picture')
  assert damage.bad(source) == expected
  monkeypatch.delattr(unreadable, 'of_part')  # Others do it.
  assert damage.bad(source, workers=2) == expected


def test_a_source_without_its_bad_ones_is_another_set(tmp_path):
  source = image_folder.open_folder(spoiled(tmp_path))
  good = source.without(damage.bad(source))
  assert len(good) == 7 and good.bad.keys() == set(SPOILED)
  assert good.fingerprint != source.fingerprint
  assert good.labels.tolist() == [0] * 5 + [1] * 2
  unreadable.refuse(good, most=2 / 9)  # Not more than that.


def test_a_run_opens_without_them_and_checks_once(tmp_path, monkeypatch):
  path, workdir = spoiled(tmp_path / 'set'), tmp_path / 'runs'
  run = opening.open_run(configured(path), workdir)
  assert len(run.source) == 7 and not set(SPOILED) & set(run.source.keys)
  monkeypatch.delattr(unreadable, 'of_part')  # Nothing is looked at.
  again = opening.open_run(configured(path), workdir)
  assert again.source.fingerprint == run.source.fingerprint
  data.write(run, tmp_path)
  facts = json.loads((tmp_path / 'split.json').read_text())
  assert facts['bad'] == dict.fromkeys(SPOILED, 'not a picture')


def test_too_many_bad_ones_are_an_error_that_lists_them(tmp_path):
  sentence = '2 of 9 .* more than config.data.max_bad = 0.2 .*cat/7.jpg'
  with pytest.raises(ValueError, match=sentence):
    opening.open_run(
      configured(spoiled(tmp_path), **{'data.max_bad': 0.2}), tmp_path
    )


def test_another_path_to_the_same_data_shares_what_was_made(tmp_path):
  paths = [
    opening.open_run(configured(pets(tmp_path / name)), tmp_path).paths
    for name in 'ab'
  ]
  assert paths[0] == paths[1]


def test_what_the_set_holds_out_is_the_split(tmp_path):
  found = fashion_config.get_config('random,small')
  found.data.path = str(fashion_mnist(tmp_path))
  run = opening.open_run(found, tmp_path)
  assert (len(run.train), len(run.held_out)) == (25, 12)
  assert all(run.source.keys[i].startswith('t10k') for i in run.held_out)
  both = np.sort(np.concatenate([run.train, run.held_out]))
  np.testing.assert_array_equal(both, np.arange(37))
  data.write(run, tmp_path)
  facts = json.loads((tmp_path / 'split.json').read_text())
  assert facts['rule'] == 'the set names those that are held out'


def test_classes_are_not_learned_where_there_are_none(tmp_path):
  path = put(tmp_path, {p.name: p.read_bytes() for p in pets(
    tmp_path / 'set').rglob('*.jpg')})  # fmt: skip
  overrides = {'score.method': 'cluster', 'score.backbone': 'classifier'}
  with pytest.raises(ValueError, match='this data has none; choose pixels'):
    opening.open_run(configured(path, **overrides), tmp_path)


@pytest.mark.parametrize('variant', ['random', 'cluster_pixels'])
def test_pictures_without_classes_are_selected_from(variant, tmp_path):
  names = [f'{i}.jpg' for i in range(20)]
  path = put(tmp_path / 'set', {n: jpeg(i) for i, n in enumerate(names)})
  found = config.get_config(f'{variant},small')
  found.data.path = str(path)
  stages.run_until(found, tmp_path, 'select')
  table = pq.read_table(tmp_path / f'{variant}-0.5-seed0/manifest.parquet')
  assert table['label'].to_pylist() == [-1] * 20
  assert sum(table['keep'].to_pylist()) == 8  # Of 16, as 4 are held out.


def described(*argv):
  line = [sys.executable, '-m', 'prune_dm_jax', 'data', *map(str, argv)]
  return subprocess.run(line, capture_output=True, text=True, check=False)


def test_the_command_says_what_is_there(tmp_path):
  tree = IMAGENET['ImageFolder, train/ and val/'](tmp_path)
  put(tree, {'train/n01440764/n01440764_9.JPEG': b'no picture'})
  process = described(tree, '--size=32')
  assert process.returncode == 0, process.stderr
  for text in (
    'data.name    imagenet', 'ImageFolder, train/ and val/', 'pictures     18',
    'held out     6', 'classes      3', '6  n02979186', 'bad          1',
    'train/n01440764_9: not a picture', 'ms a picture', 'GB as codes',
  ):  # fmt: skip
    assert text in process.stdout


def test_a_set_of_which_nothing_can_be_read_is_refused(tmp_path):
  put(tmp_path, {'a.png': b'no picture'})
  with pytest.raises(SystemExit, match='none of its pictures can be read'):
    command.main([str(tmp_path)])


def test_the_command_refuses_in_one_sentence(tmp_path):
  process = described(tmp_path)
  assert process.returncode == 1 and not process.stdout
  (line,) = process.stderr.splitlines()
  assert str(tmp_path) in line and 'no picture in this folder' in line


def test_the_command_counts_what_the_crop_and_few_bits_take_away(
  tmp_path, capsys
):
  """Two pictures are twice as wide as high; one holds 12 bits in 16."""
  grey = np.tile(np.arange(4096, dtype=np.uint16)[::64], (64, 1))
  files = {f'wide {i}.png': np.zeros((8, 16), np.uint8) + 9 * i for i in (0, 1)}
  files['wide 0.png'][0, 0] = files['wide 1.png'][0, 0] = 255
  files |= {'dark.png': grey, 'deep.png': grey * 16}
  put(tmp_path, {name: encoded(a, 'PNG') for name, a in files.items()})
  command.main([str(tmp_path), '--size=8'])
  said = capsys.readouterr().out
  assert 'crop         2 of 4 lose more than a third of their area; ' in said
  assert 'at most 16 of 256 are used in 1 of 4 sampled' in said
  (tmp_path / 'dark.png').unlink()
  for name in ('wide 0.png', 'wide 1.png'):
    (tmp_path / name).unlink()
  command.main([str(tmp_path), '--size=8'])
  said = capsys.readouterr().out
  assert '0 of 1 lose more than a third of their area\n' in said
  assert 'levels' not in said
