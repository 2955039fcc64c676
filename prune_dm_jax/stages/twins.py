"""Stub."""

KEEP_OF_GROUP = ('largest',)


def build(run):
  raise NotImplementedError
