"""A run on CPUs alone that would take days says so in its first lines.

What it multiplies at least is known by arithmetic, in no time; only where that
is much are its programs counted, which takes seconds.
"""

import jax
from absl import logging

from prune_dm_jax.models import dit
from prune_dm_jax.run import checks
from prune_dm_jax.run import topologies
from prune_dm_jax.stages import estimate

MUCH = 1e15
"""Products that take hours on any CPU."""


def warn(config, last):
  """Warns of what a run up to the stage `last` takes, if there are but CPUs."""
  if jax.devices()[0].platform != 'cpu':
    return
  if checks.wrong_in_itself(config, jax.device_count()):
    return  # It is about to be said, and may be no number to reckon with.
  if at_least(config) < MUCH:
    return
  topology = topologies.named('here')
  rows = estimate.table(config, topology, last=last)
  hours = sum(row.hours for row in rows)
  products = sum(row.flops for row in rows)
  if products >= MUCH:
    logging.warning(
      'there is no accelerator here: on these CPUs, of %.2g TFLOP/s, this run of '
      '%.3g products takes about %s hours; `prune-dm doctor` with the same '
      '--config and --topology=h100:4 says what it takes elsewhere',
      topology.peak('float32') / 1e12, products, f'{hours:,.0f}',
    )  # fmt: skip


def at_least(config):
  """Products of training the autoencoder's finest layers, and the DiT's blocks."""
  return of_autoencoder(config) + of_dit(config)


def of_autoencoder(config):
  """Two convolutions of 3 x 3 a block, there and back, forward and backward."""
  options = config.autoencoder
  places = (config.data.image_size // 2) ** 2
  each = 2 * 9 * options.widths[0] ** 2 * places
  a_picture = 3 * 2 * 2 * options.blocks * each
  return a_picture * options.batch_size * options.steps


def of_dit(config):
  """12 D^2 weights a block, and attention, forward and backward."""
  if config.model != 'dit':
    return 0
  depth, width, _ = dit.SIZES[config.dit.size].values()
  side = config.data.image_size // 2 ** len(config.autoencoder.widths)
  tokens = (side // config.dit.patch) ** 2
  a_picture = depth * tokens * (24 * width**2 + 4 * tokens * width)
  return 3 * a_picture * config.train.batch_size * config.train.steps
