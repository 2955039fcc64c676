"""Sampling by an ODE solver that chooses its steps: Dormand & Prince's, order 5.

Each example has steps of its own, by its own error, so that whom it is drawn
with changes nothing but rounding; the network runs on all of them at once, until
the last is done. By diffrax (Kidger, 2021): pip install diffrax.
"""

import diffrax
import jax
import jax.numpy as jnp

MOST = 1000
"""Steps of one example, those that were rejected with them."""

FIRST = 0.05
"""Length of the first step that is tried."""

EACH = 6
"""Evaluations of a step, as its seventh is the first of the next."""


def integrate(velocity, x0, *, rtol, atol):
  """Carries noise to data.

  Args:
    velocity: (x [S, ...], t [S]) -> [S, ...].
    x0: [S, ...] noise.
    rtol: Error of a step that is taken, relative to the numbers.
    atol: The same, absolute; a step may have the sum of both.

  Returns:
    [S, ...] samples, NaN where MOST steps were not enough, and [S] evaluations
    of the velocity of each.
  """

  def at(t, x, args):
    """The velocity of one, from that of all."""
    every = lambda v: jax.lax.all_gather(v, 'example')
    return velocity(every(x), every(t))[jax.lax.axis_index('example')]

  def one(x):
    found = diffrax.diffeqsolve(
      diffrax.ODETerm(at),
      diffrax.Dopri5(),
      t0=0.0,
      t1=1.0,
      dt0=FIRST,
      y0=x,
      stepsize_controller=diffrax.PIDController(rtol=rtol, atol=atol),
      adjoint=diffrax.DirectAdjoint(),
      max_steps=MOST,
      throw=False,
    )
    done = found.result == diffrax.RESULTS.successful
    return jnp.where(done, found.ys[0], jnp.nan), found.stats['num_steps']

  x, steps = jax.vmap(one, axis_name='example')(x0)
  return x, 1 + EACH * steps
