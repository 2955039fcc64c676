"""What a traced program multiplies.

  products of a [m, k] and a [k, n]: 2 m k n, of a convolution likewise

It is read off the jaxpr, in which loops have a length: nothing is compiled.
"""

import math

import jax
from jax.interpreters import partial_eval


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
