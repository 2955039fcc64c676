"""What a traced program multiplies, and what it holds at a time.

  products of a [m, k] and a [k, n]: 2 m k n, of a convolution likewise
  bytes: what is alive when most is, if nothing is fused

Both are read off the jaxpr, in which loops have a length: nothing is compiled.
Of what an XLA would fuse only what is the same numbers in another shape or type
is not counted, so that the bytes are somewhat more than a compiled program's.
"""

import math

import jax
from jax.interpreters import partial_eval

SAME = {
  'broadcast_in_dim', 'convert_element_type', 'iota', 'reshape', 'squeeze',
  'expand_dims', 'transpose', 'copy', 'psum',
}  # fmt: skip
"""Primitives whose result XLA makes where it is used, or in place."""


def of(call, *arguments):
  """FLOPs of the products that the results of a call need, on one device."""
  return products(needed(jax.make_jaxpr(call)(*arguments).jaxpr))


def needed(jaxpr):
  """A jaxpr without what its results do not need."""
  return partial_eval.dce_jaxpr(jaxpr, [True] * len(jaxpr.outvars))[0]


def inner(equation):
  """The jaxprs in an equation, of its loop, branch or call."""
  for value in equation.params.values():
    for one in value if isinstance(value, tuple | list) else [value]:
      one = getattr(one, 'jaxpr', one)
      if hasattr(one, 'eqns'):
        yield one


def products(jaxpr):
  """FLOPs of matrix products and convolutions, loops multiplied."""
  total = 0
  for equation in jaxpr.eqns:
    times = equation.params.get('length', 1)
    total += of_equation(equation)
    total += sum(times * products(one) for one in inner(equation))
  return total


def of_equation(equation):
  """FLOPs of one dot_general or conv_general_dilated; 0 of anything else."""
  shape = equation.outvars[0].aval.shape if equation.outvars else ()
  if equation.primitive.name == 'dot_general':
    (left, _), _ = equation.params['dimension_numbers']
    over = math.prod(equation.invars[0].aval.shape[i] for i in left)
    return 2 * over * math.prod(shape)
  if equation.primitive.name == 'conv_general_dilated':
    kernel = equation.invars[1].aval.shape
    out = equation.params['dimension_numbers'].rhs_spec[0]
    each = 2 * math.prod(kernel) // kernel[out]
    of_zeros = math.prod(equation.params['lhs_dilation'])
    return each * math.prod(shape) // of_zeros
  return 0


def size_of(variable):
  """Bytes of a variable of a jaxpr, or of an array or its shape."""
  aval = getattr(variable, 'aval', variable)
  item = getattr(aval.dtype, 'itemsize', 4)
  return math.prod(getattr(aval, 'shape', ())) * item


def is_variable(atom):
  return not hasattr(atom, 'val')


def peak(jaxpr):
  """Most bytes that are alive at a time in a program, given arguments too."""
  stands_for = sources(jaxpr)
  whose = lambda atoms: {stands_for.get(a, a) for a in atoms if is_variable(a)}
  last = {v: i for i, e in enumerate(jaxpr.eqns) for v in whose(e.invars)}
  last |= dict.fromkeys(whose(jaxpr.outvars), len(jaxpr.eqns))
  alive = {v: size_of(v) for v in (*jaxpr.invars, *jaxpr.constvars)}
  most = now = sum(alive.values())
  for i, equation in enumerate(jaxpr.eqns):
    out = {v: size_of(v) for v in equation.outvars if v not in stands_for}
    made = sum(out.values())
    most = max(most, now + max(made, beyond(equation)))
    alive |= out
    touched = whose((*equation.outvars, *equation.invars))
    gone = [v for v in touched if last.get(v, -1) <= i]
    now += made - sum(alive.pop(v, 0) for v in gone)
  return most


def sources(jaxpr):
  """variable -> the one whose numbers it has, in another shape or type."""
  found = {}
  for equation in jaxpr.eqns:
    if equation.primitive.name in SAME:
      given = [v for v in equation.invars if is_variable(v)]
      for i, out in enumerate(equation.outvars):
        source = given[i] if i < len(given) else None
        found[out] = found.get(source, source)
  return found


def beyond(equation):
  """Most bytes inside an equation, but for what it is given.

  Results of a loop are there from its beginning.
  """
  looped = equation.primitive.name in ('scan', 'while')
  stacked = sum(map(size_of, equation.outvars)) if looped else 0
  found = [
    peak(one) - sum(map(size_of, (*one.invars, *one.constvars)))
    for one in inner(equation)
  ]
  return stacked + max(found, default=0)
