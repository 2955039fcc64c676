"""What is said, and left in diagnosis.json, of a step that was not finite."""

import functools
import json
import math
from collections.abc import Callable
from typing import NamedTuple

import jax
import numpy as np

from prune_dm_jax.training import checkpoint
from prune_dm_jax.training import finite
from prune_dm_jax.training import notes

SHOWN = 3
"""Examples, and arrays, that the sentence names; the file has all of them."""


class About(NamedTuple):
  """What is known of a training beside its State."""

  learning_rate: float = 0.0
  setting: str = 'learning_rate'
  """The key of the configuration that it is."""
  goes_on: bool = True
  """Whether another learning rate goes on from where this one got."""
  examples: Callable = lambda step: ([], [])
  """step -> indices and keys of its global batch."""


UNKNOWN = About()


def refuser(directory, name, about, checkpoints, state):
  """`refuse` of a (step, Seen), of the training of a State."""
  arrays = list(finite.groups(state))
  return functools.partial(refuse, directory, name, about, checkpoints, arrays)


def refuse(directory, name, about, checkpoints, arrays, step, seen):
  """Raises FloatingPointError, once diagnosis.json is written.

  Args:
    directory: Of the network.
    name: Of what is trained.
    about: An About.
    checkpoints: From `checkpoint.manager`.
    arrays: [G] names of what seen.parts is about.
    step: Which one it is.
    seen: Its `finite.Seen`.
  """
  checkpoints.wait_until_finished()
  path = directory / 'diagnosis.json'
  earlier = read(path)
  facts = found(name, about, arrays, step, seen)
  facts['goes_on_from'] = good(facts, earlier, checkpoints.all_steps())
  if jax.process_index() == 0:
    same = lambda one: all(
      one[k] == facts[k] for k in ('step', 'learning_rate')
    )
    write(path, facts, [one for one in earlier if not same(one)])
  raise FloatingPointError(sentence(facts, about, path))


def found(name, about, arrays, step, seen):
  """All that is known of the step, as JSON has it."""
  indices, keys = about.examples(step)
  bad = np.flatnonzero(~np.isfinite(np.asarray(seen.losses)))
  parts = zip(arrays, np.asarray(seen.parts), strict=True)
  return {
    'network': name,
    'step': step,
    'setting': about.setting,
    'learning_rate': about.learning_rate,
    'loss': number(seen.loss),
    'gradient_norm': number(seen.norm),
    'arrays_not_finite': [array for array, fine in parts if not fine],
    'examples_of_such_a_loss': [keys[i] for i in bad if i < len(keys)],
    'indices': [int(i) for i in indices],
    'keys': list(keys),
  }


def good(facts, earlier, steps):
  """The newest checkpoint that another learning rate can go on from; or None.

  Not the one of which the very next loss or gradient is not finite, which no
  rate changes; nor one from which another rate has failed before.
  """
  before = isinstance(facts['loss'], str) or isinstance(
    facts['gradient_norm'], str
  )
  lost = {facts['step'] - 1} if before else set()
  lost.update(one['went_on_from'] for one in earlier if 'went_on_from' in one)
  return max((step for step in steps if step not in lost), default=None)


def number(value):
  """A number; in words, where JSON has none."""
  value = float(value)
  return value if math.isfinite(value) else str(value)


def read(path):
  """What is said at a path, the newest first."""
  return notes.read(path, all_of)


def all_of(text):
  newest = json.loads(text)
  return [newest, *newest.pop('earlier')]


def write(path, facts, earlier):
  notes.write(path, json.dumps({**facts, 'earlier': earlier}, indent=2))


def go_on(directory, about, checkpoints):
  """Before a State is restored: at another rate it is an earlier one, see good.

  What is newer is set aside, once.
  """
  path = directory / 'diagnosis.json'
  newest, *earlier = read(path) or [{}]
  rate = newest.get('learning_rate', about.learning_rate)
  if rate == about.learning_rate or 'went_on_from' in newest:
    return
  kept = newest['goes_on_from']
  for step in sorted(checkpoints.all_steps()):
    if kept is None or step > kept:
      reason = f'at {about.setting} = {rate:g} what followed was not finite'
      checkpoint.set_aside(checkpoints, step, reason)
  if jax.process_index() == 0:
    write(path, {**newest, 'went_on_from': kept}, earlier)


def sentence(facts, about, path):
  """What the user reads."""
  return (
    f'{facts["network"]}: at step {facts["step"]} {what(facts)} not finite, '
    f'at {about.setting} = {about.learning_rate:g}; {whose(facts)}see {path}; '
    f'{remedy(facts, about)}'
  )


def what(facts):
  """The loss, the gradient and the arrays that are not finite, with a verb."""
  values = {
    'loss': facts['loss'],
    'norm of the gradient': facts['gradient_norm'],
  }
  bad = [f'the {n} ({v})' for n, v in values.items() if isinstance(v, str)]
  if facts['arrays_not_finite']:
    bad.append(f'the parameters after it ({some(facts["arrays_not_finite"])})')
  verb = 'is' if len(bad) == 1 and 'parameters' not in bad[0] else 'are'
  return f'{" and ".join(bad)} {verb}'


def whose(facts):
  """Which examples of the batch it was."""
  if facts['examples_of_such_a_loss']:
    return f'the loss is so of {some(facts["examples_of_such_a_loss"])}; '
  if facts['keys']:
    return f'its batch was {some(facts["keys"])}; '
  return ''


def some(names):
  more = f' and {len(names) - SHOWN} more' if len(names) > SHOWN else ''
  return ', '.join(map(str, names[:SHOWN])) + more


def remedy(facts, about):
  """What would do."""
  lower = f'the same command with a lower --{about.setting}'
  kept = facts['goes_on_from']
  if not about.goes_on:
    return f'{lower} trains another one from its first step'
  if kept is None:
    return f'{lower} begins anew, as no checkpoint is of use'
  return f'step {kept} is kept, from which {lower} goes on'
