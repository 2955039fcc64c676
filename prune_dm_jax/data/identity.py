"""Which data set this is, and which of its examples are held out.

Both are functions of the keys, so that they do not depend on the machine, and
an example that is added moves no other one across the split.
"""

import hashlib

import numpy as np


def fingerprint(keys, sizes, labels):
  """16 hex digits over the ordered keys, sizes in bytes, and labels."""
  sha = hashlib.sha256()
  for key, size, label in zip(keys, sizes, labels, strict=True):
    sha.update(f'{key}\t{size}\t{label}\n'.encode())
  return sha.hexdigest()[:16]


def split(keys, *, held_out, seed):
  """Train and held-out examples, by hash of the key.

  Args:
    keys: [N] str.
    held_out: Share of the examples to hold out.
    seed: Of the hash.

  Returns:
    train, held-out: sorted int64 indices; round(N * held_out) are held out.
  """
  hashes = [hashlib.sha256(f'{seed}:{key}'.encode()).digest() for key in keys]
  order = np.array(sorted(range(len(keys)), key=hashes.__getitem__), np.int64)
  number = round(len(keys) * held_out)
  return np.sort(order[number:]), np.sort(order[:number])
