"""What a number of a metric is for a person, in plain words."""

from typing import NamedTuple

DOWN, UP = '↓', '↑'


class Plain(NamedTuple):
  chapter: str
  """One of report.plain.CHAPTERS."""
  name: str
  good: str
  """DOWN, UP, or '' where neither end is."""
  line: str
