"""Weights from a hub on this machine, by the real client of the hub."""

import contextlib
import hashlib
import http.server
import os
import re
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from safetensors import numpy as safetensors

from prune_dm_jax.commands import fetch
from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import dino
from prune_dm_jax.features import weights
from prune_dm_jax.run import artifacts

pytest.importorskip('huggingface_hub')
COMMIT = 'c' * 40


class Handler(http.server.BaseHTTPRequestHandler):
  """Answers as the hub does of a large file: a redirect to where its bytes are.

  The server has `data`, what is stated of it in `etag`, the requests it met in
  `seen`, and `cut`: after how many bytes the first answer stops, and `stopped`
  is set; the line is closed when `go_on` is.
  """

  protocol_version = 'HTTP/1.1'

  def do_HEAD(self):
    self.server.seen.append(self.path)
    if self.path.startswith('/gone/'):
      self.answer(404, {'X-Error-Code': 'RepoNotFound', 'Content-Length': '0'})
    else:
      headers = {
        'Location': f'http://localhost:{self.server.server_port}/bytes',
        'X-Repo-Commit': COMMIT,
        'X-Linked-Etag': f'"{self.server.etag}"',
        'X-Linked-Size': str(len(self.server.data)),
        'Content-Length': '0',
      }
      self.answer(302, headers)

  def do_GET(self):
    if self.path != '/bytes':  # What else some versions of the client ask.
      self.answer(404, {'Content-Length': '0'})
      return
    self.server.seen.append(self.path)
    match = re.match(r'bytes=(\d+)-', self.headers.get('Range', ''))
    start = int(match[1]) if match else 0
    size = len(self.server.data)
    headers = {'Content-Length': str(size - start)}
    if match:
      headers['Content-Range'] = f'bytes {start}-{size - 1}/{size}'
    self.answer(206 if match else 200, headers)
    cut, self.server.cut = self.server.cut, 0
    with contextlib.suppress(OSError):  # Of one that has gone away.
      self.wfile.write(self.server.data[start : cut or None])
    if cut:
      self.server.stopped.set()
      self.server.go_on.wait(60)
      self.close_connection = True

  def answer(self, code, headers):
    self.send_response(code)
    for name, value in headers.items():
      self.send_header(name, value)
    self.end_headers()

  def log_message(self, *_):
    pass


@pytest.fixture
def hub(golden, tmp_path, monkeypatch):
  """A hub with the weights of a DINOv2 under the names of Hugging Face."""
  rng = np.random.default_rng(0)
  arrays = {
    name[2:]: rng.normal(size=shape).astype(np.float32)
    for name, shape in golden('transformers_dinov2').items()
    if name.startswith('s:')
  }
  server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
  server.arrays, server.data = arrays, safetensors.save(arrays)
  server.etag = hashlib.sha256(server.data).hexdigest()
  server.seen, server.cut = [], 0
  server.stopped, server.go_on = threading.Event(), threading.Event()
  address = f'http://127.0.0.1:{server.server_port}'
  monkeypatch.setenv('HF_ENDPOINT', address)
  monkeypatch.setenv('HF_HOME', str(tmp_path / 'home'))
  thread = threading.Thread(target=server.serve_forever)
  thread.start()
  yield server
  server.go_on.set()
  server.shutdown()
  thread.join()
  server.server_close()


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
  assert artifacts.read_json(fetch.record_of(path)) == {
    'repository': 'facebook/dinov2-small',
    'revision': COMMIT,
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
  said = f'of facebook/dinov2-base at {COMMIT}, is there already'
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
