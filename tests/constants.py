"""What programs have captured, by their text in StableHLO."""

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
"""Bytes. Small as the networks of tests are, their parameters have more."""


def captured(text):
  """{type: bytes} of the constants of a program that are above LIMIT."""
  found = {tensor: bytes_of(tensor) for tensor in CAPTURED.findall(text)}
  return {tensor: size for tensor, size in found.items() if size > LIMIT}


def bytes_of(tensor):
  """Of a type as 3x3x1x32xf32."""
  *shape, kind = tensor.split('x')
  return math.prod(map(int, shape)) * max(int(kind.strip('uif')) // 8, 1)


def dumping(folder):
  """The environment of a process whose programs JAX writes into a folder."""
  return os.environ | {'JAX_DUMP_IR_TO': str(folder)}


@contextlib.contextmanager
def dumped(folder):
  """A context in which JAX writes the programs of this process there."""
  jax.config.update('jax_dump_ir_to', str(folder))
  try:
    yield
  finally:
    jax.config.update('jax_dump_ir_to', '')


def check(folder, names):
  """Asserts that programs of these names are in a folder, and capture nothing."""
  found = of_programs(folder)
  for name in names:
    assert any(name in program for program, _ in found), name
  for program, captured in found:
    assert not captured, (program, captured)


def of_programs(folder):
  """[(name, what it has `captured`)] of the programs in a folder."""
  return [
    (path.name.split('_', 2)[2], captured(path.read_text()))
    for path in sorted(pathlib.Path(folder).glob('*.mlir'))
  ]
