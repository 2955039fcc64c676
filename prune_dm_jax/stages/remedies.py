"""What does not fit on a device, and which settings make it fit.

Those that change nothing but rounding come first, and are tried before a batch
is made smaller, which is another training.
"""

from prune_dm_jax.run import bounds
from prune_dm_jax.run import topologies
from prune_dm_jax.stages import estimate
from prune_dm_jax.stages import foreseen

OF_DIT = ('train', 'surrogate')
"""Steps that may be taken in parts."""

TRAININGS = ('autoencoder', 'classifier', 'judge', *OF_DIT)
"""Steps whose batch divides among devices, and whose State may."""

MOST, SHARE = 0.95, 'XLA_PYTHON_CLIENT_MEM_FRACTION'


def too_large(config, topology, rows, tried=None):
  """A sentence for each program that a device has no room for.

  `tried` keeps them, for the next run.
  """
  tried, said = {} if tried is None else tried, []
  for found in rows:
    if found.cost and topology.room and found.cost.bytes > topology.room:
      key = found.work.program, found.cost
      if key not in tried:
        tried[key] = sentence(estimate.without_missing(config), topology, found)
      said.append(tried[key])
  return [*dict.fromkeys(said)]


def sentence(config, topology, found):
  """What one program needs, what there is, and what would make it fit."""
  needed = found.cost.bytes / topologies.GIB
  ways = ' or '.join(remedies(config, topology, found))
  return (
    f'{found.work.stage}: {found.work.what} needs about {needed:.1f} GiB on each '
    f'device, where {topology.room / topologies.GIB:.1f} are to be had; '
    f'{ways or "take more devices, or a smaller network"}'
  )


def remedies(config, topology, found):
  """What makes a program fit, in words."""
  name, whole = found.work.program, MOST * topology.whole
  if topology.share < MOST and found.cost.bytes < whole:
    yield f'{SHARE}={MOST} makes that {whole / topologies.GIB:.1f}'
  of_dit = name == 'surrogate' or (name == 'train' and config.model == 'dit')
  for settings in (
    *(parts(config, topology, name) if of_dit else ()),
    *smaller(config, topology, name),
  ):
    if needs(config, topology, name, settings) <= topology.room:
      yield f'{flags(settings)} fits'
      return


def parts(config, topology, name):
  """Settings that change rounding alone, the plainest first."""
  divides = topology.number > 1
  size = bounds.value_at(config, f'{name}.batch_size') // topology.number
  divided = {'runtime.shard_optimizer': True}
  if divides:
    yield divided
  number = 2
  while number <= size:
    if size % number == 0:
      in_parts = {'runtime.accumulate': number}
      yield in_parts
      if divides:
        yield in_parts | divided
    number *= 2


def smaller(config, topology, name):
  """A half of the batch, a quarter, and so on."""
  key = estimate.PROGRAMS[name][1]
  size = bounds.value_at(config, key) // 2
  while size and not (name in TRAININGS and size % topology.number):
    yield {key: size}
    size //= 2


def flags(settings):
  return ' '.join(f'--config.{key}={value}' for key, value in settings.items())


def needs(config, topology, name, settings):
  """Bytes of a program, under other settings."""
  other = config.copy_and_resolve_references()
  with other.unlocked():
    other.update_from_flattened_dict(settings)
  pictures = foreseen.set_of(config)
  with foreseen.run(other, pictures, topology.mesh) as run:
    return estimate.cost(run, name, {}).bytes
