"""DiT: a transformer over the patches of a latent (Peebles & Xie, 2023).

  c = time(t) + label(y)
  shift, scale, gate = Linear(SiLU(c)), for the attention and for the MLP
  x = x + gate * f(LN(x) * (1 + scale) + shift)

Tokens are one matrix [B*T, D] before every Dense, the blocks are one scanned
block, attention is head-major and matrix products are saved for the backward
pass: on a CPU this is three times faster than the network written block by block.
A GPU copies all that a scan saves: there blocks are written out, see `unroll`.
"""

import functools
import math

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

SIZES = {  # depth, width, heads
  'mini': dict(depth=4, width=96, heads=3),
  'mini8': dict(depth=8, width=192, heads=6),  # eight times the products
  'S': dict(depth=12, width=384, heads=6),
  'B': dict(depth=12, width=768, heads=12),
  'L': dict(depth=24, width=1024, heads=16),
  'XL': dict(depth=28, width=1152, heads=16),
}


def time_embedding(t, *, size=256):
  """[B] times in [0, 1], unscaled -> [B, size], cosines then sines."""
  places = np.arange(size // 2, dtype=np.float32) / (size // 2)
  exponents = np.float32(-np.log(10000)) * places
  frequencies = np.exp(exponents.astype(np.float64)).astype(np.float32)
  angles = t[:, None] * frequencies[None]
  return jnp.concatenate([jnp.cos(angles), jnp.sin(angles)], axis=-1)


def position_embedding(rows, width, *, by=np):
  """[T, D] fixed sine and cosine embedding of a square grid, column first.

  Of `by` = jnp a program has the sines of a side alone, and no [T, D].
  """
  frequencies = 10000.0 ** -(np.arange(width // 4) / (width // 4))
  angles = np.arange(rows)[:, None] * frequencies
  side = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
  side = side.astype(np.float32)
  shape = rows, rows, width // 2
  of_column = by.broadcast_to(side[None], shape)
  of_row = by.broadcast_to(side[:, None], shape)
  both = by.concatenate([of_column, of_row], axis=-1)
  return both.reshape(rows * rows, width)


def to_patches(x, patch):
  """[B, H, W, C] -> [B*T, p*p*C], each patch laid out (row, column, channel)."""
  b, h, w, c = x.shape
  x = x.reshape(b, h // patch, patch, w // patch, patch, c)
  return x.transpose(0, 1, 3, 2, 4, 5).reshape(-1, patch * patch * c)


def from_patches(tokens, patch, shape):
  """[B*T, p*p*C] -> [B, H, W, C]: the inverse of `to_patches`."""
  b, h, w = shape
  x = tokens.reshape(b, h // patch, w // patch, patch, patch, -1)
  return x.transpose(0, 1, 3, 2, 4, 5).reshape(b, h, w, -1)


def layer_norm(x):
  """LayerNorm without parameters, eps 1e-6, statistics in float32."""
  return nn.LayerNorm(epsilon=1e-6, use_bias=False, use_scale=False).apply(
    {}, x
  )


def modulate(x, shift, scale):
  """[B*T, D] by [B, D] each: the tokens of an example have the same.

  Not repeated for every token, so that no gradient of that size is summed.
  """
  wide = x.reshape(len(scale), -1, x.shape[-1])
  return (wide * (1 + scale[:, None]) + shift[:, None]).reshape(x.shape)


def gated(x, gate):
  """[B*T, D] by [B, D], as above."""
  wide = x.reshape(len(gate), -1, x.shape[-1])
  return (wide * gate[:, None]).reshape(x.shape)


def gelu(x):
  """nn.gelu, its tanh as a sigmoid: XLA puts no tanh into a GPU's memory."""
  return x * nn.sigmoid(math.sqrt(8 / math.pi) * (x + 0.044715 * x**3))


def attention(qkv, heads, num_tokens):
  """[B*T, 3*D] -> [B*T, D], softmax in float32."""
  width = qkv.shape[-1] // 3
  qkv = qkv.reshape(-1, num_tokens, 3, heads, width // heads)
  query, key, value = qkv.transpose(2, 0, 3, 1, 4)
  scale = (width // heads) ** -0.5
  logits = (query * scale) @ key.swapaxes(-1, -2)
  weights = jax.nn.softmax(logits.astype(jnp.float32)).astype(qkv.dtype)
  return (weights @ value).transpose(0, 2, 1, 3).reshape(-1, width)


def fused_attention(qkv, heads, num_tokens, *, implementation='cudnn'):
  """The same by cuDNN, on GPUs, in bfloat16: weights are in no memory."""
  width = qkv.shape[-1] // 3
  qkv = qkv.reshape(-1, num_tokens, 3, heads, width // heads)
  query, key, value = qkv.transpose(
    2, 0, 1, 3, 4
  )  # each [B, T, heads, D/heads]
  out = jax.nn.dot_product_attention(
    query, key, value, implementation=implementation
  )
  return out.reshape(-1, width)


ATTENTIONS = {'xla': attention, 'cudnn': fused_attention}
"""dit.attention -> ([B*T, 3*D], heads, T) -> [B*T, D].

Kernels of Pallas are left out: of those that JAX brings, none runs on a CPU and
a TPU, and none could be tried. cuDNN's has no forward mode, which scores need.
"""

DTYPES = ('float32', 'bfloat16')


def saved(primitive, *_, **__):
  """What the backward pass finds: products, and what cuDNN's attention made."""
  name = primitive.name
  return name == 'dot_general' or name.startswith('dot_product_attention')


class Block(nn.Module):
  """One transformer block whose norms are set by the condition."""

  heads: int
  num_tokens: int
  dtype: str
  attention: str

  @nn.compact
  def __call__(self, x, c):
    width = x.shape[-1]
    dense = functools.partial(
      nn.Dense, dtype=self.dtype, kernel_init=nn.initializers.xavier_uniform()
    )
    parts = zero_dense(6 * width, self.dtype, 'adaLN')(nn.silu(c))  # [B, 6*D]
    shift_a, scale_a, gate_a, shift_m, scale_m, gate_m = jnp.split(
      parts, 6, axis=-1
    )  # each [B, D]

    h = modulate(layer_norm(x), shift_a, scale_a)  # [B*T, D]
    h = ATTENTIONS[self.attention](
      dense(3 * width, name='qkv')(h), self.heads, self.num_tokens
    )  # [B*T, D]
    x = x + gated(dense(width, name='proj')(h), gate_a)  # [B*T, D]

    h = modulate(layer_norm(x), shift_m, scale_m)  # [B*T, D]
    h = gelu(dense(4 * width, name='fc1')(h))  # [B*T, 4*D]
    return x + gated(dense(width, name='fc2')(h), gate_m), None  # [B*T, D]


def zero_dense(features, dtype, name):
  """A Dense that starts as the zero function."""
  return nn.Dense(
    features, dtype=dtype, kernel_init=nn.initializers.zeros, name=name
  )


class DiT(nn.Module):
  """Velocity of a noised latent, given its time and its label.

  Attributes:
    depth, width, heads: A row of SIZES.
    patch: Side of a patch, in latent pixels.
    num_classes: Rows of the label table.
    null_class: Whether one more row, num_classes, stands for "no label".
    out_channels: Channels of the output.
    dtype: In which matrix products are computed; parameters are float32.
    attention: One of ATTENTIONS.
    unroll: Whether the blocks are written out, and compiled, one by one.
  """

  depth: int
  width: int
  heads: int
  patch: int
  num_classes: int
  null_class: bool
  out_channels: int
  dtype: str = 'float32'
  attention: str = 'xla'
  unroll: bool = False

  @nn.compact
  def __call__(self, x, t, y):
    """[B, H, W, C], [B], [B] -> [B, H, W, out_channels] float32."""
    b, h, w, _ = x.shape
    tokens = embedded(self, x)  # [B*T, D]
    c = condition(self, t, y)  # [B, D]
    tokens, _ = blocks(self, len(tokens) // b)(tokens, c)  # [B*T, D]

    parts = zero_dense(2 * self.width, self.dtype, 'final_adaLN')(nn.silu(c))
    shift, scale = jnp.split(parts, 2, axis=-1)  # each [B, D]
    tokens = modulate(layer_norm(tokens), shift, scale)  # [B*T, D]
    out = self.patch**2 * self.out_channels
    tokens = zero_dense(out, self.dtype, 'final')(tokens)  # [B*T, p*p*out]
    return from_patches(tokens, self.patch, (b, h, w)).astype(jnp.float32)


def embedded(dit, x):
  """[B, H, W, C] -> [B*T, D], patches and their places, in the call of a DiT."""
  xavier = nn.initializers.xavier_uniform()
  dense = nn.Dense(
    dit.width, dtype=dit.dtype, kernel_init=xavier, name='x_embedder'
  )
  tokens = dense(to_patches(x, dit.patch))  # [B*T, D]
  rows = x.shape[1] // dit.patch
  position = position_embedding(rows, dit.width, by=jnp)  # [T, D]
  return tokens + jnp.tile(position, (len(x), 1)).astype(dit.dtype)


def condition(dit, t, y):
  """[B] times and labels -> [B, D], in the call of a DiT."""
  small = nn.initializers.normal(0.02)
  alike = dict(features=dit.width, dtype=dit.dtype)
  dense = functools.partial(nn.Dense, kernel_init=small, **alike)
  c = time_embedding(t)  # [B, 256]
  c = nn.silu(dense(name='t_embedder_0')(c))  # [B, D]
  c = dense(name='t_embedder_2')(c)  # [B, D]
  number = dit.num_classes + dit.null_class
  table = nn.Embed(number, embedding_init=small, name='y_embedder', **alike)
  return c + table(y)  # [B, D]


def blocks(dit, num_tokens):
  """All blocks as one scanned block, in the call of a DiT."""
  return nn.scan(
    nn.remat(Block, policy=saved, prevent_cse=False),
    variable_axes={'params': 0},
    split_rngs={'params': True},
    in_axes=nn.broadcast,
    length=dit.depth,
    unroll=dit.depth if dit.unroll else 1,
  )(dit.heads, num_tokens, dit.dtype, dit.attention, name='blocks')
