"""A data set on disk, whose pictures are read when asked for.

Every layout comes down to this: keys in order, a label each, and how the bytes
of the i-th picture are read.
"""

import collections
import copy
import functools
import operator
from typing import Any
from typing import NamedTuple

import numpy as np

from prune_dm_jax.data import decode
from prune_dm_jax.data import foreign
from prune_dm_jax.data import identity

CHANGED = (
  'it is no more the picture that it was when this run began; the same command '
  'begins with what it is now'
)


class Example(NamedTuple):
  """One picture of a layout."""

  key: str
  label: int
  """-1: none."""
  size: int
  """Bytes of its file, or of the file that holds it with others."""
  where: Any
  """What `read` takes."""
  held_out: bool = False
  """Whether the set itself names it as not for training."""


class Source:
  """N pictures, sorted by key."""

  def __init__(
    self, examples, read, *, layout, class_names=(), bad=(), left_out=(),
    aside=(), repeated=(), around='', listed=False,
  ):  # fmt: skip
    """
    Args:
      examples: Example each, in any order.
      read: where -> bytes of a picture's file; must pickle.
      layout: What was recognised, in words.
      class_names: [C] str.
      bad: key -> why, of what is there but is no example.
      left_out: reason -> walked.Count, of files not taken for pictures.
      aside: name -> why, of pictures that left_out counts, where it is known.
      repeated: why -> number of bad pictures beyond the first of their key.
      around: The folder, with a /, that is around all and in no key.
      listed: Whether lists beside the pictures say which are held out.
    """
    examples = sorted(examples, key=operator.attrgetter('key'))
    keys = [example.key for example in examples]
    again = twice(keys)
    self.bad, self.left_out = dict(bad) | again, dict(left_out)
    self.aside, self.around, self.listed = dict(aside), around, listed
    gone = [self.bad[key] for key in keys if key in self.bad]
    counted = [why for key, why in again.items() if key not in dict(bad)]
    self.repeated = collections.Counter(repeated) + collections.Counter(gone)
    self.repeated -= collections.Counter(counted)
    if gone:
      examples = [e for e in examples if e.key not in self.bad]
      keys = [example.key for example in examples]
    self.layout, self.class_names = layout, tuple(class_names)
    self._examples, self._read = examples, read
    self.keys = tuple(keys)
    self.labels = np.array([example.label for example in examples], np.int32)
    self.held_out = np.array([example.held_out for example in examples], bool)
    self._names, self._hashes = (), ()

  def __len__(self):
    return len(self.keys)

  @functools.cached_property
  def fingerprint(self):
    """By sizes; `named` gives another."""
    return self.by_sizes

  @functools.cached_property
  def by_sizes(self):
    """A fingerprint over keys, sizes and labels."""
    return identity.fingerprint(self.keys, self.sizes(), self.roles)

  @property
  def roles(self):
    """[N] the labels; -3 less that of what lists hold out, as without these the
    same pictures are other data.
    """
    out = self.held_out & self.listed
    return np.where(out, -3 - self.labels, self.labels)

  def without(self, bad):
    """The same set, less the examples of `bad`, key -> why."""
    if not bad:
      return self
    return Source(
      [e for e in self._examples if e.key not in bad],
      self._read,
      layout=self.layout,
      class_names=self.class_names,
      bad=self.bad | bad,
      left_out=self.left_out,
      aside=self.aside,
      repeated=self.repeated,
      around=self.around,
      listed=self.listed,
    )

  def named(self, fingerprint):
    """The same set, by another fingerprint."""
    other = copy.copy(self)
    other.fingerprint = fingerprint
    other._names = (*self._names, fingerprint)
    return other

  def checked(self, hashes):
    """The same set, which gives no picture but of these bytes.

    Args:
      hashes: [N, 16] uint8 of the files, as data/contents.py has them.
    """
    other = copy.copy(self)
    other._hashes = hashes
    return other

  def is_named(self, fingerprint):
    """Whether a fingerprint is of this set: one it was given, or by sizes."""
    return fingerprint in self._names or fingerprint == self.by_sizes

  def places(self):
    """[N] where the bytes of each picture are: a path, or what begins with it."""
    return [example.where for example in self._examples]

  def sizes(self):
    """[N] bytes of each file, or of the one that holds it with others."""
    return [example.size for example in self._examples]

  def data(self, i):
    """The bytes of the i-th picture's file.

    Raises:
      ValueError: They are not those that were checked.
    """
    where = self._examples[i].where
    if not len(self._hashes):
      return self._read(where)
    try:
      data = self._read(where)
    except ValueError:  # As of an archive in which it lies elsewhere now.
      data = b''
    if identity.of_file(data) != self._hashes[i].tobytes():
      raise ValueError(CHANGED)
    return data

  def image(self, i):
    """uint8 [H, W, 3].

    Raises:
      ValueError: The key, and why it cannot be read.
    """
    why, picture = self.attempt(i)
    if why:
      raise ValueError(f'{self.keys[i]}: {why}')
    return picture

  def attempt(self, i):
    """Why the i-th picture cannot be read, or ''; and the picture, or None."""
    data = b''
    try:
      data = self.data(i)
      return '', decode.picture(data)
    except OSError as error:
      return error.strerror or 'it cannot be read', None
    except ValueError as error:
      return foreign.named(str(error), data), None


def twice(keys):
  """key -> why, of sorted keys that are there more than once."""
  times = collections.Counter(
    a for a, b in zip(keys, keys[1:], strict=False) if a == b
  )
  return {
    key: f'its key is there {"twice" if n == 1 else "more than twice"}'
    for key, n in times.items()
  }


def class_name(source):
  """label -> the name of a class of this source; -1 is none."""
  names = source.class_names
  return lambda label: names[label] if label >= 0 else 'none'
