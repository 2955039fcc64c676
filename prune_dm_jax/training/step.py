"""One step of training on all devices of a `data` mesh.

  g = mean over devices of the gradient of the mean loss
  params <- optimiser(g);   ema <- d ema + (1 - d) params

Every example of the global batch has a key of its own, made of the step and of
its place in that batch: the device count changes nothing but rounding.
"""

from typing import Any
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import AxisType
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P

from prune_dm_jax.training import finite


class State(NamedTuple):
  """All that a step changes; `extra` is what no gradient moves (a codebook)."""

  step: Any
  params: Any
  ema: Any
  opt_state: Any
  extra: Any


def data_mesh(devices=None):
  """A mesh of one axis, `data`, over the given or over all devices."""
  devices = devices or jax.devices()
  return jax.make_mesh(
    (len(devices),), ('data',), axis_types=(AxisType.Auto,), devices=devices
  )


def create(init, optimizer, key, mesh):
  """A State, the same on every device; init(key) -> params, extra."""

  def fresh(key):
    params, extra = init(key)
    ema = jax.tree.map(jnp.copy, params)
    step = jnp.zeros((), jnp.int32)
    return State(step, params, ema, optimizer.init(params), extra)

  return jax.jit(fresh, out_shardings=NamedSharding(mesh, P()))(key)


def with_params(state, params, mesh):
  """The State with other parameters, its average among them."""
  placed = jax.device_put(params, NamedSharding(mesh, P()))
  return state._replace(params=placed, ema=jax.tree.map(jnp.copy, placed))


def shapes(create, mesh):
  """The State that create() would make, as shapes: nothing is compiled."""
  sharding = NamedSharding(mesh, P())
  return jax.tree.map(
    lambda leaf: jax.ShapeDtypeStruct(
      leaf.shape, leaf.dtype, sharding=sharding
    ),
    jax.eval_shape(create),
  )


def example_keys(key, step, size):
  """[b] keys of this device's part of the global batch."""
  first = jax.lax.axis_index('data') * size
  at_step = jax.random.fold_in(key, step)
  return jax.vmap(lambda i: jax.random.fold_in(at_step, i))(
    first + jnp.arange(size)
  )


def moving_average(ema, params, step, decay):
  d = jnp.minimum(decay, (1.0 + step) / (10.0 + step))
  return jax.tree.map(lambda e, p: d * e + (1 - d) * p, ema, params)


def train_step(objective, optimizer, *, mesh, ema_decay, absorb=None):
  """The jitted step.

  Args:
    objective: (params, extra, batch, keys [b], *given) -> losses [b], seen
      [b, ...].
    optimizer: An optax transformation.
    mesh: From `data_mesh`.
    ema_decay: d at its largest; it starts at (1 + step) / (10 + step).
    absorb: (extra, seen of the global batch, key) -> extra, if there is one.

  Returns:
    (state, batch, key, given=()) -> state, `finite.Seen`; the state is donated.
    given: Arrays that are the same on all devices, and that nothing changes.
  """

  def local(state, batch, key, given):
    size = jax.tree.leaves(batch)[0].shape[0]
    keys = example_keys(key, state.step, size)

    def mean_loss(params):
      losses, seen = objective(params, state.extra, batch, keys, *given)
      return losses.mean(), (losses, seen)

    (loss, (losses, seen)), grads = jax.value_and_grad(mean_loss, has_aux=True)(
      state.params
    )
    loss, grads = jax.lax.pmean((loss, grads), 'data')
    updates, opt_state = optimizer.update(grads, state.opt_state, state.params)
    params = optax.apply_updates(state.params, updates)
    ema = moving_average(state.ema, params, state.step, ema_decay)
    extra = state.extra
    if absorb:
      seen = jax.lax.all_gather(seen, 'data', tiled=True)
      extra = absorb(extra, seen, jax.random.fold_in(key, state.step))
    after = State(state.step + 1, params, ema, opt_state, extra)
    return after, finite.seen(loss, losses, grads, after)

  split = jax.shard_map(
    local,
    mesh=mesh,
    in_specs=(P(), P('data'), P(), P()),
    out_specs=(P(), P()),
    check_vma=False,
  )
  return jax.jit(
    lambda state, batch, key, given=(): split(state, batch, key, given),
    donate_argnums=0,
  )


def rows_here(mesh, size):
  """[b] which rows of a global batch of `size` are on this process's devices."""
  every = np.arange(size).reshape(mesh.size, -1)
  mine = [d.process_index == jax.process_index() for d in mesh.devices.flat]
  return every[mine].ravel()


def place(batch, mesh):
  """This process's rows of a batch, as global arrays split over `data`."""
  sharding = NamedSharding(mesh, P('data'))
  return {
    name: jax.make_array_from_process_local_data(sharding, np.asarray(rows))
    for name, rows in batch.items()
  }
