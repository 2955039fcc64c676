"""Weights from a hub on this machine, by the real client of the hub."""

import contextlib
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from safetensors import numpy as safetensors

from prune_dm_jax.commands import fetch
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import dino
from prune_dm_jax.features import weights
from prune_dm_jax.run import damage

pytest.importorskip('huggingface_hub')


@pytest.fixture
def folder(tmp_path):
  return tmp_path / 'mine'


def call(folder, *names):
  fetch.main([*names, f'--weights={folder}'])


def files(folder):
  return sorted(p.name for p in folder.iterdir() if p.name != '.locks')


def check_whole(hub, folder):
  """What was fetched is what the hub has, and said to be that."""
  path = folder / 'dino.safetensors'
  assert files(folder) == [path.name, f'{path.name}.json']
  assert path.read_bytes() == hub.data
  assert damage.read_json(fetch.record_of(path)) == {
    'repository': 'facebook/dinov2-small',
    'revision': hub.commit,
    'file': 'model.safetensors',
    'sha256': hub.etag,
  }


def test_what_is_fetched_is_what_the_backbone_loads(hub, folder, capsys):
  call(folder, 'dino')
  check_whole(hub, folder)
  revision = BACKBONES['dino'].hub.revision
  assert hub.seen[0] == (
    f'/facebook/dinov2-small/resolve/{revision}/model.safetensors'
  )
  params = dino.params_of(weights.read(folder / 'dino.safetensors'))
  found, name = params['class_token'], 'embeddings.cls_token'
  np.testing.assert_array_equal(found, hub.arrays[name])
  assert hub.etag in capsys.readouterr().out


def test_a_file_that_is_there_is_left_as_it_is_and_said(hub, folder, capsys):
  folder.mkdir()
  (folder / 'dino.safetensors').write_text('mine')
  call(folder, 'dino')
  assert 'from elsewhere, is there already' in capsys.readouterr().out
  with pytest.raises(SystemExit, match='is there already'):
    call(folder, 'dino', '--repository=facebook/dinov2-base')
  assert (folder / 'dino.safetensors').read_text() == 'mine' and not hub.seen


def test_what_was_fetched_is_said_to_be_of_where_it_was(hub, folder, capsys):
  call(folder, 'dino', '--repository=facebook/dinov2-base', '--revision=v1')
  asked = '/facebook/dinov2-base/resolve/v1/model.safetensors'
  assert hub.seen[0] == asked
  call(folder, 'dino')
  said = f'of facebook/dinov2-base at {hub.commit}, is there already'
  assert said in capsys.readouterr().out


def test_other_bytes_than_the_hub_states_are_not_put_in_place(hub, folder):
  hub.data = hub.data[:-1] + bytes([hub.data[-1] ^ 1])
  with pytest.raises(
    SystemExit, match=f'not put in place: .*states {hub.etag}'
  ):
    call(folder, 'dino')
  assert files(folder) == ['dino.safetensors.partial']
  assert not list(folder.glob('*.partial/*.safetensors'))
  hub.data = safetensors.save(hub.arrays)
  call(folder, 'dino')
  check_whole(hub, folder)


def test_a_file_whose_sha256_is_not_stated_is_not_fetched(hub, folder):
  hub.etag = 'a' * 40
  with pytest.raises(SystemExit, match='no sha256 is stated'):
    call(folder, 'dino')
  assert not folder.exists() and '/bytes' not in hub.seen


def test_a_line_that_breaks_is_taken_up_again(hub, folder):
  """By the client itself, or, as some versions end, by the same command."""
  hub.cut = len(hub.data) // 2
  hub.go_on.set()
  with contextlib.suppress(SystemExit):
    call(folder, 'dino')
  call(folder, 'dino')
  check_whole(hub, folder)
  assert hub.stopped.is_set()


def test_killed_in_the_middle_it_leaves_nothing_that_is_taken_for_whole(
  hub, folder
):
  hub.cut = len(hub.data) // 2
  process = subprocess.Popen(command(folder, 'dino'))
  assert hub.stopped.wait(120)
  process.send_signal(signal.SIGKILL)
  process.wait()
  assert files(folder) == ['dino.safetensors.partial']
  call(folder, 'dino')
  check_whole(hub, folder)


def command(folder, name):
  weights = f'--weights={folder}'
  return [sys.executable, '-m', 'prune_dm_jax', 'fetch', name, weights]


def test_without_a_network_it_is_said_in_one_sentence(folder):
  environment = {**os.environ, 'HF_ENDPOINT': 'http://127.0.0.1:9'}
  found = subprocess.run(
    command(folder, 'clip'),
    env=environment,
    capture_output=True,
    text=True,
    timeout=100,
  )
  assert found.returncode == 1 and len(found.stderr.splitlines()) == 1
  said = 'prune_dm_jax: model.safetensors of openai/clip-vit-base-patch32 at '
  assert found.stderr.startswith(said)
  assert 'cannot be fetched from http://127.0.0.1:9: ' in found.stderr
  assert not folder.exists()


def test_a_repository_that_is_not_there_is_named(hub, folder):
  said = 'of gone/away at main cannot be fetched from .*404'
  with pytest.raises(SystemExit, match=said):
    call(folder, 'dino', '--repository=gone/away')


def test_without_the_client_it_is_said_how_to_get_it(folder, monkeypatch):
  monkeypatch.setitem(sys.modules, 'huggingface_hub', None)
  with pytest.raises(SystemExit, match=r"pip install -e '.\[hub\]'"):
    call(folder, 'dino')


@pytest.mark.parametrize(
  ('given', 'said'),
  [
    (['dinov3'], "'dinov3' has no published weights; choose from clip, dino"),
    (['pixels'], "'pixels' has no published weights"),
    (['inception'], 'convert SOURCE .*/inception.safetensors` makes it, .*pth'),
    (['dino', 'inception'], 'convert SOURCE .*/inception.safetensors'),
    (['dino', 'clip', '--revision=v1'], 'v1 is of one network, not of dino, '),
    (['dino', '--file=pytorch_model.bin'], 'only files of safetensors'),
  ],
)
def test_what_cannot_be_fetched_is_said_before_anything_is(
  hub, folder, given, said
):
  with pytest.raises(SystemExit, match=said):
    call(folder, *given)
  assert not hub.seen and not folder.exists()
