"""A program as shapes: counted without compiling it, or compiled for devices that
need not be here.
"""

import re
import time
from typing import Any
from typing import NamedTuple

import jax
import numpy as np
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P

from prune_dm_jax.training import collectives
from prune_dm_jax.training import counts


class Program(NamedTuple):
  """What is run many times, on all devices."""

  call: Any
  """Jitted."""
  arguments: tuple
  rows: int
  """Examples that a call takes."""
  params: Any
  """Of the network, as shapes."""
  state: int = 0
  """Bytes of the State of a training, all of them."""


class Counted(NamedTuple):
  flops: int
  """Of matrix products, of a call on one device."""
  bytes: int
  """That a device holds when it holds most, somewhat too many."""


def counted(program):
  """The Counted of a program, without compiling it."""
  traced = jitted(program.call).trace(*program.arguments)
  jaxpr = counts.needed(traced.jaxpr.jaxpr)
  split = [e for e in jaxpr.eqns if e.primitive.name == 'shard_map']
  whole = split[0].params['jaxpr'] if split else jaxpr
  whole = counts.needed(getattr(whole, 'jaxpr', whole))
  return Counted(counts.products(whole), counts.peak(whole))


class Compiled(NamedTuple):
  """What XLA says of a program, of one device."""

  bytes: int
  seconds: float
  """That it took to compile."""
  sent: str
  """What devices send one another in a call; or why it is not compiled."""


def compiled(program):
  """The Compiled of a program, on whose mesh there are devices."""
  began = time.monotonic()
  lowered = jitted(program.call).trace(*program.arguments).lower()
  try:
    found = lowered.compile()
  except jax.errors.JaxRuntimeError as error:  # It exceeds the memory.
    return Compiled(0, time.monotonic() - began, refusal(str(error)))
  memory = found.memory_analysis()
  total = (
    memory.argument_size_in_bytes + memory.output_size_in_bytes
    - memory.alias_size_in_bytes + memory.temp_size_in_bytes
  )  # fmt: skip
  return Compiled(
    total, time.monotonic() - began, collectives.said(found.as_text())
  )


def refusal(text):
  """Why XLA does not compile, in its words."""
  used = re.search(r'Used [\d.]+[KMGT]? of [\d.]+[KMGT]? hbm', text)
  return used[0] if used else text.splitlines()[0]


def jitted(call):
  """What `progress.compiling` has made watched."""
  return call if hasattr(call, 'trace') else call.__wrapped__


def number(params):
  """How many parameters there are."""
  return sum(int(np.prod(leaf.shape)) for leaf in jax.tree.leaves(params))


def size(tree):
  """Bytes of arrays, or of shapes."""
  return sum(counts.size_of(leaf) for leaf in jax.tree.leaves(tree))


def like(tree, mesh, *names):
  """Arrays or shapes as shapes on a mesh, divided along the axes of these names."""
  where = NamedSharding(mesh, P(*names))
  shape = lambda a: jax.ShapeDtypeStruct(a.shape, a.dtype, sharding=where)
  return jax.tree.map(shape, tree)


def whole_batches(run, rows):
  """So many rows that each device has as many."""
  return -(-rows // run.mesh.size) * run.mesh.size


def rows_like(run, rows, **fields):
  """A batch: name -> shape and type of a row."""
  shapes = {n: jax.ShapeDtypeStruct((rows, *s), t)
            for n, (s, t) in fields.items()}  # fmt: skip
  return like(shapes, run.mesh, 'data')
