"""The runner of the benchmark of a GPU, with parts that measure nothing."""

import json
import subprocess
import sys
import time

import pytest

from prune_dm_jax.benchmarks.gpu import facts
from prune_dm_jax.benchmarks.gpu import runner
from prune_dm_jax.commands import benchmark

SAYS = """
import pathlib, subprocess, sys, time
from prune_dm_jax.benchmarks.gpu import facts
name, out = sys.argv[1], pathlib.Path(sys.argv[2])
part = facts.Part(name, True, out)
facts.say(part, 'begun', number=1 / 3)
if name == 'digits':
  child = subprocess.Popen(['sleep', '60'])
  facts.say(part, 'child', pid=child.pid)
  time.sleep(60)
if name == 'scores':
  sys.exit('it broke')
if name == 'vqvae':
  with facts.attempt(part, 'large', batch=2):
    raise ValueError('out\\n of  memory')
facts.say(part, 'ended')
"""


@pytest.fixture
def measured(monkeypatch, tmp_path, capfd):
  """(parts, **options) -> lines, what was printed, and why it ended."""
  words = lambda given, name: [sys.executable, '-c', SAYS, name, str(given.out)]
  monkeypatch.setattr(runner, 'command', words)
  monkeypatch.setattr(runner, 'MACHINE', ('machine', 10))
  limits = {'digits': ('digits', 3)}
  monkeypatch.setattr(runner, 'PARTS', runner.PARTS | limits)

  def measure(parts, *more):
    argv, why = ['gpu', f'--parts={parts}', f'--out={tmp_path}', *more], ''
    try:
      benchmark.main(argv)
    except SystemExit as end:
      why = end.code
    text = (tmp_path / facts.RESULTS).read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    return lines, capfd.readouterr().out, why

  return measure


def of(lines, part):
  return [line['what'] for line in lines if line['part'] == part]


def test_a_part_out_of_time_is_ended_with_its_children_and_the_next_begins(
  measured,
):
  lines, out, why = measured('digits,kmeans')
  assert of(lines, 'digits') == ['begun', 'child', 'part']
  assert of(lines, 'kmeans') == ['begun', 'ended']
  (pid,) = (line['pid'] for line in lines if 'pid' in line)
  assert not alive(pid)
  assert why == (
    'prune_dm_jax: not measured whole: digits (ended, out of time after 3 s)'
  )
  assert '| kmeans | ended |' in out and '# digits: ' in out


def alive(pid):
  """Whether a process runs, a second from now at the latest."""
  for _ in range(20):
    try:
      with open(f'/proc/{pid}/stat') as file:
        if file.read().rpartition(')')[2].split()[0] == 'Z':
          return False
    except FileNotFoundError:
      return False
    time.sleep(0.05)
  return True


def test_what_failed_is_named_and_the_code_is_not_0(measured, tmp_path):
  lines, _, why = measured('scores,vqvae,kmeans')
  assert why == (
    'prune_dm_jax: not measured whole: scores (rc 1: it broke); vqvae '
    '(ValueError: out of memory)'
  )
  assert of(lines, 'vqvae') == ['begun', 'large', 'ended']
  assert of(lines, 'kmeans') == ['begun', 'ended']
  assert 'it broke' in (tmp_path / 'log.txt').read_text()


def test_earlier_results_stay_and_are_not_in_the_table(measured):
  lines, _, why = measured('scores')
  assert why
  more, out, why = measured('kmeans')
  assert more[: len(lines)] == lines and why == ''
  assert '| scores |' not in out and '| kmeans | begun |' in out


def test_without_time_no_part_begins(measured):
  lines, _, why = measured('kmeans', '--seconds=5')
  assert of(lines, 'kmeans') == ['part'] and 'were left of --seconds' in why


def test_a_part_that_there_is_not_is_refused_before_any_begins(tmp_path):
  with pytest.raises(SystemExit, match='--parts=trian: there is no'):
    benchmark.main(['gpu', '--parts=kmeans,trian', f'--out={tmp_path / "o"}'])
  assert not (tmp_path / 'o').exists()


def test_a_part_ends_when_who_started_it_has_ended(tmp_path):
  """Its input closes; what it had started ends too."""
  script = (
    'import os, subprocess, sys, threading, time\n'
    'from prune_dm_jax.benchmarks.gpu import runner\n'
    'child = subprocess.Popen(["sleep", "60"])\n'
    'print(child.pid, flush=True)\n'
    'threading.Thread(target=runner.end_with_input, daemon=True).start()\n'
    'time.sleep(60)\n'
  )
  part = subprocess.Popen(
    [sys.executable, '-c', script],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    start_new_session=True,
  )
  pid = int(part.stdout.readline())
  part.stdin.close()
  assert part.wait(10) == -9
  part.stdout.close()
  assert not alive(pid)
