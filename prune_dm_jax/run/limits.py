"""From what to what every number of a configuration may be.

A bound is where what is asked for has a meaning: 4294967295 is the last seed
that 32 bits tell from others, 65536 the most codes that 16 bits can name. Where
only time and memory say what is too much, it is far beyond both, so that what
was typed wrong is told from what is large.
"""

from typing import NamedTuple

from prune_dm_jax.run import defaults


class Limit(NamedTuple):
  low: float
  high: float
  kind: type = int
  above: bool = False
  """Whether it must be more than `low`."""
  below: bool = False
  """Whether it must be less than `high`."""
  most: int = 0
  """How many numbers a tuple has at most; 0: it is one number."""
  fewest: int = 1
  """And at least."""

  def holds(self, value):
    """Whether it is of the kind, and within; NaN is nowhere within."""
    allowed = (int, float) if self.kind is float else int
    if isinstance(value, bool) or not isinstance(value, allowed):
      return False
    least = self.low < value if self.above else self.low <= value
    return least and (value < self.high if self.below else value <= self.high)

  def __str__(self):
    number = 'a number' if self.kind is float else 'a whole number'
    low = f'above {self.low:.12g}' if self.above else f'{self.low:.12g}'
    high = f'{"below " * self.below}{self.high:.12g}'
    if self.above or self.below:
      return f'{number}, {"" if self.above else "at least "}{low} and {high}'
    return f'{number} from {low} to {high}'


LARGE = 2**31 - 1
"""The last number of steps that a counter of 32 bits has."""

COUNT = Limit(1, LARGE)
SEED = Limit(0, 2**32 - 1)
AT_ONCE = Limit(1, 2**20)
LAYERS = Limit(1, 1000)
WIDTH = Limit(1, 2**16)
WIDTHS = Limit(8, 2**16, most=16)
RATE = Limit(1e-38, 1e38, float)
"""What float32 can tell from nothing, and from infinity."""
WEIGHT = Limit(0, 1e6, float)
SHARE = Limit(0, 1, float, below=True)
DECAY = Limit(0, 1 - 1e-7, float)
"""Less than 1, of which float32 can tell it."""
TIME = Limit(0, 1, float)


def trained(**others):
  return dict(steps=COUNT, batch_size=AT_ONCE, learning_rate=RATE, **others)


def in_one_pass(**others):
  return dict(
    widths=WIDTHS, blocks=LAYERS, latent_dim=WIDTH, learning_rate=RATE,
    b1=DECAY, b2=DECAY, temperature=Limit(0, 1000, float), **others,
  )  # fmt: skip


def of_methods():
  """Of the keys of one method, none of which is negative."""
  return {
    key: Limit(0, 1e6, type(value))
    for key, value in defaults.OF_METHODS.items()
    if type(value) in (int, float)
  }


NUMBERS = dict(
  seed=SEED,
  shared_seed=SEED,
  data=dict(
    image_size=Limit(1, 2**14),
    held_out=SHARE,
    imbalance=Limit(1, 1e6, float),
    max_bad=SHARE,
  ),
  score=dict(
    num_clusters=COUNT,
    restarts=Limit(1, 10**6),
    components=Limit(0, 2**20),
    inertia_ks=COUNT._replace(most=1000),
    **of_methods(),
  ),
  bank=dict(num_draws=Limit(1, 2**16), t_min=TIME, t_max=TIME, seed=SEED),
  select=dict(
    at_least=Limit(0, LARGE),
    beta=SHARE,
    threshold=Limit(-1e38, 1e38, float),
    noise_from=SHARE._replace(above=True),
    noise_to=SHARE,
  ),
  twins=dict(
    threshold=Limit(0, 2, float), neighbours=WIDTH, most=Limit(2, LARGE)
  ),
  classifier=trained(seed=SEED),
  judge=trained(seed=SEED),
  autoencoder=trained(
    widths=WIDTHS,
    blocks=Limit(0, 1000),
    code_dim=WIDTH,
    num_codes=Limit(2, 2**16),
    commitment=WEIGHT,
    decay=DECAY,
    dead_below=TIME,
    perceptual=WEIGHT,
    adversarial=WEIGHT,
    adversarial_from=SHARE,
  ),
  dit=dict(patch=Limit(1, 2**14), label_dropout=SHARE),
  vae=in_one_pass(beta=WEIGHT),
  gan=in_one_pass(gamma=WEIGHT),
  train=trained(
    ema_decay=DECAY,
    warmup=Limit(0, LARGE),
    dynamic_share=SHARE,
    dynamic_until=TIME,
  ),
  surrogate=trained(evaluations=Limit(2, LARGE), num=Limit(1, 1000), seed=SEED),
  moso=dict(
    num_subsets=COUNT,
    epochs=Limit(1, 10**6),
    checkpoints=Limit(1, 10**6),
    subsets_seed=SEED._replace(low=-1),
  ),
  sample=dict(
    num=Limit(1, 10**8),
    num_steps=Limit(1, 10**6),
    last_step=SHARE,
    rtol=RATE._replace(high=1),
    atol=RATE._replace(high=1),
    guidance_weight=Limit(0, 1000, float),
    other_weights=Limit(0, 1000, float, most=16, fewest=0),
    seed=SEED,
  ),
  runtime=dict(
    log_every=COUNT,
    checkpoint_every=COUNT,
    workers=Limit(0, 1000),
    batch_size=AT_ONCE,
    score_batch_size=AT_ONCE,
    accumulate=AT_ONCE,
    part_size=COUNT,
  ),
)
"""Every number but prune_ratio, and those of `junk`, which have a word for off."""


def check(config, limits=NUMBERS, prefix='config.'):
  """Raises ValueError for the first number that is not within its Limit."""
  for name, limit in limits.items():
    value, key = config[name], prefix + name
    if isinstance(limit, dict):
      check(value, limit, f'{key}.')
    elif limit.most:
      check_tuple(key, value, limit)
    elif not limit.holds(value):
      raise ValueError(f'{key} is {value!r}; it must be {limit}')


def check_tuple(key, value, limit):
  values = tuple(value)
  if not limit.fewest <= len(values) <= limit.most:
    raise ValueError(
      f'{key} is {values!r}; it must be a tuple of {limit.fewest} to '
      f'{limit.most} numbers'
    )
  for one in values:
    if not limit.holds(one):
      raise ValueError(f'{key} is {values!r}; each must be {limit}')
