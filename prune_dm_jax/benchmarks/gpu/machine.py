"""The card and what it is driven by; said first, in a process of its own."""

import importlib.metadata
import os
import platform

from prune_dm_jax.benchmarks.gpu import card
from prune_dm_jax.benchmarks.gpu import facts


def machine(part):
  facts.say(
    part,
    'machine',
    card=card.jax_name(),
    **card.driver(),
    python=platform.python_version(),
    cores=os.cpu_count(),
    **{name: importlib.metadata.version(name) for name in ('jax', 'jaxlib')},
  )
