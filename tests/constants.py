"""What the programs of a run have captured, by the text of them that JAX dumps."""

import contextlib
import math
import os
import pathlib
import re

import jax

CAPTURED = re.compile(
  r'stablehlo\.constant dense(?:<["\[]|_resource<)[^>]*> : tensor<([^>]*)>'
)
"""A constant of numbers that differ: one of equal numbers takes no room."""

LIMIT = 2048
"""Bytes. The networks of tests are small: their parameters have more."""


def dumping(folder):
  """The environment of a process that dumps its programs into a folder."""
  return os.environ | {'JAX_DUMP_IR_TO': str(folder)}


@contextlib.contextmanager
def dumped(folder):
  """A context in which this process dumps what it compiles."""
  jax.config.update('jax_dump_ir_to', str(folder))
  try:
    yield
  finally:
    jax.config.update('jax_dump_ir_to', '')


def captured(folder):
  """{(program, tensor): bytes} of the constants above LIMIT."""
  files = sorted(pathlib.Path(folder).glob('*.mlir'))
  assert files
  return {
    (path.name, tensor): size
    for path in files
    for tensor in CAPTURED.findall(path.read_text())
    if (size := bytes_of(tensor)) > LIMIT
  }


def bytes_of(tensor):
  """Of a type as 3x3x1x32xf32."""
  *shape, kind = tensor.split('x')
  return math.prod(map(int, shape)) * max(int(kind.strip('uif')) // 8, 1)
