"""Proof: a disk that is full wherever it may be costs a sentence and no bit."""

import contextlib
import hashlib
import json
import os
import re
import subprocess

import pytest
from main_command import run

SMALL = (
  '--until=sample', '--config.data.image_size=8', '--config.data.held_out=0.6',
  '--config.autoencoder.steps=6', '--config.train.steps=6',
  '--config.sample.num=40', '--config.sample.num_steps=2',
  '--config.runtime.checkpoint_every=2', '--config.runtime.log_every=2',
)  # fmt: skip

FULL = (
  r'prune_dm_jax: (/\S+): No space left on device \(.*[0-9,]+ bytes are free\); '
  'the same command goes on when there is room'
)


@contextlib.contextmanager
def disk(path):
  """A function that gives a small disk at a path so many kibibytes."""
  path.mkdir()
  mounted = ['mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', str(path)]
  try:
    subprocess.run(mounted, check=True, capture_output=True)
  except (OSError, subprocess.CalledProcessError):
    pytest.skip('no disk can be made here')
  try:
    yield lambda size: subprocess.run(
      ['mount', '-o', f'remount,size={size}k', str(path)], check=True
    )
  finally:
    subprocess.run(['umount', '--lazy', str(path)], check=False)


def sampled(workdir):
  (folder,) = workdir.glob('*/samples')
  settings = json.loads((folder / 'settings.json').read_text())
  pictures = hashlib.sha256((folder / 'images.npy').read_bytes()).hexdigest()
  return settings['ema_digest'], pictures


@pytest.mark.slow
def test_a_full_disk_wherever_it_may_be_changes_no_bit(tmp_path, monkeypatch):
  monkeypatch.setenv('PRUNE_DM_CACHE', str(tmp_path / 'cache'))
  monkeypatch.setitem(os.environ, 'XLA_FLAGS', '')
  alone = run(tmp_path / 'alone', 'random', *SMALL)
  assert alone.returncode == 0, alone.stderr
  full, sizes = [], (16, *(round(500 * 1.35**i) for i in range(20)))
  with disk(tmp_path / 'disk') as resize:
    for size in sizes:
      resize(size)
      process = run(tmp_path / 'disk' / 'runs', 'random', *SMALL)
      if process.returncode == 0:
        break
      last = process.stderr.strip().splitlines()[-1]
      assert 'Traceback' not in process.stderr, process.stderr
      assert re.fullmatch(FULL, last), process.stderr
      full.append(re.fullmatch(FULL, last)[1])
      print(size, last)
    assert sampled(tmp_path / 'disk' / 'runs') == sampled(tmp_path / 'alone')
  assert any('checkpoints' in path for path in full), full
