import sys

import numpy as np
import pytest

from prune_dm_jax.benchmarks import train


def test_ratios_are_of_speed_and_the_peak_is_that_of_the_product():
  seconds = dict(ours=[2.0, 2.0, 9.0], torch_eager=[3.0, 4.0, 36.0],
                 matmul=[1.0, 1.0, 4.5])  # fmt: skip
  seconds = {name: np.array(each) for name, each in seconds.items()}
  found = train.ratios(seconds, flops=2 * train.WIDE**3, size=8)
  assert found == dict(
    ours_over_torch_eager=2.0, fraction_of_matmul_peak=0.5, ours_seconds=2.0,
    torch_eager_seconds=4.0, matmul_seconds=1.0, images_a_second=4.0,
  )  # fmt: skip


def test_another_network_is_refused_and_told_what_would_do():
  assert train.row_of('S/2', 9)['patch'] == 2
  assert train.row_of('digits', 9)['batch'] == 64
  for name in ('S/3', 'Z/4', 'S', ''):
    with pytest.raises(SystemExit, match='is no network; take digits, or'):
      train.row_of(name, 9)


def test_without_torch_it_is_said_how_to_get_it(monkeypatch):
  monkeypatch.setitem(sys.modules, 'torch', None)
  for name in ('torch_peers', 'torch_train'):
    monkeypatch.delitem(
      sys.modules, f'prune_dm_jax.benchmarks.{name}', raising=False
    )
  with pytest.raises(SystemExit, match=r'torch is not installed; .*\[benchm'):
    train.main(['--networks=digits'])


def test_a_step_of_pytorch_moves_the_parameters_and_lowers_the_loss():
  reason = "torch and opacus are of the extra: pip install -e '.[benchmark]'"
  torch = pytest.importorskip('torch', reason=reason)
  pytest.importorskip('opacus', reason=reason)
  from prune_dm_jax.benchmarks import torch_peers
  from prune_dm_jax.benchmarks import torch_train

  torch.manual_seed(0)
  module = torch_peers.dit(
    depth=1, width=24, heads=3, patch=2, num_classes=5, null_class=True,
    out_channels=4, channels=4, image_size=8,
  )  # fmt: skip
  x, y = np.ones((64, 8, 8, 4), np.float32), np.arange(64) % 5
  loss = torch_train.flow_loss(module, x, y, null_class=5, compiled=False)
  step = torch_train.stepper(module, loss)
  before = [p.detach().clone() for p in module.parameters()]
  losses = [step().item() for _ in range(60)]
  assert all(
    (a != b).any() for a, b in zip(before, module.parameters(), strict=True)
  )
  assert np.mean(losses[-10:]) < np.mean(losses[:10])
