"""--deterministic is heard by GPUs, and harms nobody else."""

import os
import subprocess
import sys

import jax
import pytest
from absl.testing import flagsaver
from main_command import ROOT
from main_command import run

from prune_dm_jax.run import deterministic


def test_gpus_are_told_and_what_the_user_set_stays(monkeypatch):
  monkeypatch.setenv('XLA_FLAGS', '--xla_cpu_enable_fast_math=false')
  monkeypatch.setenv('NCCL_ALGO', 'Tree')
  with flagsaver.flagsaver(deterministic=True):
    deterministic.ask()
  first, second = os.environ['XLA_FLAGS'].split()
  assert first == '--xla_cpu_enable_fast_math=false'
  assert second == '--xla_gpu_deterministic_ops=true'
  assert os.environ['NCCL_ALGO'] == 'Tree'
  monkeypatch.delenv('NCCL_ALGO')
  with flagsaver.flagsaver(deterministic=True):
    deterministic.ask()
  assert os.environ['NCCL_ALGO'] == 'Ring'


def test_unasked_nothing_is_set_and_nothing_said(monkeypatch):
  before = dict(os.environ)
  deterministic.ask()
  assert dict(os.environ) == before
  monkeypatch.setattr(jax, 'default_backend', lambda: pytest.fail('asked'))
  deterministic.say()


@pytest.mark.slow
def test_a_cpu_needs_nothing_and_says_so(tmp_path):
  """XLA ends a process for a flag that it does not know."""
  process = run(tmp_path, 'random', '--deterministic', '--dry_run')
  assert process.returncode == 0, process.stderr
  assert '--deterministic: on cpu nothing is needed' in process.stderr


@pytest.mark.slow
def test_the_program_starts_no_backend_before_it_has_its_flags():
  """JAX refuses this setting once it has looked for devices."""
  program = (
    'import prune_dm_jax.main, jax; '
    "jax.config.update('jax_num_cpu_devices', 3); "
    'assert jax.device_count() == 3'
  )
  subprocess.run(
    [sys.executable, '-c', program], cwd=ROOT, check=True,
    env=os.environ | {'XLA_FLAGS': ''},
  )  # fmt: skip
