"""What a State has beside its parameters, divided over the devices.

Each of n devices keeps an n-th of the optimiser's moments and of the average
(ZeRO-1; Rajbhandari et al., 2020). It is given that part of the mean gradient,
makes that part of the parameters, and all get all of them. An array is cut
along its first axis that n divides; where there is none, every device has it.
What a State is stays the same: any number of devices goes on from it.
"""

import jax
import jax.numpy as jnp
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P


def axis_of(shape, number):
  """The axis along which an array is cut into `number` parts, or None."""
  fits = (i for i, size in enumerate(shape) if size and size % number == 0)
  return next(fits, None)


def nowhere(shape):
  """The axis of an array that every device has."""
  del shape


def specs(state, axis):
  """A PartitionSpec for each array of a State; axis: shape -> its axis."""

  def spec(leaf):
    along = axis(jnp.shape(leaf))
    return P() if along is None else P(*[None] * along, 'data')

  everywhere = jax.tree.map(lambda leaf: P(), state)
  return everywhere._replace(
    ema=jax.tree.map(spec, state.ema),
    opt_state=jax.tree.map(spec, state.opt_state),
  )


def shardings(state, axis, mesh):
  """A NamedSharding for each array of a State."""
  return jax.tree.map(lambda p: NamedSharding(mesh, p), specs(state, axis))


def mean(grads, axis, dtype):
  """This device's part of the mean over devices, which is sent as `dtype`."""
  number = jax.lax.axis_size('data')

  def one(g):
    along, sent = axis(g.shape), g.astype(dtype)
    total = (
      jax.lax.psum(sent, 'data')
      if along is None
      else jax.lax.psum_scatter(
        sent, 'data', scatter_dimension=along, tiled=True
      )
    )
    return total.astype(g.dtype) / number

  return jax.tree.map(one, grads)


def own(params, axis):
  """This device's part of arrays that every device has."""

  def one(p):
    along = axis(p.shape)
    if along is None:
      return p
    size = p.shape[along] // jax.lax.axis_size('data')
    first = jax.lax.axis_index('data') * size
    return jax.lax.dynamic_slice_in_dim(p, first, size, along)

  return jax.tree.map(one, params)


def together(parts, params, axis):
  """All of what `own` cut, the shape of each as of params."""

  def one(part, p):
    along = axis(p.shape)
    if along is None:
      return part
    return jax.lax.all_gather(part, 'data', axis=along, tiled=True)

  return jax.tree.map(one, parts, params)


def norm(grads, params, axis):
  """Of the mean gradient, of which this device has its part."""
  each = [
    (jnp.vdot(g, g), axis(p.shape))
    for g, p in zip(
      jax.tree.leaves(grads), jax.tree.leaves(params), strict=True
    )
  ]
  here = sum(square for square, along in each if along is None)
  apart = [square for square, along in each if along is not None]
  return jnp.sqrt(here + jax.lax.psum(sum(apart), 'data') if apart else here)


def described(state, opt_state):
  """The State of one device, but shapes of the whole for what is divided.

  opt_state: The shapes of it.
  """
  described = lambda leaf, whole: leaf if leaf.shape == whole.shape else whole
  return state._replace(
    ema=state.params,
    opt_state=jax.tree.map(described, state.opt_state, opt_state),
  )
