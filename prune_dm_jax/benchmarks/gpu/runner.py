"""The product on one GPU, in a quarter of an hour, part by part.

  prune-dm benchmark gpu [--out=FOLDER --seconds=900 --parts=train_xl,digits]
  prune-dm benchmark gpu --tiny      the self-test: any CPU, some minutes

Each part is a process of its own with a limit of its own: one that is out of time
is ended, and the next one starts. What was measured by then stays in
FOLDER/results.jsonl, a line of JSON each; the end of what parts said to the
terminal is in FOLDER/log.txt. At the end comes a table of Markdown. The code is 0
if every part that was asked for was measured whole.

  train_xl train_sb train_f32   a step of DiT-XL/2, S/2 and B/2, in float32
  torch_xl torch_s              the same in PyTorch, where it is installed
  digits                        a whole run, from data to report
  scores sample vqvae           GraNd and MoSo; Heun's method; the autoencoder
  precision                     what products round to; which bits come again
  kmeans digest                 at ImageNet's size; a checkpoint's SHA-256
"""

import argparse
import importlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

from prune_dm_jax import benchmarks
from prune_dm_jax.benchmarks.gpu import facts
from prune_dm_jax.benchmarks.gpu import table

PARTS = {
  'train_xl': ('train', 140),
  'torch_xl': ('peers', 100),
  'digits': ('digits', 110),
  'train_sb': ('train', 110),
  'torch_s': ('peers', 60),
  'scores': ('score_parts', 130),
  'sample': ('sample', 120),
  'vqvae': ('autoencoder', 75),
  'precision': ('bits', 60),
  'kmeans': ('large', 70),
  'digest': ('large', 20),
  'train_f32': ('train', 80),
}
"""part -> the module of its function, and seconds at most; in order of worth."""

MACHINE = 'machine', 40
TINY_TIMES = 20
"""How much longer parts may take on a CPU."""

LEAST = 15
"""Seconds with less than which no part begins."""

ROOT = pathlib.Path(__file__).parents[3]


def options(argv):
  parser = benchmarks.parser('gpu', __doc__)
  parser.add_argument('--tiny', action='store_true')
  parser.add_argument('--parts', default=','.join(PARTS))
  parser.add_argument('--out', type=pathlib.Path, default='gpu_benchmark')
  parser.add_argument('--seconds', type=float, default=900)
  parser.add_argument('--one', default='', help=argparse.SUPPRESS)
  given = parser.parse_args(argv)
  for name in given.parts.split(','):
    if name not in PARTS:
      sys.exit(
        f'prune_dm_jax: --parts={name}: there is no such part; choose from '
        f'{", ".join(PARTS)}'
      )
  given.out = given.out.absolute()
  return given


def main(argv):
  given = options(argv)
  if given.one:
    alone(given)
    return
  given.out.mkdir(parents=True, exist_ok=True)
  before, end = facts.size(given.out), time.monotonic() + given.seconds
  with tempfile.TemporaryDirectory(prefix='prune-dm-gpu-') as scratch:
    whole(given, *MACHINE, end, scratch)
    for name in given.parts.split(','):
      whole(given, name, PARTS[name][1], end, scratch)
  rows = facts.read(given.out, before)
  print(f'\n{table.text(rows)}\n\n{given.out / facts.RESULTS}')
  failed = {row['part']: row['failed'] for row in rows if 'failed' in row}
  if failed:
    why = '; '.join(f'{name} ({what})' for name, what in failed.items())
    sys.exit(f'prune_dm_jax: not measured whole: {why}')


def whole(given, name, limit, end, scratch):
  """Measures a part, and says so if it is not measured whole."""
  part = facts.Part(name, given.tiny, given.out)
  left = end - time.monotonic()
  if left < LEAST:
    facts.say(
      part, 'part', failed=f'{max(left, 0):.0f} s were left of --seconds'
    )
    return
  limit = min(limit * (TINY_TIMES if given.tiny else 1), left)
  log, began = pathlib.Path(scratch, 'log'), time.monotonic()
  failed = run(command(given, name), limit, log)
  with open(given.out / 'log.txt', 'a') as file:
    file.write(f'===== {name}\n{text_of(log)}\n')
  if failed:
    facts.say(part, 'part', failed=failed[:300])
  print(f'# {name}: {time.monotonic() - began:.0f} s', flush=True)


def text_of(log):
  """The end of what a part said to the terminal."""
  return log.read_text(errors='replace')[-20_000:].strip()


def command(given, name):
  """What measures one part."""
  tiny = ['--tiny'] if given.tiny else []
  program = [sys.executable, '-m', 'prune_dm_jax', 'benchmark', 'gpu']
  return [*program, f'--one={name}', f'--out={given.out}', *tiny]


def run(words, limit, log):
  """Runs it for so many seconds; what was wrong, or ''.

  It, and all that it started, ends with this process: their input closes.
  """
  with open(log, 'wb') as file:
    child = subprocess.Popen(
      words, stdin=subprocess.PIPE, stderr=file, cwd=ROOT,
      env=surroundings(log.parent), start_new_session=True,
    )  # fmt: skip
  try:
    code = child.wait(limit)
    last = ''.join(text_of(log).splitlines()[-1:])
    return f'rc {code}: {last}' if code else ''
  except subprocess.TimeoutExpired:
    return f'ended, out of time after {limit:.0f} s'
  finally:
    end_all(child)


def end_all(child):
  """Ends a process and what it started."""
  try:
    os.killpg(child.pid, signal.SIGKILL)
  except ProcessLookupError:
    pass
  child.wait()
  child.stdin.close()


def surroundings(scratch):
  """The environment of a part: one card, most of its memory, files in scratch."""
  usual = dict(
    CUDA_VISIBLE_DEVICES='0',
    XLA_PYTHON_CLIENT_MEM_FRACTION='0.92',
    JAX_COMPILATION_CACHE_DIR=f'{scratch}/compiled',
    JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS='0.2',
    PRUNE_DM_CACHE=f'{scratch}/contents',
  )
  own = dict(PYTHONUNBUFFERED='1', TMPDIR=scratch)
  return {**usual, **os.environ, **own}


def alone(given):
  """Measures a part, in this process."""
  threading.Thread(target=end_with_input, daemon=True).start()
  import jax

  jax.config.update('jax_numpy_rank_promotion', 'raise')
  module = 'machine' if given.one == MACHINE[0] else PARTS[given.one][0]
  module = importlib.import_module(f'prune_dm_jax.benchmarks.gpu.{module}')
  getattr(module, given.one)(facts.Part(given.one, given.tiny, given.out))


def end_with_input():
  """Ends this process, and what it started, when who started it has ended."""
  os.read(0, 1)
  os.killpg(0, signal.SIGKILL)
