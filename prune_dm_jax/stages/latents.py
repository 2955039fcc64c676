"""Pictures as latents: codes of the autoencoder, written once.

They are encoded on all devices into files of some thousand rows; one that is
killed goes on after the last whole file.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from prune_dm_jax.data import loader
from prune_dm_jax.data import shards
from prune_dm_jax.metrics import finite
from prune_dm_jax.models import vqvae
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import processes
from prune_dm_jax.stages import autoencoder
from prune_dm_jax.stages import fitting
from prune_dm_jax.training import apply
from prune_dm_jax.training import checkpoint


def build(run):
  """Where every picture is as codes: uint16 [N, h, w], a codebook, a header."""
  make = functools.partial(write, run)
  path = run.paths.latents
  return check(run, artifacts.build_together(path, make, settle=damage.reopen))


def write(run, folder):
  """codes/ uint16 [N, h, w], errors/ [N], label.npy, codebook.npy, header.json.

  The codebook is written at unit standard deviation over the training split,
  which is the scale that the DiT models.
  """
  network, params, codebook = autoencoder.fit(run, run.paths.autoencoder)
  encode(run, network, params, codebook, folder)
  counts = counted(run, folder)
  std = spread(codebook, counts)
  artifacts.write_array(folder / 'label.npy', run.source.labels)
  artifacts.write_array(folder / 'codebook.npy', codebook / std)
  facts = header(run, params, codebook, counts, folder)
  artifacts.write_json(folder / 'header.json', {**facts, 'std': std})


def encode(run, network, params, codebook, folder):
  """codes/ and errors/, the squared error of each picture's reconstruction.

  With sums of the rows of each file, which is written after its own.
  """
  see = coded(network)  # One function, so that one program is compiled.
  trained = apply.everywhere((params, codebook), run.mesh)
  reading = functools.cache(functools.partial(fitting.reader, run))
  for file, first, end in shards.ranges(len(run.source)):
    if processes.agree((folder / 'codes' / file).exists()):
      continue
    read = functools.partial(read_from, reading(), first)
    indices, errors = fitting.in_batches(
      run, see, trained, read, end - first,
      name=f'latents from {first}', workers=run.config.runtime.workers,
    )  # fmt: skip
    check_codes(indices, errors, len(codebook))
    write_rows(folder / 'errors' / file, errors)
    write_rows(folder / 'codes' / file, indices.astype(np.uint16))
  processes.wait()


def coded(network):
  """((params, codes), pictures) -> their codes, and their squared errors."""

  def code_and_error(trained, batch):
    params, codes = trained
    image = fitting.in_unit(batch)['image']
    z = network.apply({'params': params}, image, method='encode')
    nearest = vqvae.nearest(z, codes)
    back = network.apply({'params': params}, codes[nearest], method='decode')
    return nearest, jnp.square(back - image).mean(axis=(1, 2, 3))

  return code_and_error


def check_codes(indices, errors, number):
  """Raises ValueError if what the autoencoder gives cannot be used."""
  if (
    indices.min() < 0
    or indices.max() >= number
    or not np.isfinite(errors).all()
  ):
    raise ValueError(
      f'codes from {indices.min()} to {indices.max()} of {number}, and errors up '
      f'to {errors.max()}: the autoencoder of these latents is of no use; train '
      'it otherwise, as with a lower config.autoencoder.learning_rate'
    )


def write_rows(path, rows):
  artifacts.write_array(shards.sums_of(path), shards.sums(rows))
  artifacts.write_array(path, rows)


def read_from(read, first, indices):
  return read(first + indices)


def counted(run, folder):
  """[V] how often training pictures have each code."""
  counts = np.zeros(run.config.autoencoder.num_codes, np.int64)
  for part in np.array_split(run.train, -(-len(run.train) // shards.ROWS)):
    codes = shards.take(folder / 'codes', part, damage.drop)
    counts += np.bincount(codes.ravel(), minlength=len(counts))
  return counts


def spread(codebook, counts):
  """The standard deviation of all numbers in codes [V, D] chosen [V] times."""
  share = counts / counts.sum()
  codes = codebook.astype(np.float64)
  mean = share @ codes.mean(axis=1)
  return float(np.sqrt(share @ np.square(codes - mean).mean(axis=1)))


def header(run, params, codebook, counts, folder):
  """What codes/ was made by, and how well it keeps the pictures."""
  take = lambda rows: float(
    shards.take(folder / 'errors', rows, damage.drop).mean()
  )
  error = lambda rows: take(rows) if len(rows) else None
  crop = run.config.data.crop
  return dict(
    **origin(run),
    autoencoder_digest=checkpoint.digest((params, codebook)),
    crop='ADM centre crop' if crop == 'center' else crop,
    flip='none',
    rows_a_file=shards.ROWS,
    num_codes=len(counts),
    codes_used=int((counts > 0).sum()),
    perplexity=vqvae.perplexity(counts),
    reconstruction_error_train=error(run.train),
    reconstruction_error_held_out=error(run.held_out),
    held_out=len(run.held_out),
  )


def origin(run):
  """What latents are of: others are stale."""
  return dict(
    autoencoder=run.paths.autoencoder.name,
    fingerprint=run.source.fingerprint,
    examples=len(run.source),
    image_size=run.config.data.image_size,
  )


def check(run, folder):
  """The folder; ValueError if the latents in it are not of this run."""
  facts = damage.read_json(folder / 'header.json')
  for name, value in origin(run).items():
    if facts.get(name) != value:
      raise ValueError(
        f'{folder}/header.json: these latents are stale, of {name} '
        f'{facts.get(name)!r}, but this run has {value!r}; move {folder} '
        'away to encode them again'
      )
  return folder


def reader(run):
  """indices [b] -> codes [b, h, w] and label [b]; it pickles."""
  folder = run.paths.latents
  paths = {'codes': folder / 'codes', 'label': folder / 'label.npy'}
  damage.check(paths['label'])
  rows = functools.partial(loader.rows, paths, damaged=damage.drop)
  number = run.config.autoencoder.num_codes
  return functools.partial(in_range, rows, paths['codes'], number)


def in_range(rows, path, number, indices):
  """rows(indices); ValueError naming the first with a code of no codebook."""
  found = rows(indices)
  bad = (found['codes'] >= number).any(axis=(1, 2))
  if bad.any():
    row = int(np.argmax(bad))
    raise ValueError(
      f'{path}: picture {indices[row]} has the code {found["codes"][row].max()} '
      f'of {number}; move {path.parent} away to encode them again'
    )
  return found


def codebook(run):
  """[V, D] codes at unit deviation, on all devices: what the DiT models."""
  path = run.paths.latents / 'codebook.npy'
  codes = damage.read_array(path)
  finite.check(codes, lambda i: f'{path}: the numbers of code {i}')
  return apply.everywhere(codes, run.mesh)


def autoencoder_digest(run):
  """Of the parameters by which latents were encoded."""
  header = damage.read_json(run.paths.latents / 'header.json')
  return header['autoencoder_digest']


def decoder(run):
  """What decodes, and its parameters.

  Returns:
    (params, codes [B, h, w]) -> pictures [B, H, W, C] in [-1, 1]; params.

  Raises:
    ValueError: The latents are of other parameters of the autoencoder.
  """
  network, trained = fitted(run)
  return decoding(network), trained


def encoded(run, pictures):
  """uint8 [n, H, W, C] -> their codes [n, h, w], by what made the latents."""
  network, trained = fitted(run)
  return np.asarray(jax.jit(coded(network))(trained, {'image': pictures})[0])


def fitted(run):
  """The autoencoder, and its parameters and codes; ValueError as of `decoder`."""
  network, params, codes = autoencoder.fit(run, run.paths.autoencoder)
  header = run.paths.latents / 'header.json'
  if checkpoint.digest((params, codes)) != autoencoder_digest(run):
    raise ValueError(
      f'{header}: these latents are stale, of other parameters than '
      f'{run.paths.autoencoder} has now; move {run.paths.latents} away to '
      'encode them again'
    )
  return network, (params, codes)


def decoding(network):
  """((params, codes), indices [B, h, w]) -> pictures [B, H, W, C]."""

  def decode(trained, indices):
    params, codes = trained
    return network.apply({'params': params}, codes[indices], method='decode')

  return decode
