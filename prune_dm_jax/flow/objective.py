"""What training draws: a time, a noise and, now and then, no label.

Everything is drawn from one key an example, so that an example's draw depends
on the step and on its place in the global batch, never on a device.
"""

import jax
import jax.numpy as jnp


def objective(loss, time, *, latent, label_dropout, null_class):
  """The loss of a batch, as `training.step` wants it.

  Args:
    loss: loss(params, x, y, t, noise) -> [B], from `flow.path`.
    time: key -> one time; a value of `flow.path.TIMES`.
    latent: batch -> x [B, ...], what the network models.
    label_dropout: Probability of replacing a label by the null class.
    null_class: The label that means "no label".

  Returns:
    (params, extra, batch, keys [B]) -> losses [B], ().
  """

  def draw(key, x, y):
    for_time, for_noise, for_label = jax.random.split(key, 3)
    dropped = jax.random.bernoulli(for_label, label_dropout)
    y = jnp.where(dropped, null_class, y)
    return time(for_time), jax.random.normal(for_noise, x.shape), y

  def losses(params, extra, batch, keys):
    del extra
    x = latent(batch)
    t, noise, y = jax.vmap(draw)(keys, x, batch['label'])
    return loss(params, x, y, t, noise), ()

  return losses


def noise_at(key, index, shape):
  """[S] sample indices -> [S, *shape] noise, each by its own index."""
  draw = lambda i: jax.random.normal(jax.random.fold_in(key, i), shape)
  return jax.vmap(draw)(index)
