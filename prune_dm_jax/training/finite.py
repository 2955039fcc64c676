"""Whether the numbers of a training run are finite, asked of every step.

A step says it of its loss, of its gradient's norm and of the parameters that it
made, one pass over each. Averages and moments are means of those, and finite if
they are; they are asked themselves before a State is kept, added up with their
parameter, as a sum is finite only if all of it is. The host reads what a step
says a few steps later, so that it never waits, but before anything is kept.
"""

from typing import Any
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

LAG = 4
"""Steps that the host may be ahead of what it has asked about."""


class Seen(NamedTuple):
  """What a step says of itself.

  Attributes:
    ok: [] bool, whether all below is finite, on every device.
    loss: [] the mean over the global batch.
    norm: [] of the gradient, before the update.
    losses: [B] of each example of the global batch.
    parts: [G] bool, whether the first of each of `groups` is.
  """

  ok: Any
  loss: Any
  norm: Any
  losses: Any
  parts: Any


def groups(state):
  """name -> the arrays of a State that belong to one parameter, or to nobody.

  The parameter is the first of them.
  What is not of numbers with a fraction is left out: it is always finite.
  """
  leaves = [
    (jax.tree_util.keystr(path, simple=True, separator='/'), leaf)
    for path, leaf in jax.tree_util.tree_leaves_with_path(state)
    if jnp.issubdtype(leaf.dtype, jnp.inexact)
  ]
  own = {
    (name.removeprefix('params/'), leaf.shape)
    for name, leaf in leaves
    if name.startswith('params/')
  }
  found = {}
  for name, leaf in leaves:
    words = name.split('/')
    ends = ['/'.join(words[i:]) for i in range(len(words))]
    of = next((end for end in ends if (end, leaf.shape) in own), name)
    found.setdefault(of, []).append(leaf)
  return found


def seen(loss, losses, norm, state):
  """The Seen of a step, inside `shard_map` over `data`.

  Args:
    loss: [] the mean over all devices.
    losses: [b] of this device's examples.
    norm: [] of the gradient's mean over all devices.
    state: After the step.
  """
  parts = [jnp.isfinite(first).all() for first, *_ in groups(state).values()]
  asked = [jnp.isfinite(loss), jnp.isfinite(norm), *parts]
  asked = jax.lax.pmin(jnp.stack(asked).astype(jnp.int32), 'data') > 0
  losses = jax.lax.all_gather(losses, 'data', tiled=True)
  return Seen(asked.all(), loss, norm, losses, asked[2:])


def thorough(said, state):
  """The Seen of a step, of all of the State that it made."""
  parts = whole(state)
  return said._replace(ok=parts.all(), parts=parts)


@jax.jit
def whole(state):
  """[G] bool, whether all of each of `groups` is finite."""
  sums = [sum(rest, first) for first, *rest in groups(state).values()]
  return jnp.stack([jnp.isfinite(each).all() for each in sums])


def settle(pending, refuse, *, lag=0):
  """Asks about the steps in a deque of (step, Seen), but for the last `lag`.

  The first one that is not finite is given to refuse(step, Seen), which raises.
  """
  while len(pending) > lag:
    step, said = pending.popleft()
    if not said.ok:
      refuse(step, said)


def check(tree, where=''):
  """Raises ValueError naming the first array that is not finite."""
  for path, leaf in jax.tree_util.tree_leaves_with_path(tree):
    leaf = np.asarray(leaf)
    if jnp.issubdtype(leaf.dtype, jnp.inexact) and not np.isfinite(leaf).all():
      name = jax.tree_util.keystr(path)
      raise ValueError(f'{where}{name} holds numbers that are not finite')
