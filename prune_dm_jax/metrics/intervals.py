"""95 % intervals: of shares, of means, and of anything by leaving groups out."""

import numpy as np

GROUPS = 10
STUDENT = 2.262
"""Student's t of GROUPS - 1 degrees of freedom, at 97.5 %."""


def wilson(share, number, z=1.96):
  """The interval of a share of `number` independent draws (Wilson, 1927)."""
  center = share + z**2 / (2 * number)
  half = z * np.sqrt(share * (1 - share) / number + (z / (2 * number)) ** 2)
  scale = 1 + z**2 / number
  low, high = (center - half) / scale, (center + half) / scale
  return np.clip(low, 0, share), np.clip(high, share, 1)


def share(flags):
  """Share of [N] bool, low, high."""
  value = float(np.mean(flags))
  return value, *map(float, wilson(value, len(flags)))


def mean(values):
  """Mean of [N], low, high; of one value there is no interval."""
  values = np.asarray(values, np.float64)
  if len(values) < 2:
    return float(values.mean()), np.nan, np.nan
  half = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
  return float(values.mean()), values.mean() - half, values.mean() + half


def resampled(statistic, values, *, times=1000):
  """statistic(values [N, ...]), and its percentiles over seeded resamples.

  They are widened to the value itself, which is at an end where a statistic
  cannot be below zero, and resamples are above.
  """
  rng = np.random.default_rng(0)
  size = len(values)
  found = [statistic(values[rng.integers(0, size, size)]) for _ in range(times)]
  value = float(statistic(values))
  with np.errstate(invalid='ignore'):  # Infinite ones have no percentiles.
    low, high = np.percentile(found, [2.5, 97.5])
  return value, min(low, value), max(high, value)


def groups(size):
  """[N] the seeded group, of GROUPS, that each of N examples is left out in."""
  return np.random.default_rng(0).permutation(size) % GROUPS


def jackknife(whole, left_out):
  """What a statistic would be of infinitely many, and half its interval.

  From its pseudo-values G whole - (G - 1) left_out_g (Tukey, 1958): their mean
  is free of a bias in 1 / n. Resampling with replacement would not do for
  covariances, since a resample has fewer distinct examples.

  Args:
    whole: The statistic of all.
    left_out: [G] of all but a group each.
  """
  count = len(left_out)
  pseudo = count * whole - (count - 1) * np.asarray(left_out)
  half = STUDENT * pseudo.std(ddof=1) / np.sqrt(count)
  return float(pseudo.mean()), float(half)
