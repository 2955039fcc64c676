"""What is known of every picture of a set: what it holds, and how large it is."""

from typing import NamedTuple

import numpy as np

from prune_dm_jax.data import contents as contents_lib
from prune_dm_jax.data import identity


class Facts(NamedTuple):
  """Of N examples, in the order of their keys."""

  bytes: np.ndarray
  """[N, 16] uint8, a hash of the file."""
  pixels: np.ndarray
  """[N, 16] uint8, a hash of what is decoded."""
  shapes: np.ndarray
  """[N, 2] int32 height and width."""
  sizes: np.ndarray
  """[N] int64 bytes of the file, or of the one that holds it with others."""
  channels: np.ndarray
  """[N] int8: 1 where it is grey, else 3."""


def of_contents(contents, left):
  """The Facts of a Source that may have fewer examples than its Contents."""
  some = identity.places(left.keys, contents.keys)
  return Facts(
    contents.bytes[some],
    contents.pixels[some],
    contents.shapes[some],
    np.array(left.sizes(), np.int64),
    contents.channels[some],
  )


def unknown(left):
  """Facts of the right shapes that say nothing yet."""
  hashes = np.zeros((len(left), 16), np.uint8)
  shapes = np.zeros((len(left), 2), np.int32)
  channels = np.zeros(len(left), np.int8)
  sizes = np.array(left.sizes(), np.int64)
  return Facts(hashes, hashes, shapes, sizes, channels)


def of_arrays(source):
  """The Facts of a source in memory, whose pictures are no files."""
  pictures = [source.image(i) for i in range(len(source))]
  pixels = rows([contents_lib.of_pixels(picture) for picture in pictures])
  shapes = np.array([picture.shape[:2] for picture in pictures], np.int32)
  sizes = np.array([picture.size for picture in pictures], np.int64)
  channels = np.array([picture.shape[-1] for picture in pictures], np.int8)
  return Facts(pixels, pixels, shapes.reshape(-1, 2), sizes, channels)


def rows(hashes):
  """[N, 16] uint8 of 16 bytes each."""
  return np.frombuffer(b''.join(hashes), np.uint8).reshape(-1, 16)


def groups(hashes):
  """[N] int: two are of one group if their hashes are equal.

  Groups are numbered in the order of their first members.
  """
  words = np.ascontiguousarray(hashes).view('<u8').reshape(-1, 2)
  if len(np.unique(words[:, 0])) == len(words):
    return np.arange(len(words))
  order = np.lexsort((np.arange(len(words)), words[:, 1], words[:, 0]))
  differs = (words[order[1:]] != words[order[:-1]]).any(1)
  own = np.concatenate([[0], np.cumsum(differs)]).astype(int)[: len(words)]
  found = np.empty(len(words), int)
  found[order] = own
  _, first, place = np.unique(found, return_index=True, return_inverse=True)
  return np.argsort(np.argsort(first))[place]
