"""What the benchmark of a GPU prints of what it measured."""

import pytest

from prune_dm_jax.benchmarks.gpu import card
from prune_dm_jax.benchmarks.gpu import facts
from prune_dm_jax.benchmarks.gpu import table

H100 = 'NVIDIA H100 80GB HBM3'
MACHINE = dict(
  part='machine', what='machine', card=H100, driver_version='580.95',
  jax='0.11.2',
)  # fmt: skip


def test_mfu_is_the_share_of_the_peak_and_is_left_out_where_none_is_known():
  rates = lambda name: card.rates(0.1, rows=64, flops=494.5e11, card=name)
  known = rates(H100)
  assert known == dict(
    ms=pytest.approx(100),
    images_s=pytest.approx(640),
    tflop_s=pytest.approx(494.5),
    mfu=pytest.approx(0.5),
  )
  del known['mfu']
  assert rates(f'{H100} MIG 1g.10gb') == known


def test_the_table_names_the_card_its_driver_and_the_version_of_jax():
  text = table.text([MACHINE])
  assert text.startswith(f'**{H100}**, driver 580.95, JAX 0.11.2.\n')
  assert 'MFU is of 989 TFLOP/s' in text


def test_a_card_of_no_known_peak_is_said():
  text = table.text([MACHINE | {'card': 'cpu'}])
  assert 'there is no MFU, only TFLOP/s' in text
  assert 'there is no MFU' in table.text([])


def test_a_line_has_as_many_cells_as_the_head_whatever_was_said(tmp_path):
  part = facts.Part('train_xl', False, tmp_path)
  facts.say(part, 'a|b', ms=1234.5678, mfu=0.12345, compile_s=1.23456e-5)
  facts.say(part, 'part', failed='ended, out | of time')
  lines = table.text([MACHINE, *facts.read(tmp_path)]).splitlines()[-4:]
  assert {line.count('|') for line in lines} == {10}
  assert lines[2] == (
    '| train_xl | a/b |  |  | 1235 |  |  | 12.3 % | compile_s 1.235e-05 |'
  )
