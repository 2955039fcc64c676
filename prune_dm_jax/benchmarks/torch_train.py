"""PyTorch's peer of a step of training: flow matching, fused AdamW, an average.

It does what training/step.py does: draws times, noises and labels to leave out,
one backward pass, the optimiser, the moving average of the parameters.
"""

import torch

RATE, DECAY, DROPOUT = 1e-4, 0.9999, 0.1


def stepper(module, loss, *, fused=True):
  """() -> the loss of one more step.

  Args:
    module: A `torch_peers.dit`; each call changes it.
    loss: () -> the mean loss of a batch, by the module.
    fused: Of AdamW.
  """
  parameters = list(module.parameters())
  average = [p.detach().clone() for p in parameters]
  optimizer = torch.optim.AdamW(
    parameters, lr=RATE, weight_decay=0.0, fused=fused
  )

  def step():
    found = loss()
    optimizer.zero_grad()
    found.backward()
    optimizer.step()
    torch._foreach_lerp_(average, [p.detach() for p in parameters], 1 - DECAY)
    return found

  return step


def flow_loss(module, x, y, *, null_class, compiled):
  """() -> the mean loss of flow matching; some labels are the null class.

  Args:
    module: The network.
    x, y: [B, H, W, C] and [B] of numpy.
    null_class: The label that means "no label".
    compiled: Whether torch.compile makes the network.
  """
  network = torch.compile(module) if compiled else module
  x, y = torch.from_numpy(x), torch.from_numpy(y)

  def loss():
    t, noise = torch.rand(len(x)), torch.randn_like(x)
    labels = torch.where(torch.rand(len(x)) < DROPOUT, null_class, y)
    wide = t[:, None, None, None]
    velocity = network(wide * x + (1 - wide) * noise, t, labels)
    return (velocity - (x - noise)).square().mean()

  return loss
