"""A piece of work of a run, which `estimate` says the cost of."""

from typing import NamedTuple


class Work(NamedTuple):
  stage: str
  what: str
  artifact: str
  """Work on the same one is done once."""
  program: str = ''
  """Of estimate.PROGRAMS; '' if nothing is counted."""
  examples: int = 0
  flops: float = 0.0
  """By arithmetic, where there is no program."""
  params: float = 0.0
  disk: float = 0.0
  """Bytes, but for checkpoints."""
  remembered: int = 0
  """Bytes of a State that its program has not: of train.dynamic."""
  snapshots: int = 0
  """How many parameters are kept for good."""
  in_store: bool = False
  """Whether its disk is that of the store."""
