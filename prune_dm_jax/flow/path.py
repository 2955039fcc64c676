"""The path from noise to data, and the loss of a velocity along it.

  x_t = alpha(t) x_1 + sigma(t) x_0      x_0 noise, x_1 data, t: 0 -> 1
  v   = alpha'(t) x_1 + sigma'(t) x_0
  l_i = mean over dimensions of (v_hat(x_t, t) - v)^2

Flow matching: Lipman et al., 2023; the three paths: Ma et al. (SiT), 2024. Of the
same arguments a loss and an objective are the same function, traced once.
"""

import functools

import jax
import jax.numpy as jnp


def linear(t):
  return t, 1 - t


def gvp(t):
  return jnp.sin(t * jnp.pi / 2), jnp.cos(t * jnp.pi / 2)


def vp(t):
  log_alpha = -0.25 * (1 - t) ** 2 * 19.9 - 0.5 * (1 - t) * 0.1
  return jnp.exp(log_alpha), jnp.sqrt(1 - jnp.exp(2 * log_alpha))


PATHS = {'linear': linear, 'gvp': gvp, 'vp': vp}

LAST = {vp: 1 - 1e-5}
"""The last time of a path whose velocity is infinite at 1: that of SiT."""


def interpolate(path, x0, x1, t):
  """[B, ...] noise, [B, ...] data, [B] times -> x_t, v, both [B, ...]."""
  (alpha, sigma), (d_alpha, d_sigma) = jax.jvp(path, (t,), (jnp.ones_like(t),))
  wide = lambda v: v.reshape(t.shape + (1,) * (x1.ndim - t.ndim))
  x_t = wide(alpha) * x1 + wide(sigma) * x0
  return x_t, wide(d_alpha) * x1 + wide(d_sigma) * x0


@functools.lru_cache(maxsize=8)
def loss(velocity, path):
  """The loss of each example, for training, noise bank and scores alike.

  Args:
    velocity: (params, x [B, ...], t [B], y [B]) -> [B, ...].
    path: A value of PATHS.

  Returns:
    loss(params, x [B, ...], y [B], t [B], noise [B, ...]) -> [B]; it takes no
    key: who calls it draws the time and the noise.
  """

  def losses(params, x, y, t, noise):
    t = jnp.minimum(t, LAST[path]) if path in LAST else t
    x_t, v = interpolate(path, noise, x, t)
    error = jnp.square(velocity(params, x_t, t, y) - v)
    return error.reshape(x.shape[0], -1).mean(axis=1)

  return losses


def uniform_time(key):
  return jax.random.uniform(key)


def logit_normal_time(key):
  return jax.nn.sigmoid(jax.random.normal(key))


TIMES = {'uniform': uniform_time, 'logit_normal': logit_normal_time}


@functools.lru_cache(maxsize=8)
def objective(
  loss, time, *, latent, label_dropout, null_class, high_noise=None
):
  """The loss of a batch, as `training.step` wants it.

  A time, a noise and, now and then, no label are drawn from one key an example,
  so that its draw depends on the step and on its place in the global batch,
  never on a device.

  Args:
    loss: loss(params, x, y, t, noise) -> [B], from `loss`.
    time: key -> one time; a value of TIMES.
    latent: (batch, *given) -> x [B, ...], what the network models.
    label_dropout: Probability of replacing a label by the null class.
    null_class: The label that means "no label".
    high_noise: (key, t_min) -> one time, where a batch says `t_min` [B] of its
      examples; a value of high_noise.TIMES.

  Returns:
    (params, extra, batch, keys [B], *given) -> losses [B], (); the time [B] of
    each in place of (), where a batch says how much its examples count (`weight`).
  """

  def draw(key, x, y, *t_min):
    for_time, for_noise, for_label = jax.random.split(key, 3)
    dropped = jax.random.bernoulli(for_label, label_dropout)
    y = jnp.where(dropped, null_class, y)
    t = high_noise(for_time, *t_min) if t_min else time(for_time)
    return t, jax.random.normal(for_noise, x.shape), y

  def losses(params, extra, batch, keys, *given):
    del extra
    x = latent(batch, *given)
    t_min = [batch['t_min']] if 't_min' in batch else []
    t, noise, y = jax.vmap(draw)(keys, x, batch['label'], *t_min)
    return loss(params, x, y, t, noise), t if 'weight' in batch else ()

  return losses
