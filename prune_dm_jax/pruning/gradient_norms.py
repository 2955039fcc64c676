"""Squared gradient norms of examples, without their gradients.

A dense layer with input x [T, din] and cotangent g [T, dout] of one example has

  || x^T g ||^2 = sum_ts (x_t . x_s) (g_t . g_s)      of the kernel
  || sum_t g_t ||^2                                   of the bias

(Goodfellow, 2015; Li et al., 2022, for sequences.) Each layer is given a zero
accumulator [B] that it adds to nothing; what its backward pass returns as the
accumulator's cotangent are these norms. So the gradient in the accumulator of
the summed loss IS the vector of squared norms, and one backward pass gives them
with or without the mean gradient.

The network does not know: Dense, Embed and Conv (of patches) are intercepted.
A parameter that is used in any other way, or twice, is refused by `coverage`.
"""

import functools

import flax.linen as nn
import jax
import jax.numpy as jnp

MARK = 'per_example_'


def rows_of(x, size):
  """[B*T, D] or [B, ..., D] -> [B, T, D]: an example's rows are together."""
  return x.reshape(size, -1, x.shape[-1])


def exact(x):
  """The type that sums are made in: float32 at least."""
  return jnp.promote_types(x.dtype, jnp.float32)


def gram(x):
  """[B, T, D] -> [B, T, T]."""
  return jnp.einsum('btd,bsd->bts', x, x, preferred_element_type=exact(x))


def kernel_norms(x, g):
  """|| x_b^T g_b ||^2 of [B, T, din] and [B, T, dout], the cheaper way; [B]."""
  tokens, wide, out = x.shape[1], x.shape[2], g.shape[2]
  if tokens * (wide + out) < wide * out:
    return (gram(x) * gram(g)).sum(axis=(1, 2))
  each = jnp.einsum('bti,bto->bio', x, g, preferred_element_type=exact(x))
  return jnp.square(each).sum(axis=(1, 2))


def bias_norms(g):
  total = g.astype(exact(g)).sum(axis=1)
  return jnp.square(total).sum(axis=1)


@jax.custom_vjp
def product(x, kernel, accumulator):
  """[R, din] @ [din, dout], R = B*T rows; the accumulator is [B]."""
  del accumulator
  return x @ kernel


def product_forward(x, kernel, accumulator):
  # Not by `product`: remat's policy would not see the dot, nor save it.
  return x @ kernel, (x, kernel, accumulator)


def product_backward(saved, g):
  x, kernel, accumulator = saved
  size = len(accumulator)
  norms = kernel_norms(rows_of(x, size), rows_of(g, size))
  return g @ kernel.T, x.T @ g, norms.astype(accumulator.dtype)


product.defvjp(product_forward, product_backward)


@jax.custom_vjp
def shift(x, bias, accumulator):
  """[R, D] + [D], R = B*T rows; the accumulator is [B]."""
  del accumulator
  return x + bias[None]


def shift_forward(x, bias, accumulator):
  return x + bias[None], accumulator


def shift_backward(accumulator, g):
  norms = bias_norms(rows_of(g, len(accumulator)))
  return g, g.sum(axis=0), norms.astype(accumulator.dtype)


shift.defvjp(shift_forward, shift_backward)


@jax.custom_vjp
def lookup(table, index, accumulator):
  """Rows [B, T, D] of a table [V, D] by index [B, T]."""
  del accumulator
  return table[index]


def lookup_forward(table, index, accumulator):
  return table[index], (table, index, accumulator)


def lookup_backward(saved, g):
  table, index, accumulator = saved
  same = index[:, :, None] == index[:, None, :]
  norms = (gram(g) * same).sum(axis=(1, 2)).astype(accumulator.dtype)
  return jnp.zeros_like(table).at[index].add(g), None, norms


lookup.defvjp(lookup_forward, lookup_backward)


def dense(module, params, x, accumulator):
  """nn.Dense, whatever the leading axes."""
  x, kernel, bias = nn.dtypes.promote_dtype(
    x, params['kernel'], params.get('bias'), dtype=module.dtype
  )
  y = product(x.reshape(-1, x.shape[-1]), kernel, accumulator)
  y = y if bias is None else shift(y, bias, accumulator)
  return y.reshape(*x.shape[:-1], -1)


def conv(module, params, x, accumulator):
  """nn.Conv whose kernel is its stride: a dense layer on patches [B, H, W, C]."""
  (p, q), (b, h, w, c) = module.kernel_size, x.shape
  x = x.reshape(b, h // p, p, w // q, q, c).transpose(0, 1, 3, 2, 4, 5)
  kernel = params['kernel'].reshape(p * q * c, -1)
  flat = {**params, 'kernel': kernel}
  return dense(
    module, flat, x.reshape(b, h // p, w // q, p * q * c), accumulator
  )


def embed(module, params, index, accumulator):
  """nn.Embed of index [B, ...]."""
  (table,) = nn.dtypes.promote_dtype(
    params['embedding'], dtype=module.dtype, inexact=False
  )
  out = lookup(table, index.reshape(len(accumulator), -1), accumulator)
  return out.reshape(*index.shape, -1)


def usual(module, *fields):
  """Whether these are left at their defaults."""
  return all(getattr(module, f) == getattr(type(module), f) for f in fields)


def plain(module):
  return usual(module, 'precision', 'dot_general', 'dot_general_cls')


def of_patches(module):
  return (
    len(module.kernel_size) == 2
    and module.strides == module.kernel_size
    and module.padding in ('VALID', 'SAME', 0)
    and module.mask is None
    and usual(module, 'input_dilation', 'kernel_dilation', 'precision')
    and usual(module, 'feature_group_count', 'conv_general_dilated')
  )


LAYERS = {
  nn.Dense: (dense, plain),
  nn.Conv: (conv, of_patches),
  nn.Embed: (embed, lambda module: True),
}
"""Which layers are covered, and when."""


def interceptor(accumulator):
  """Puts the layers above in the place of flax's own."""

  def intercept(call, args, kwargs, context):
    module = context.module
    layer, covers = LAYERS.get(type(module), (None, None))
    if layer is None or context.method_name != '__call__' or not covers(module):
      return call(*args, **kwargs)
    if 'params' not in module.variables:  # While a network is initialised.
      return call(*args, **kwargs)
    function = functools.partial(layer, module)
    function = functools.wraps(layer)(function)
    function.__name__ = MARK + layer.__name__
    return jax.jit(function)(module.variables['params'], *args, accumulator)

  return nn.intercept_methods(intercept)


def summed(loss, *batch):
  """(params, accumulator [B]) -> sum of the losses."""

  def total(params, accumulator):
    with interceptor(accumulator):
      return loss(params, *batch).sum()

  return total


def squared_norms(loss, params, *batch):
  """Squared gradient norm of each example.

  Args:
    loss: (params, x [B, ...], ...) -> [B], through flax modules.
    params: Where the gradients are taken; all of them `covered`.
    *batch: What else the loss takes.

  Returns:
    [B] squared norms, float32.
  """
  zeros = jnp.zeros(len(batch[0]))
  return jax.grad(summed(loss, *batch), argnums=1)(params, zeros)


def norms_and_gradient(loss, params, weights, *batch):
  """Squared norms [B], and the gradient of the weighted sum of the losses.

  The weights [B] are 1, or 0 for the rows that fill up a batch, whose squared
  norms are then 0.
  """
  weighted = lambda params, *rest: weights * loss(params, *rest)
  zeros = jnp.zeros(len(batch[0]))
  gradient, norms = jax.grad(summed(weighted, *batch), argnums=(0, 1))(
    params, zeros
  )
  return norms, gradient
