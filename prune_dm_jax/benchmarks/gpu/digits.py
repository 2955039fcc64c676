"""The product's one-minute run on digits, from data to report, in OUT."""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

from prune_dm_jax.benchmarks.gpu import facts

ROOT = pathlib.Path(__file__).parents[3]
CONFIG = 'configs/digits_quick.py'


def digits(part):
  if not (ROOT / CONFIG).exists():
    why = f'{ROOT / CONFIG} is not there; a checkout of the sources has it'
    facts.say(part, 'whole run', skipped=why)
    return
  work = pathlib.Path(tempfile.mkdtemp(prefix='digits-'))
  began = time.perf_counter()
  done = run(work, ['--until=select'] if part.tiny else [])
  spent = time.perf_counter() - began
  (part.out / 'digits.txt').write_text(done.stderr[-20_000:])
  if done.returncode:
    last = done.stderr.strip().splitlines()[-1:] or ['it said nothing']
    raise RuntimeError(f'rc {done.returncode}: {last[0]}')
  facts.say(part, 'whole run', seconds=spent, **metrics(work))
  for stage, seconds in stages(work).items():
    facts.say(part, stage, seconds=seconds)
  for page in list(work.rglob('report.html'))[:1]:
    (part.out / 'report.html').write_bytes(page.read_bytes())


def run(work, more):
  return subprocess.run(
    [sys.executable, '-m', 'prune_dm_jax.main', f'--config={CONFIG}:grand',
     f'--workdir={work}', *more],
    cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
  )  # fmt: skip


def stages(work):
  """What has a time.json -> its seconds."""
  found = {}
  for path in sorted(work.rglob('time.json')):
    name = path.parent.relative_to(work).as_posix()
    found[name] = json.loads(path.read_text())['seconds']
  return found


def metrics(work):
  """Of the samples, metric -> value."""
  for path in work.rglob('metrics.json'):
    rows = json.loads(path.read_text())
    return {r['metric']: r['value'] for r in rows if r.get('of') == 'samples'}
  return {}
