"""Several processes on loopback, each a machine of its own to JAX."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys

import numpy as np
import pytest
from absl.testing import flagsaver

from prune_dm_jax.run import processes
from prune_dm_jax.run import same_command

ROOT = pathlib.Path(__file__).parents[2]

PROGRAM = """
import sys
from absl import flags
from pathlib import Path
from prune_dm_jax.run import artifacts, damage, processes
flags.FLAGS(sys.argv)
processes.connect()
here, folder = processes.PROCESS_ID.value, Path('{folder}')
def make(path):
  print('made by', here)
  artifacts.write_json(path / 'made.json', here)
  if {fails}:
    raise ValueError('no more')
path = artifacts.build(folder / 'thing', make)
print(here, 'found', damage.read_json(path / 'made.json'))
"""


def free_port():
  with socket.socket() as taken:
    taken.bind(('127.0.0.1', 0))
    return taken.getsockname()[1]


def started(command, number=2, **environment):
  """The output and exit code of each of several processes with one device."""
  options = [
    f'--coordinator=127.0.0.1:{free_port()}',
    f'--num_processes={number}',
  ]
  several = [
    subprocess.Popen(
      [*command, *options, f'--process_id={i}'],
      cwd=ROOT,
      env=os.environ | {'XLA_FLAGS': ''} | environment,
      stdout=subprocess.PIPE,
      stderr=subprocess.STDOUT,
      text=True,
    )
    for i in range(number)
  ]
  return [(p.communicate()[0], p.returncode) for p in several]


def program(folder, fails):
  text = PROGRAM.format(folder=folder, fails=fails)
  return started([sys.executable, '-c', text])


def test_the_first_process_makes_it_and_the_others_find_it(tmp_path):
  outputs = program(tmp_path, fails=False)
  for here, (output, code) in enumerate(outputs):
    assert code == 0, output
    assert f'{here} found 0' in output
    assert ('made by' in output) == (here == 0)


def test_if_the_first_process_fails_the_others_end_too(tmp_path):
  first, second = program(tmp_path, fails=True)
  assert first[1] == 1 and 'ValueError: no more' in first[0]
  assert second[1] == 1 and 'process 0 could not go on' in second[0]
  assert 'found' not in first[0] + second[0]
  assert not (tmp_path / 'thing').exists()


OTHERS = """
import sys
from prune_dm_jax.run import command_line, processes
processes.MEET = {meet}
who = sys.argv[-1][-1]
sys.argv += ['--config.runtime.workers=' + who, '--config.dit.' + {key!r} + who]
command_line.run(lambda *_: print('begun'), sys.argv[1:], '')
"""


def given_apart(folder, key, meet=240):
  """A program of which each process is given its own id as a value."""
  return [
    sys.executable, '-c', OTHERS.format(key=key, meet=meet),
    '--config=configs/digits_quick.py:random', f'--workdir={folder}',
  ]  # fmt: skip


def test_processes_that_were_given_other_values_refuse_all_of_them(tmp_path):
  for output, code in started(given_apart(tmp_path, 'label_dropout=0.')):
    assert code == 1 and output.endswith(
      'prune_dm_jax: config.dit.label_dropout is 0.0 to process 0 and 0.1 to '
      'process 1; start the same command on each\n'
    )
    assert 'begun' not in output


def test_what_one_was_given_and_another_was_not_is_named():
  same_command.compare({'a': 1, 'b': [2]}, {'b': [2], 'a': 1}, 3)
  with pytest.raises(ValueError, match='b is 2 to process 0 and None to proc'):
    same_command.compare({'a': 1, 'b': 2}, {'a': 1}, 3)


@pytest.mark.slow
def test_who_waits_for_others_says_so(tmp_path):
  port = free_port()
  command = given_apart(tmp_path, 'label_dropout=0.', meet=-4)
  options = f'--coordinator=127.0.0.1:{port} --num_processes=2 --lost_after=10'
  done = subprocess.run(
    [*command, *options.split(), '--process_id=0'],
    cwd=ROOT, capture_output=True, text=True,
  )  # fmt: skip
  assert done.returncode == 75 and done.stdout == ''
  assert f' waiting for 2 processes at 127.0.0.1:{port}\n' in done.stderr


@pytest.mark.parametrize(
  'address', ['localhost', ':7788', 'a:b', 'a:65536', 'a:0']
)
def test_an_address_that_is_none_is_refused(address):
  for good in ('10.0.0.1:1', 'node-7.local:65535', '[::1]:7788'):
    processes.check_address(good)
  with pytest.raises(
    ValueError, match=f'--coordinator={address} is no host:port'
  ):
    processes.check_address(address)


@pytest.mark.parametrize(
  ('tasks', 'nodes', 'several', 'devices'),
  [('1', '1', False, []), ('2', '2', True, []), ('8', '2', True, None)],
)
def test_slurm_says_how_many_and_whose_devices(
  monkeypatch, tasks, nodes, several, devices
):
  monkeypatch.setenv('SLURM_STEP_NUM_TASKS', tasks)
  monkeypatch.setenv('SLURM_STEP_NUM_NODES', nodes)
  assert processes.of_slurm() == several
  assert processes.devices_of_task() == devices


@pytest.mark.parametrize(
  ('given', 'sentence'),
  [
    (dict(num_processes=2), '--num_processes=2 and .* need --coordinator'),
    (dict(process_id=1), '--process_id=1 need --coordinator'),
    (
      dict(coordinator='a:1', num_processes=2, process_id=2),
      '--process_id=2 of --num_processes=2',
    ),
    (dict(coordinator='a'), '--coordinator=a is no host:port'),
  ],
)
def test_flags_that_do_not_fit_are_refused(given, sentence):
  with flagsaver.flagsaver(**given), pytest.raises(ValueError, match=sentence):
    processes.connect()


def test_what_is_refused_is_one_sentence(tmp_path):
  done = subprocess.run(
    main('digits_quick.py:random', tmp_path, '--coordinator=localhost'),
    cwd=ROOT, capture_output=True, text=True,
  )  # fmt: skip
  assert done.returncode == 1 and done.stdout == ''
  assert done.stderr.startswith('prune_dm_jax: --coordinator=localhost is no ')
  assert done.stderr.count('\n') == 1


def main(config, workdir, *options):
  return [
    sys.executable, '-m', 'prune_dm_jax.main', f'--config=configs/{config}',
    f'--workdir={workdir}', *options,
  ]  # fmt: skip


def losses(workdir, of):
  (path,) = workdir.glob(f'{of}/metrics.jsonl')
  return [json.loads(line)['loss'] for line in path.read_text().splitlines()]


def values(workdir):
  (path,) = workdir.glob('*/metrics.json')
  rows = json.loads(path.read_text())
  return {
    (r['of'], r['metric']): r['value'] for r in rows if r['value'] is not None
  }


@pytest.mark.slow
def test_two_processes_do_what_one_does(tmp_path):
  """But for rounding, by which codes flip: so from the same latents, or soon."""
  names = 'one', 'two', 'fresh', 'divided'
  one, two, fresh, divided = (tmp_path / name for name in names)
  command = lambda folder, *more: main('digits_quick.py:random', folder, *more)
  environment = os.environ | {'XLA_FLAGS': ''}
  subprocess.run(command(one), cwd=ROOT, env=environment, check=True)
  for folder in (two, divided):
    shutil.copytree(one / 'shared', folder / 'shared')
  zero = '--config.runtime.shard_optimizer=True', '--until=evaluate'
  for folder, *more in [(fresh, '--until=latents'), (two,), (divided, *zero)]:
    for output, code in started(command(folder, *more)):
      assert code == 0, output
  first = [losses(w, 'shared/autoencoder-*')[0] for w in (fresh, one)]
  np.testing.assert_allclose(*first, rtol=1e-5)
  expected = losses(one, '*/dit')
  for folder in (two, divided):
    np.testing.assert_allclose(losses(folder, '*/dit'), expected, rtol=1e-5)
  kept = [next(w.glob('*/kept.txt')).read_text() for w in (two, one)]
  assert kept[0] == kept[1]
  expected = values(one)
  for found in (values(two), values(divided)):
    assert found.keys() == expected.keys()
    for name in [('samples', 'frechet_distance'), ('reconstructions', 'vendi')]:
      np.testing.assert_allclose(found[name], expected[name], rtol=1e-3)
  done = subprocess.run(
    command(two), cwd=ROOT, env=environment, capture_output=True, text=True
  )
  assert 'nothing to do' in done.stderr
