"""One step of training on all devices of a `data` mesh.

  g = mean over devices of the gradient of the mean loss
  params <- optimiser(g);   ema <- d ema + (1 - d) params

Every example of the global batch has a key of its own, made of the step and of
its place in that batch: the device count changes nothing but rounding. Nor do
the parts that a batch is taken in, or whether the State is `divided`.
"""

import functools
from typing import Any
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import AxisType
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P

from prune_dm_jax.training import divided
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


def axis_for(mesh, divide):
  """shape -> the axis along which devices divide an array, None for none."""
  if not divide or mesh.size == 1:
    return divided.nowhere
  return functools.partial(divided.axis_of, number=mesh.size)


def create(init, optimizer, key, mesh, *, divide=False):
  """A State, the same on every device; init(key) -> params, extra.

  divide: Whether its average and its moments are `divided`.
  """

  return created(init, optimizer, mesh, divide)(key)


@functools.lru_cache(maxsize=8)
def created(init, optimizer, mesh, divide):
  """The jitted `create` of a key."""

  def fresh(key):
    params, extra = init(key)
    ema = jax.tree.map(jnp.copy, params)
    step = jnp.zeros((), jnp.int32)
    return State(step, params, ema, optimizer.init(params), extra)

  where = NamedSharding(mesh, P())
  if divide:
    axis = axis_for(mesh, divide)
    shapes = jax.eval_shape(lambda: fresh(jax.random.key(0)))
    where = divided.shardings(shapes, axis, mesh)
  return jax.jit(fresh, out_shardings=where)


def with_params(state, params, mesh):
  """The State with other parameters, its average among them."""
  placed = jax.device_put(params, NamedSharding(mesh, P()))
  copy = jax.jit(
    lambda tree: jax.tree.map(jnp.copy, tree),
    out_shardings=jax.tree.map(lambda leaf: leaf.sharding, state.ema),
  )
  return state._replace(params=placed, ema=copy(placed))


def shapes(create, mesh, *, divide=False):
  """The State that create() would make, as shapes: nothing is compiled."""
  found = jax.eval_shape(create)
  where = jax.tree.map(lambda leaf: NamedSharding(mesh, P()), found)
  if divide:
    where = divided.shardings(found, axis_for(mesh, divide), mesh)
  place = lambda leaf, sharding: jax.ShapeDtypeStruct(
    leaf.shape, leaf.dtype, sharding=sharding
  )
  return jax.tree.map(place, found, where)


def warm_up(rate, steps):
  """step -> the learning rate, which rises to `rate` over the first steps."""
  return lambda step: rate * jnp.minimum(1, (step + 1) / steps)


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


def gradient(objective, state, batch, keys, given):
  """The mean loss of these rows, their losses, what is seen, the gradient."""

  def mean_loss(params):
    losses, seen = objective(params, state.extra, batch, keys, *given)
    return losses.mean(), (losses, seen)

  (loss, (losses, seen)), grads = jax.value_and_grad(mean_loss, has_aux=True)(
    state.params
  )
  return loss, losses, seen, grads


def gradient_in_parts(objective, state, batch, keys, given, *, number):
  """The same of `number` parts of the rows, which are taken one by one."""
  if number == 1:
    return gradient(objective, state, batch, keys, given)

  def add(total, part):
    loss, losses, seen, grads = gradient(objective, state, *part, given)
    return jax.tree.map(jnp.add, total, grads), (loss, losses, seen)

  split = lambda rows: rows.reshape(number, -1, *rows.shape[1:])
  join = lambda rows: rows.reshape(-1, *rows.shape[2:])
  total, (loss, losses, seen) = jax.lax.scan(
    add,
    jax.tree.map(jnp.zeros_like, state.params),
    jax.tree.map(split, (batch, keys)),
  )
  grads = jax.tree.map(lambda g: g / number, total)
  return loss.mean(), join(losses), jax.tree.map(join, seen), grads


def updated(optimizer, state, grads, axis, ema_decay):
  """Parameters, average and moments after a step; grads are divided by axis."""
  own = divided.own(state.params, axis)
  updates, opt_state = optimizer.update(grads, state.opt_state, own)
  own = optax.apply_updates(own, updates)
  ema = moving_average(state.ema, own, state.step, ema_decay)
  return divided.together(own, state.params, axis), ema, opt_state


@functools.lru_cache(maxsize=8)
def train_step(
  objective, optimizer, *, mesh, ema_decay, absorb=None, parts=1,
  divide=False, reduce_dtype='float32',
):  # fmt: skip
  """The jitted step; of the same arguments the same one, compiled once.

  Args:
    objective: (params, extra, batch, keys [b], *given) -> losses [b], seen
      [b, ...].
    optimizer: An optax transformation; of each number alone, if divide.
    mesh: From `data_mesh`.
    ema_decay: d at its largest; it starts at (1 + step) / (10 + step).
    absorb: (extra, seen of this device's rows, key) -> extra of all devices, to
      which it speaks by the axis `data`; if there is one.
    parts: How many parts a device takes its rows in: less memory.
    divide: Whether the average and the moments are `divided`, as of `create`.
    reduce_dtype: As which gradients are sent between devices.

  Returns:
    (state, batch, key, given=()) -> state, `finite.Seen`; the state is donated,
    given are arrays that all devices have.
  """
  axis = axis_for(mesh, divide)

  def local(state, batch, key, given):
    keys = example_keys(key, state.step, len(jax.tree.leaves(batch)[0]))
    loss, losses, seen, grads = gradient_in_parts(
      objective, state, batch, keys, given, number=parts
    )
    loss = jax.lax.pmean(loss, 'data')
    grads = divided.mean(grads, axis, reduce_dtype)
    norm = divided.norm(grads, state.params, axis)
    params, ema, opt_state = updated(optimizer, state, grads, axis, ema_decay)
    extra = state.extra
    if absorb:
      extra = absorb(extra, seen, jax.random.fold_in(key, state.step))
    after = State(state.step + 1, params, ema, opt_state, extra)
    known = divided.described(after, jax.eval_shape(optimizer.init, params))
    return after, finite.seen(loss, losses, norm, known)

  def step(state, batch, key, given=()):
    placed = divided.specs(state, axis)
    return jax.shard_map(
      local, mesh=mesh, in_specs=(placed, P('data'), P(), P()),
      out_specs=(placed, P()), check_vma=False,
    )(state, batch, key, given)  # fmt: skip

  return jax.jit(step, donate_argnums=0)


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
