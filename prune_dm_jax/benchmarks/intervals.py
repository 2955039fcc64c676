"""How often intervals of 95 % hold, by draws whose truth is known.

  prune-dm benchmark intervals [--samples=200 --width=32 --draws=60 --sweeps=2000]

metric, of one law, shifted   intervals of both sets' metrics, of normal samples and as
                              many references, that hold the mean over --draws draws;
                              of the Fréchet distance, one reference stays
balance                       likewise of --samples over ten classes, the true number
false claims                  sweeps of as many comparisons, in which nothing differs,
                              that claim a difference, by how much more methods vary
                              from seed to seed than random pruning does
found                         what four such sweeps in five find, in deviations from
                              seed to seed

All are shares but the last. It is no speed, and stands beside no other program.
"""

import json

import numpy as np

from prune_dm_jax import benchmarks
from prune_dm_jax.metrics import METRICS
from prune_dm_jax.metrics import balance
from prune_dm_jax.metrics import frechet
from prune_dm_jax.report import answer
from prune_dm_jax.report import findable

LAWS = {'of one law': (0.0, 1.0), 'shifted': (1.0, 0.8)}
"""What moves the samples' mean, all numbers together, and what scales them."""

OF_SETS = ('frechet_distance', 'precision_recall', 'vendi', 'kernel_distance')
GIVEN_REFERENCE = ('frechet_distance',)
CLASSES = 10
SHIFTS = (0.0, 0.2, 0.6)
SEEDS = (3, 5, 10)
COMPARISONS = 28
SPREADS = (1, 2, 8)


def main(argv):
  given = benchmarks.parser(
    'intervals', __doc__, samples=200, width=32, draws=60, sweeps=2000
  ).parse_args(argv)
  found = vars(given).copy()
  for name, part in dict(
    sets=of_sets, balance=of_classes, false_claims=of_sweeps, found=findable_by
  ).items():
    found[name] = part(given)
    for row, value in found[name].items():
      print(f'{name:13} {row:44} {value:.3g}', flush=True)
  print(json.dumps(found))


def drawn(rng, number, width, law):
  """Generated and reference [number, width], the first shifted and scaled by a law."""
  shift, scale = LAWS[law]
  sides = rng.standard_normal((2, number, width)).astype(np.float32)
  return sides[0] * scale + shift / np.sqrt(width), sides[1]


def of_sets(given):
  """'metric, law' -> the share of intervals that hold the mean of all draws."""
  found = {}
  for law in LAWS:
    for name in OF_SETS:
      each = [numbers(name, *pair) for pair in pairs(given, law, name)]
      for key in each[0]:
        values = np.array([one[key] for one in each])
        if np.isfinite(values).all():
          found[f'{key}, {law}'] = held(values, values[:, 0].mean())
  return found


def pairs(given, law, name):
  """--draws pairs of sets [S, D]; of GIVEN_REFERENCE the second is always one."""
  rng = np.random.default_rng(given.samples + given.width)
  first = None
  for _ in range(given.draws):
    generated, reference = drawn(rng, given.samples, given.width, law)
    first = reference if first is None else first
    yield generated, first if name in GIVEN_REFERENCE else reference


def numbers(name, generated, reference):
  """name -> (value, low, high) of a metric of METRICS."""
  return METRICS[name].compute(
    dict(
      features=generated,
      reference_features=reference,
      reference_moments=frechet.moments(reference),
      keep=lambda name, make: make(),
    )
  )


def held(values, truth):
  """The share of (value, low, high) [n, 3] whose interval has the truth."""
  _, low, high = np.transpose(values)
  slack = 1e-9 * max(abs(truth), 1)
  return float(np.mean((low - slack <= truth) & (truth <= high + slack)))


def of_classes(given):
  """'metric, shift' -> the share that hold what the model's own shares come to."""
  rng, original = np.random.default_rng(0), np.arange(5, 5 + CLASSES)
  found = {}
  for shift in SHIFTS:
    lean = np.repeat([1 + shift, 1 - shift], CLASSES // 2)
    p, q = balance.shares(original * lean), balance.shares(original)
    counts = rng.multinomial(given.samples, p, size=given.draws)
    for of in (balance.total_variation, balance.divergence):
      values = [balance.with_interval(of, own, q) for own in counts]
      found[f'{of.__name__}, shift {shift:g}'] = held(values, of(p, q))
  return found


def of_sweeps(given):
  """'seeds, spread' -> the share of sweeps that have a claim, and none is true."""
  rng, found = np.random.default_rng(0), {}
  for seeds in SEEDS:
    for spread in SPREADS:
      shape = given.sweeps, COMPARISONS, seeds
      own = spread * rng.standard_normal(shape)
      random = rng.standard_normal((given.sweeps, 1, seeds))
      half = answer.half_width(own, random, COMPARISONS)
      apart = abs(own.mean(axis=-1) - random.mean(axis=-1))
      found[f'{seeds} seeds, {spread}-fold'] = float(
        np.mean((apart > half).any(axis=1))
      )
  return found


def findable_by(given):
  """'seeds' -> the smallest difference of that many comparisons."""
  return {f'{s} seeds': findable.smallest(s, COMPARISONS) for s in SEEDS}
