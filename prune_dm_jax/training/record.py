"""What stands beside a state, made in a thread while Orbax writes the state.

Orbax gives a checkpoint its name when all of its items are written: so none is
there before its record is, and training goes on meanwhile.
"""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import jax
import orbax.checkpoint as ocp
from orbax.checkpoint import future


class Handler(ocp.JsonCheckpointHandler):
  """Writes what a call gives, as JSON; it reads as any other JSON."""

  async def async_save(self, directory, args):
    """The future of a record; Orbax runs each in a thread of its own."""
    return [
      future.CommitFutureAwaitingContractedSignals(
        write(directory / 'metadata', args.make), name='record'
      )
    ]


async def write(path, make):
  """Writes make(), in the first process."""
  if jax.process_index() == 0:
    path.write_text(json.dumps(make()))


@ocp.args.register_with_handler(Handler, for_save=True)
@dataclasses.dataclass
class Save(ocp.args.CheckpointArgs):
  """make() -> what is to be written, called in the thread that writes."""

  make: Callable[[], Any]


@ocp.args.register_with_handler(Handler, for_restore=True)
@dataclasses.dataclass
class Restore(ocp.args.CheckpointArgs):
  """There is nothing to say."""
