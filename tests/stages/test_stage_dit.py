"""What the DiT of a cell is told, and how long it is trained."""

import types

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from safetensors import numpy as safetensors

from configs import digits
from prune_dm_jax.models import official_dit
from prune_dm_jax.stages import dit
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import train
from prune_dm_jax.training import step as step_lib


def run(**changes):
  """What diffusion asks of a run, of 100 training examples and 4 classes."""
  config = digits.get_config('random')
  config.update_from_flattened_dict(changes)
  source = types.SimpleNamespace(class_names=tuple('abcd'))
  return types.SimpleNamespace(
    config=config, source=source, train=np.arange(100)
  )


@pytest.mark.parametrize(
  ('exposure', 'kept', 'steps'),
  [('iterations', 25, 1000), ('epochs', 25, 250), ('epochs', 100, 1000)],
)
def test_epochs_shorten_training_as_less_is_kept(exposure, kept, steps):
  given = run(**{'train.exposure': exposure, 'train.steps': 1000})
  assert fitting.exposed(given, kept).steps == steps
  assert given.config.train.steps == 1000


def step_of(**changes):
  """The step by which a cell's DiT is trained; nothing is traced."""
  given = run(**changes)
  given.mesh, options = step_lib.data_mesh(), given.config.train
  learned = dit.learned(given, 'mini') | train.schedule(options)
  step, _ = fitting.program(given, options, jax.random.key(0), **learned)
  return step


@pytest.mark.parametrize(
  ('change', 'same'),
  [
    ({'seed': 1}, True),
    ({'prune_ratio': 0.25}, True),
    ({'score.num_clusters': 3}, True),
    ({'train.learning_rate': 1.0}, False),
    ({'train.ema_decay': 0.1}, False),
    ({'dit.label_dropout': 0.2}, False),
    ({'dit.patch': 4}, False),
    ({'flow.path': 'gvp'}, False),
  ],
)
def test_cells_of_one_shape_have_one_program(change, same):
  assert (step_of(**change) is step_of()) == same


@pytest.mark.slow
def test_a_model_that_is_told_no_class_gives_all_labels_the_same():
  x = jax.random.normal(jax.random.key(0), (3, 8, 8, 4))
  t, y = jnp.full(3, 0.5), jnp.array([0, 3, 2])
  found = {}
  for told in (True, False):
    network = dit.network_of(run(**{'dit.conditional': told}), 'mini')
    velocity = dit.velocity(network)
    params = network.init(jax.random.key(1), x, t, 0 * y)['params']
    leaves, tree = jax.tree.flatten(params)
    drawn = [jax.random.normal(jax.random.key(7), p.shape) / 9 for p in leaves]
    params = jax.tree.unflatten(tree, drawn)
    rows = params['y_embedder']['embedding'].shape[0]
    apart = velocity(params, x, t, y) - velocity(params, x, t, 0 * y)
    found[told] = rows, np.abs(apart).max(axis=(1, 2, 3))
  assert found[False][0] == 1 and (found[False][1] == 0).all()
  rows, apart = found[True]
  assert rows == 5 and apart[0] == 0 and (apart[1:] > 1e-3).all()


@pytest.mark.parametrize(
  ('capability', 'dtype', 'expected'),
  [
    ('9.0', 'bfloat16', 'cudnn'),
    ('8.0', 'bfloat16', 'cudnn'),
    ('9.0', 'float32', 'xla'),
    ('7.0', 'bfloat16', 'xla'),
    ('gfx90a', 'bfloat16', 'xla'),
  ],
)
def test_attention_by_auto_is_the_fused_one_where_it_is_there(
  monkeypatch, capability, dtype, expected
):
  device = types.SimpleNamespace(compute_capability=capability)
  monkeypatch.setattr(jax, 'devices', lambda: [device])
  given = run(**{'dit.dtype': dtype, 'dit.attention': 'auto'})
  assert dit.attention_of(given.config.dit) == expected
  given.config.dit.attention = 'xla'
  assert dit.attention_of(given.config.dit) == 'xla'


def test_a_cpu_has_no_fused_attention_and_its_blocks_are_scanned():
  given = run(**{'dit.dtype': 'bfloat16', 'dit.attention': 'auto'})
  attention = dit.attention_of(given.config.dit)
  network = dit.network_of(given, 'mini', attention=attention)
  assert (network.attention, network.unroll) == ('xla', False)
  assert dit.network_of(given, 'mini', attention='cudnn').unroll


@pytest.fixture
def begun(tmp_path):
  """A run with latents of 8x8, and a DiT of random numbers as a published file."""
  np.save(tmp_path / 'codebook.npy', np.zeros((9, 4), np.float32))
  given = run(**{'dit.init': str(tmp_path / 'begin.safetensors')})
  given.paths = types.SimpleNamespace(latents=tmp_path)
  network = dit.network_of(given, 'mini')
  init = dit.init_of(given, network)
  params = jax.jit(init)(jax.random.key(3))
  weights = official_dit.to_official(params, rows=4, patch=2)
  weights = {name: np.ascontiguousarray(a) for name, a in weights.items()}
  safetensors.save_file(weights, given.config.dit.init)
  return given, network, params


def test_a_published_file_is_where_training_begins(begun):
  given, network, params = begun
  found = dit.published(given, network)
  jax.tree.map(np.testing.assert_array_equal, found, params)
  given.config.dit.init = ''
  assert dit.published(given, network) is None


def test_a_file_of_another_dit_is_refused_by_what_differs(begun):
  given, _, _ = begun
  other = dit.network_of(given, 'mini8')
  with pytest.raises(ValueError, match='begin.safetensors: .* but the DiT of'):
    dit.published(given, other)
