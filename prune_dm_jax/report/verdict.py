"""What a sweep answers, in two sentences: what to take, and what can be left out.

By the Fréchet distance, else by the F-score: never by precision or recall alone,
as each can be bought with the other. What they say is held against it.
"""

from prune_dm_jax.report import answer
from prune_dm_jax.report import models
from prune_dm_jax.report import outcome
from prune_dm_jax.report import plain

ALSO = ('f_score', 'recall', 'precision')


def primary(cells):
  """The metric that the answer is by, or '' where random has nothing beside it."""
  return next((m for m in answer.ANSWERS if answer.against(cells, m)), '')


def sentences(cells):
  """Two, or one that says why there is no answer."""
  metric = primary(cells)
  if not metric:
    return ['No answer: random pruning was not run beside others.']
  found = answer.against(cells, metric)
  if not answer.enough(found):
    return [
      'No answer: there are not enough seeds to tell a difference from chance.',
      *random_itself(cells, metric),
    ]
  sure = answer.best(found, metric)
  if not sure:
    return [nothing(found, metric), *random_itself(cells, metric)]
  name = outcome.inside(metric)
  return [
    took(cells, sure[0], metric, name),
    *answer.beside_unpruned(cells, sure[0], metric, name),
  ]


def took(cells, top, metric, name):
  """What to take, and in what it is worse all the same."""
  good = plain.of(metric).good
  worse = [
    f'{outcome.inside(other)} ({one.beyond:+.2g})'
    for other in ALSO
    for one in answer.against(cells, other)
    if (one.variant, one.prune_ratio) == (top.variant, top.prune_ratio)
    and answer.word(one, other) == 'worse'
  ]
  though = f', though worse in {listed(worse)}' if worse else ''
  return (
    f'Take {top.variant} at a prune ratio of {top.prune_ratio:g}: its {name} is '
    f'{top.of:.3g} ({plain.ENDS[good]}), {answer.number(top)} '
    f'beside random pruning at that ratio{though}.'
  )


def nothing(found, metric):
  """That random is not beaten, and by how many it beats."""
  good = plain.of(metric).good
  worse = [d for d in found if answer.word(d, metric) == 'worse']
  ratios = sorted({f'{d.prune_ratio:g}' for d in worse})
  where = f', at {listed(ratios)}' if worse else ''
  few = len(found) - len(answer.enough(found))
  lacking = f'; {few} have not enough seeds' if few else ''
  return (
    f'Nothing beats random pruning at the same ratio by {outcome.inside(metric)} '
    f'({plain.ENDS[good]}): of {len(found)} comparisons none is better beyond '
    f'chance and {len(worse) or "none"} worse{where}{lacking}.'
  )


def random_itself(cells, metric):
  """['How far random pruning is from the whole set.'], if that can be told."""
  own = [c for c in models.compared(cells) if c.model == 'dit']
  whole, found = models.differences(own, metric)
  found = answer.enough(found.values())
  if not found:
    return []
  by = {}
  for one in found:
    by.setdefault(answer.word(one, metric), []).append(one)
  said = [
    f'{text} the whole set ({whole:.3g}) at '
    + listed([f'{d.prune_ratio:g} ({d.of:.3g})' for d in by[word]])
    for word, text in answer.BESIDE.items()
    if word in by
  ]
  return [f'By {outcome.inside(metric)} random pruning is {listed(said)}.']


def listed(words):
  """'a, b and c'."""
  *first, last = words
  return f'{", ".join(first)} and {last}' if first else last
