"""Published weights from the Hugging Face hub, by the name of their backbone.

  prune-dm fetch clip dino [--weights=weights]
  prune-dm fetch dino --repository=facebook/dinov2-base

Needs the extra `hub`. What arrives is checked against the sha256 that the hub
states for the file before it is put in place, and <file>.json beside it says
from where it is. A file that is there is left as it is. HF_ENDPOINT, HF_TOKEN
and the other settings of huggingface_hub hold; what is in its cache is taken
from there.
"""

import functools
import os
import pathlib
import re
import shutil

from prune_dm_jax.features import BACKBONES
from prune_dm_jax.features import Hub
from prune_dm_jax.features import check_file
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import command_line
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests

PATIENCE = 10
"""Seconds until a hub that does not answer is given up."""


def options(argv):
  parser = command_line.parser('fetch', __doc__)
  found = [name for name, row in BACKBONES.items() if row.hub]
  parser.add_argument('names', nargs='+', metavar='NAME', help=', '.join(found))
  parser.add_argument('--weights', type=pathlib.Path, default='weights')
  parser.add_argument('--repository', help='another than the known one')
  parser.add_argument('--revision', help='a commit, branch or tag of it')
  parser.add_argument('--file', help='in it; by default model.safetensors')
  return parser.parse_args(argv)


def main(argv):
  command_line.carry_out('fetch', fetch, options(argv))


def fetch(given):
  """Fetches every file that is asked for, or says why it cannot be."""
  check(given)
  paths = {name: given.weights / BACKBONES[name].file for name in given.names}
  missing = [name for name, path in paths.items() if not path.exists()]
  sources = {name: source_of(name, paths[name], given) for name in missing}
  for name, path in paths.items():
    print(fetched(path, sources[name]) if name in missing else already(path))


def check(given):
  """Raises ValueError that says what is wrong with the options."""
  published = [name for name, row in BACKBONES.items() if row.file]
  for name in given.names:
    if name not in published:
      raise ValueError(
        f'{name!r} has no published weights; choose from {", ".join(published)}'
      )
  if given.file and not given.file.endswith('.safetensors'):
    raise ValueError(
      f'--file={given.file}: only files of safetensors are fetched; others '
      '`prune-dm convert` converts'
    )
  chosen = given.repository or given.revision or given.file
  if chosen and len(given.names) > 1:
    raise ValueError(
      f'{chosen} is of one network, not of {", ".join(given.names)}; fetch each '
      'by itself'
    )
  path = given.weights / BACKBONES[given.names[0]].file
  if chosen and path.exists():
    raise ValueError(already(path))


def source_of(name, path, given):
  """Where on the hub the weights of a backbone are, or are said to be."""
  known = BACKBONES[name].hub
  if given.repository:
    known = Hub(given.repository, 'main')
  if not known:
    check_file(name, path)
  changed = {'revision': given.revision, 'file': given.file}
  return known._replace(**{k: v for k, v in changed.items() if v})


def already(path):
  """What is said of a file that is there."""
  origin = 'from elsewhere'
  if record_of(path).exists():
    record = damage.read_json(record_of(path))
    origin = f'of {record["repository"]} at {record["revision"]}'
  return (
    f'{path}, {origin}, is there already and left as it is; to fetch it again '
    'move it away'
  )


def record_of(path):
  return path.with_name(path.name + '.json')


def fetched(path, source):
  """Downloads, checks and puts in place one file; returns what to say of it."""
  hub = client()
  stated = stated_by(hub, source)
  size = f'{(stated.size or 0) / 1e6:,.0f} MB'
  print(f'{path.name}: {size} of {source.repository}', flush=True)
  with artifacts.lock(path):
    if path.exists():
      return already(path)
    folder = artifacts.partial(path)
    arrived = downloaded(hub, source, stated.commit_hash, folder)
    check_sha256(path, arrived, stated.etag, source)
    record = source._asdict() | {
      'revision': stated.commit_hash,
      'sha256': stated.etag,
    }
    artifacts.write_json(record_of(path), record)
    arrived.rename(path)
    shutil.rmtree(folder)
  return f'{path}: sha256 {stated.etag}, as the hub states it'


def check_sha256(path, arrived, stated, source):
  """Raises ValueError if not what was meant has arrived, and drops it."""
  found = digests.of_file(arrived)
  if found != stated:
    arrived.unlink()
    raise ValueError(
      f'{path.name} was not put in place: what arrived has sha256 {found}, but '
      f'the hub states {stated} for {source.file} of {source.repository}; fetch '
      'it again'
    )


def client():
  """huggingface_hub, if it is installed."""
  try:
    import huggingface_hub
  except ImportError:
    raise ValueError(
      "the hub needs huggingface_hub: `pip install -e '.[hub]'`"
    ) from None
  return huggingface_hub


def endpoint():
  return (os.environ.get('HF_ENDPOINT') or 'https://huggingface.co').rstrip('/')


def stated_by(hub, source):
  """Commit, sha256 and size of a file, as the hub states them."""
  url = hub.hf_hub_url(
    source.repository,
    source.file,
    revision=source.revision,
    endpoint=endpoint(),
  )
  ask = functools.partial(hub.get_hf_file_metadata, url, timeout=PATIENCE)
  stated = asked(source, ask)
  if not stated.commit_hash or not re.fullmatch(
    '[0-9a-f]{64}', stated.etag or ''
  ):
    raise ValueError(
      f'{url}: no commit or no sha256 is stated, so that what arrives could not '
      'be checked; name a file that is stored as large, at a hub'
    )
  return stated


def downloaded(hub, source, commit, folder):
  """The path in a folder where a file of a commit has been downloaded."""
  get = functools.partial(
    hub.hf_hub_download,
    source.repository,
    source.file,
    revision=commit,
    local_dir=folder,
    endpoint=endpoint(),
    etag_timeout=PATIENCE,
  )
  return pathlib.Path(asked(source, get))


def asked(source, call):
  """call(), which talks to the hub; what goes wrong there is one sentence.

  What it raises is of requests, httpx or the hub, as its version has it.
  """
  try:
    return call()
  except Exception as error:
    reason = next(iter(str(error).splitlines()), '') or type(error).__name__
    raise ValueError(
      f'{source.file} of {source.repository} at {source.revision} cannot be '
      f'fetched from {endpoint()}: {reason}; check the network, HF_ENDPOINT and '
      'these names, and run it again'
    ) from None
