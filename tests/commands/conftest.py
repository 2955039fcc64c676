"""A hub of weights on this machine, and cells of a few pictures."""

import contextlib
import hashlib
import http.server
import re
import threading

import numpy as np
import pytest
import tiny as tiny_lib
from safetensors import numpy as safetensors


class Handler(http.server.BaseHTTPRequestHandler):
  """Answers as the hub does of a large file: a redirect to where its bytes are.

  The server has `data`, what is stated of it in `etag`, its `commit`, the
  requests it met in `seen`, and `cut`: after how many bytes the first answer
  stops, and `stopped` is set; the line is closed when `go_on` is.
  """

  protocol_version = 'HTTP/1.1'

  def do_HEAD(self):
    self.server.seen.append(self.path)
    if self.path.startswith('/gone/'):
      self.answer(404, {'X-Error-Code': 'RepoNotFound', 'Content-Length': '0'})
    else:
      headers = {
        'Location': f'http://localhost:{self.server.server_port}/bytes',
        'X-Repo-Commit': self.server.commit,
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
  server.commit = 'c' * 40
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


@pytest.fixture(scope='session')
def tiny(tmp_path_factory):
  """The Tiny that commands read, and none writes to."""
  return tiny_lib.make(tmp_path_factory.mktemp('tiny'))
