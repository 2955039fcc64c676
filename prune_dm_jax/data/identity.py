"""Which data set this is, and which of its examples are held out.

Both are functions of the keys, so that they do not depend on the machine, and
an example that is added moves no other one across the split.
"""

import collections
import hashlib

import numpy as np


def fingerprint(keys, sizes, labels):
  """16 hex digits over the ordered keys, sizes in bytes, and labels."""
  labels = np.asarray(labels).tolist()
  rows = zip(keys, sizes, labels, strict=True)
  text = ''.join([f'{key}\t{size}\t{label}\n' for key, size, label in rows])
  return hashlib.sha256(text.encode()).hexdigest()[:16]


def of_file(data):
  """16 bytes: the first half of sha256 of what a file holds."""
  return hashlib.sha256(data).digest()[:16]


def of_contents(keys, hashes, labels):
  """16 hex digits over the ordered keys, what the files hold, and labels.

  Args:
    keys: [N] str, none of more than one line.
    hashes: [N, 16] uint8 of the files' bytes.
    labels: [N] int.
  """
  sha = hashlib.sha256(f'contents of {len(keys)}\n'.encode())
  sha.update('\n'.join(keys).encode())
  sha.update(np.ascontiguousarray(hashes))
  sha.update(np.asarray(labels, '<i8'))
  return sha.hexdigest()[:16]


def places(some, keys):
  """[n] where each of some keys is among all of them."""
  if len(some) == len(keys):
    return np.arange(len(keys))
  place = {key: i for i, key in enumerate(keys)}
  return np.array([place[key] for key in some], np.int64)


def by_hash(keys, seed):
  """[N] places in keys, in the order of their seeded hashes."""
  begun = hashlib.sha256(f'{seed}:'.encode())
  hashes = bytearray()
  for key in keys:
    sha = begun.copy()
    sha.update(key.encode())
    hashes += sha.digest()
  words = np.frombuffer(hashes, '>u8').reshape(-1, 4).astype(np.uint64)
  order = np.argsort(words[:, 0])
  first = words[order, 0]
  alike = (first[1:] == first[:-1]).any()
  return np.lexsort(words.T[::-1]) if alike else order


def split(keys, *, held_out, seed, groups=()):
  """Train and held-out examples, by hash of the key.

  Args:
    keys: [N] str.
    held_out: Share of the examples to hold out.
    seed: Of the hash.
    groups: [N] int, of examples that stay on one side; none, if it is empty.

  Returns:
    train, held-out: sorted int64 indices; round(N * held_out) are held out.
  """
  order = by_hash(keys, seed)
  number = round(len(keys) * held_out)
  if not len(groups):
    return np.sort(order[number:]), np.sort(order[:number])
  out = whole(groups[order], number)
  return np.sort(order[~out]), np.sort(order[out])


def whole(groups, number):
  """[N] bool: the first groups, by their first members, that together have no
  more than a number; one that is too large for what is left is passed over.
  """
  sizes = collections.Counter(groups.tolist())
  taken, left = set(), number
  for group in dict.fromkeys(groups.tolist()):
    if not left:
      break
    if sizes[group] <= left:
      taken.add(group)
      left -= sizes[group]
  return np.isin(groups, list(taken))


def long_tailed(keys, labels, *, imbalance, seed):
  """Examples of a version whose classes fall off exponentially in number.

    n_c = n_max * imbalance ** -(rank of c / (C - 1))

  Classes are ranked by a seeded draw; of each, the lowest hashes stay, one at
  least, and no more than there are (Cui et al., 2019).

  Args:
    keys: [N] str.
    labels: [N] int.
    imbalance: The largest class over the smallest; 1 leaves all as it is.
    seed: Of the ranks and of the hash.

  Returns:
    Sorted places in keys.
  """
  if imbalance == 1:
    return np.arange(len(keys))
  classes, counts = np.unique(labels, return_counts=True)
  rank = np.random.default_rng(seed).permutation(len(classes))
  fall = float(imbalance) ** (-rank / max(len(classes) - 1, 1))
  wanted = np.maximum(np.round(counts.max() * fall).astype(int), 1)
  order = by_hash(keys, seed)
  own = np.searchsorted(classes, labels)
  order = order[np.argsort(own[order], kind='stable')]  # Class after class.
  own = own[order]
  within = np.arange(len(order)) - (np.cumsum(counts) - counts)[own]
  return np.sort(order[within < wanted[own]])
