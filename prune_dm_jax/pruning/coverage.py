"""Whether fast gradient norms cover a network: read off its traced program."""

import jax
import jax.numpy as jnp

from prune_dm_jax.pruning import gradient_norms


def check_covered(loss, params, *batch):
  """Raises ValueError naming the first parameter that is not covered.

  A parameter is covered if a layer of LAYERS uses it, once, and nothing else
  does. This reads the traced program, not the network's code.
  """
  zeros = jnp.zeros(len(batch[0]))
  traced = jax.make_jaxpr(gradient_norms.summed(loss, *batch))(
    params, zeros
  ).jaxpr
  paths = jax.tree_util.tree_leaves_with_path(params)
  for (path, _), variable in zip(paths, traced.invars, strict=False):
    covered, other = uses(traced, variable)
    if covered == 1 and not other:
      continue
    name = jax.tree_util.keystr(path, simple=True, separator='/')
    how = (
      f'in {covered} layers' if covered > 1 else 'outside Dense, Embed, Conv'
    )
    raise ValueError(
      f'config.score.gradient is fast, but parameter {name} is used {how}; take '
      '--config.score.gradient=vmap'
    )


def uses(jaxpr, variable):
  """How often a covered layer uses a variable, and how often anything else."""
  covered, other = 0, sum(out is variable for out in jaxpr.outvars)
  for equation in jaxpr.eqns:
    for place, operand in enumerate(equation.invars):
      if operand is not variable:
        continue
      if str(equation.params.get('name', '')).startswith(gradient_norms.MARK):
        covered += 1
      elif (inner := body(equation)) is not None:
        more, rest = uses(inner, inner.invars[place])
        covered, other = covered + more, other + rest
      else:
        other += 1
  return covered, other


def body(equation):
  """The program inside an equation, if its inputs are the equation's own."""
  for value in equation.params.values():
    inner = getattr(value, 'jaxpr', value)
    if hasattr(inner, 'eqns') and len(inner.invars) == len(equation.invars):
      return inner
  return None
