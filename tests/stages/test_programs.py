"""Parameters are arguments of the programs that no quick run compiles."""

import constants
import jax
import numpy as np
import pytest
from safetensors import numpy as safetensors

from configs import digits_quick
from prune_dm_jax.features import lpips
from prune_dm_jax.models import gan
from prune_dm_jax.models import vae
from prune_dm_jax.run import opening
from prune_dm_jax.stages import autoencoder
from prune_dm_jax.stages import sample
from prune_dm_jax.stages import train

WIDTHS = (4, 4, 8, 8, 8, 8, 8, 16, 16, 16, 16, 16, 16)
"""Of LPIPS's convolutions: few, and enough for constants.LIMIT."""


@pytest.fixture
def run(tmp_path):
  return opening.open_run(digits_quick.get_config('random'), tmp_path)


@pytest.mark.parametrize('model', ['vae', 'gan'])
def test_a_sampler_takes_nothing_but_arguments(tmp_path, model):
  """Parameters that are shapes alone can be nothing else."""
  config = digits_quick.get_config(f'{model}_random')
  run = opening.open_run(config, tmp_path)
  init = {
    'vae': lambda: vae.init(train.vae_network(run)),
    'gan': lambda: gan.init(*train.gan_networks(run)),
  }
  params = jax.eval_shape(init[model](), jax.random.key(0))
  draw, params = sample.SAMPLERS[model](run, params)
  some = {'index': np.arange(3), 'label': np.arange(3)}
  pictures, evaluations = jax.eval_shape(draw, params, some)
  assert pictures.shape == (3, 16, 16, 1) and evaluations.shape == (3,)


def weights(folder):
  """A file of LPIPS's names."""
  found, before = {}, 3
  for i, width in enumerate(WIDTHS):
    name = f'VGG16_0/Conv_{i}'
    kernel = np.random.default_rng(i).normal(size=(3, 3, before, width))
    found[f'{name}/kernel'] = kernel.astype(np.float32)
    found[f'{name}/bias'] = np.zeros(width, np.float32)
    before = width
  for i, width in enumerate((4, 8, 8, 16, 16)):
    shape = (1, 1, width, 1)
    found[f'NetLinLayer_{i}/Conv_0/kernel'] = np.ones(shape, np.float32)
  safetensors.save_file(found, folder / lpips.FILE)


@pytest.mark.parametrize('adversarial', [0.0, 0.1])
def test_the_autoencoder_is_given_the_weights_of_lpips(
  run, tmp_path, monkeypatch, adversarial
):
  weights(tmp_path)
  run.config.weights = str(tmp_path)
  run.config.autoencoder.update(perceptual=1.0, adversarial=adversarial)
  asked = {}
  monkeypatch.setattr(
    autoencoder.fitting, 'fit', lambda *_, **a: asked.update(a)
  )
  with pytest.raises(AttributeError):  # Of what was not trained.
    autoencoder.fit(run, tmp_path)
  params, extra = jax.eval_shape(asked['init'], jax.random.key(0))
  keys = jax.random.split(jax.random.key(0), 2)
  batch = {'image': np.zeros((2, 16, 16, 1), np.float32)}
  lowered = jax.jit(asked['objective']).lower(
    params, extra, batch, keys, *asked['given']()
  )
  assert not constants.captured(lowered.as_text())
