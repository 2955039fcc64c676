"""PyTorch peers of the benchmark: the same DiT, and its gradient norms.

  loop   a forward and a backward pass for each example alone
  ghost  |sum_s a_s g_s'|^2 = sum_st (a_s . a_t) (g_s . g_t), layer by layer

The loop is how GraNd is published (Paul et al., 2021); ghost norms (Li et al.,
2022) need one pass for the whole batch, and are opacus's. The network is that
of models/dit.py, written as for eager PyTorch; layers bear the Flax names. It
is imported by the benchmark alone: pip install -e '.[benchmark]'.
"""

import warnings

import jax
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from prune_dm_jax.models import dit as flax_dit

PARAMETERS = {'kernel': 'weight', 'bias': 'bias', 'embedding': 'weight'}


def layer_norm(x):
  """LayerNorm without parameters, eps 1e-6."""
  return F.layer_norm(x, x.shape[-1:], eps=1e-6)


class Block(nn.Module):
  """One transformer block whose norms are set by the condition."""

  def __init__(self, width, heads):
    super().__init__()
    self.heads = heads
    self.adaLN = nn.Linear(width, 6 * width)
    self.qkv = nn.Linear(width, 3 * width)
    self.proj = nn.Linear(width, width)
    self.fc1 = nn.Linear(width, 4 * width)
    self.fc2 = nn.Linear(4 * width, width)

  def forward(self, x, c):
    """[B, T, D], [B, D] -> [B, T, D]."""
    parts = self.adaLN(F.silu(c))[:, None].chunk(6, dim=-1)
    shift_a, scale_a, gate_a, shift_m, scale_m, gate_m = parts  # [B, 1, D]

    h = self.qkv(layer_norm(x) * (1 + scale_a) + shift_a)  # [B, T, 3*D]
    h = h.unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
    h = F.scaled_dot_product_attention(*h)  # [B, heads, T, D/heads]
    x = x + gate_a * self.proj(h.transpose(1, 2).flatten(2))  # [B, T, D]

    h = self.fc1(layer_norm(x) * (1 + scale_m) + shift_m)  # [B, T, 4*D]
    return x + gate_m * self.fc2(F.gelu(h, approximate='tanh'))  # [B, T, D]


class DiT(nn.Module):
  """Velocity of a noised latent, given its time and its label."""

  def __init__(self, depth, width, heads, patch, rows, labels, inputs, outputs):
    super().__init__()
    self.patch = patch
    self.x_embedder = nn.Linear(patch**2 * inputs, width)
    self.t_embedder_0 = nn.Linear(256, width)
    self.t_embedder_2 = nn.Linear(width, width)
    self.y_embedder = nn.Embedding(labels, width)
    self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
    self.final_adaLN = nn.Linear(width, 2 * width)
    self.final = nn.Linear(width, patch**2 * outputs)
    position = torch.from_numpy(flax_dit.position_embedding(rows, width))
    self.register_buffer('position', position, persistent=False)
    frequencies = torch.from_numpy(10000.0 ** -(np.arange(128) / 128)).float()
    self.register_buffer('frequencies', frequencies, persistent=False)

  def forward(self, x, t, y):
    """[B, H, W, C], [B], [B] -> [B, H, W, outputs]."""
    p, rows = self.patch, x.shape[1] // self.patch
    patches = x.unflatten(2, (rows, p)).unflatten(1, (rows, p)).transpose(2, 3)
    tokens = self.x_embedder(patches.flatten(3).flatten(1, 2))  # [B, T, D]
    tokens = tokens + self.position

    angles = t[:, None] * self.frequencies  # [B, 128]
    c = self.t_embedder_0(torch.cat([angles.cos(), angles.sin()], dim=-1))
    c = self.t_embedder_2(F.silu(c)) + self.y_embedder(y)  # [B, D]
    for block in self.blocks:
      tokens = block(tokens, c)  # [B, T, D]

    shift, scale = self.final_adaLN(F.silu(c))[:, None].chunk(2, dim=-1)
    out = self.final(layer_norm(tokens) * (1 + scale) + shift)
    out = out.unflatten(2, (p, p, -1)).unflatten(1, (rows, rows))
    return out.transpose(2, 3).flatten(3, 4).flatten(1, 2)


def dit(
  *, depth, width, heads, patch, num_classes, null_class, out_channels,
  channels, image_size,
):  # fmt: skip
  """The network of `models.dit.DiT`, on [B, image_size, image_size, channels]."""
  rows, labels = image_size // patch, num_classes + null_class
  return DiT(depth, width, heads, patch, rows, labels, channels, out_channels)


def load(module, params):
  """Copies the parameters of `models.dit.DiT` into a `dit` of its sizes."""
  layers = jax.tree.map(np.array, dict(params))
  for name, stacked in layers.pop('blocks').items():
    for i in range(len(stacked['bias'])):
      layers[f'blocks.{i}.{name}'] = {k: v[i] for k, v in stacked.items()}
  module.load_state_dict(
    {
      f'{name}.{PARAMETERS[k]}': torch.from_numpy(v.T if k == 'kernel' else v)
      for name, layer in layers.items()
      for k, v in layer.items()
    }
  )


def loss(module, x, y, t, noise):
  """Flow matching along the linear path, as in flow/path.py.

  Args:
    module: (x_t [B, H, W, C], t [B], y [B]) -> velocity [B, H, W, C].
    x, y, t, noise: [B, H, W, C], [B], [B], [B, H, W, C] of numpy.

  Returns:
    [B] losses, a tensor.
  """
  x, y, t, noise = map(torch.from_numpy, (x, y, t, noise))
  wide = t[:, None, None, None]
  velocity = module(wide * x + (1 - wide) * noise, t, y)
  return (velocity - (x - noise)).square().mean(dim=(1, 2, 3))


def gradient(module, batch):
  """Gradient of the mean loss of a batch.

  Args:
    module: A `dit`.
    batch: x [B, H, W, C], y [B], t [B], noise [B, H, W, C], of numpy.

  Returns:
    A tensor a parameter, in the order of `module.parameters()`.
  """
  mean = loss(module, *batch).mean()
  return torch.autograd.grad(mean, list(module.parameters()))


def loop(module, batch):
  """[B] gradient norms of a batch as of `gradient`, one example at a time."""
  examples = [[v[i : i + 1] for v in batch] for i in range(len(batch[0]))]
  norm = lambda example: nn.utils.get_total_norm(gradient(module, example))
  return torch.stack([norm(example) for example in examples]).numpy()


def ghost_along(module, batch, parameters):
  """[B] gradient norms by opacus, and the gradient in some of the parameters."""
  import opacus.grad_sample  # Here, as the network alone does without.

  hooked = opacus.grad_sample.GradSampleModuleFastGradientClipping(
    module, loss_reduction='sum', use_ghost_clipping=True
  )
  with warnings.catch_warnings():  # the first layers' inputs have no gradient
    warnings.filterwarnings('ignore', 'Full backward hook is firing')
    grads = torch.autograd.grad(loss(hooked, *batch).sum(), parameters)
  norms = hooked.get_norm_sample().numpy()
  hooked.to_standard_module()
  return norms, [g / len(norms) for g in grads]


def ghost(module, batch):
  """[B] gradient norms of a batch as of `gradient`, in one pass, by opacus.

  Gradients are asked for in the first layers only: the pass goes through every
  layer all the same, and torch leaves out the other layers' weight gradients.
  """
  first = module.x_embedder, module.t_embedder_0, module.y_embedder
  return ghost_along(module, batch, [layer.weight for layer in first])[0]


def ghost_and_gradient(module, batch):
  """[B] norms and the mean gradient: the pass that opacus itself trains with."""
  return ghost_along(module, batch, list(module.parameters()))
