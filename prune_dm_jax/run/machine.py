"""What there is on this machine, and what a run would be hindered by."""

import importlib.metadata
import os
import pathlib
import platform
import shutil
import tempfile

import jax

PACKAGES = (
  'jax', 'jaxlib', 'flax', 'optax', 'orbax-checkpoint', 'numpy',
  'jax-cuda12-plugin', 'jax-cuda13-plugin', 'libtpu',
)  # fmt: skip

POLICY = (
  'XLA_PYTHON_CLIENT_PREALLOCATE', 'XLA_PYTHON_CLIENT_MEM_FRACTION',
  'XLA_PYTHON_CLIENT_ALLOCATOR', 'XLA_FLAGS', 'JAX_PLATFORMS',
)  # fmt: skip
"""What of the environment changes devices, and their memory."""

DRIVER = pathlib.Path('/proc/driver/nvidia/version')
"""There where NVIDIA's driver is."""

LITTLE = 2**30
"""Free bytes that no run is content with."""


def facts(workdir):
  """Lines, a fact each: name and value."""
  device = jax.devices()[0]
  yield 'python', platform.python_version()
  for name in PACKAGES:
    found = version(name)
    if found:
      yield name, found
  yield (
    'devices',
    f'{jax.device_count()} {device.platform} ({device.device_kind})',
  )
  yield 'cores', str(len(os.sched_getaffinity(0)))
  yield 'memory', f'{memory() / 2**30:.1f} GiB'
  for name in POLICY:
    if name in os.environ:
      yield name, os.environ[name]
  if device.platform == 'gpu' and POLICY[1] not in os.environ:
    yield POLICY[1], 'not set: JAX takes 0.75 of a GPU'
  there = nearest(workdir)
  free = shutil.disk_usage(there).free
  yield 'workdir', f'{workdir}, {free / 1e9:,.1f} GB free'
  yield 'compiled', jax.config.jax_compilation_cache_dir or 'is not kept'


def memory():
  """Of this machine, in bytes."""
  return os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE')


def version(name):
  try:
    return importlib.metadata.version(name)
  except importlib.metadata.PackageNotFoundError:
    return ''


def nearest(path):
  """The path, or the nearest folder above it that is there."""
  path = pathlib.Path(path).absolute()
  return next(p for p in (path, *path.parents) if p.exists())


def troubles(workdir):
  """Sentences: what is wrong here, and what would do."""
  there = nearest(workdir)
  if not writes(there):
    yield (
      f'--workdir={workdir}: nothing can be written in {there}; name a folder '
      'of your own, or change its permissions'
    )
  free = shutil.disk_usage(there).free
  if free < LITTLE:
    yield (
      f'--workdir={workdir}: {free:,} bytes are free there; make room, or name '
      'another disk'
    )
  compiled = jax.config.jax_compilation_cache_dir
  if compiled and not writes(nearest(compiled)):
    yield (
      f'JAX_COMPILATION_CACHE_DIR={compiled}: nothing can be written there, so '
      'that all is compiled each time; name another folder'
    )
  if DRIVER.exists() and jax.devices()[0].platform == 'cpu':
    yield (
      'this machine has an NVIDIA driver, but JAX sees its CPUs alone; `pip '
      "install -e '.[cuda12]'` brings what is missing, unless JAX_PLATFORMS "
      'says cpu'
    )


def writes(folder):
  """Whether a file can be written, renamed and removed in a folder."""
  try:
    with tempfile.TemporaryDirectory(prefix='.try-', dir=folder) as own:
      first = pathlib.Path(own, 'first')
      with open(first, 'wb') as file:
        file.write(b'x' * 4096)
        file.flush()
        os.fsync(file.fileno())
      first.rename(pathlib.Path(own, 'second'))
  except OSError:
    return False
  return True
