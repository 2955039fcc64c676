"""Which points of two sets lie in balls around those of the other.

All distances between the sets are taken once, in float32 on the devices. Of a
column with a distance that may be on the other side of a radius, within the
error of rounding, those distances are taken again from differences in float64;
all of its distances by float64's products first, where they are many.
"""

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import PartitionSpec as P

from prune_dm_jax.metrics import nearest


class Overlap(NamedTuple):
  in_left: np.ndarray
  """[S, A] in how many of the left balls each right point lies."""
  left_holds: np.ndarray
  """[R, A] bool: whether a left ball holds a right point."""
  in_right: np.ndarray
  """[R, B] bool: whether a left point lies in a right ball."""


ROUNDING = 4 * np.finfo(np.float32).eps
"""Of a float32 product, times the root of its length: relative to the squares."""

SIDE = 4_096
"""Points of either set in memory at a time."""

TIE = 1e-11
"""Relative difference that float64's products do not decide."""

MANY = 0.01
"""Share of undecided distances from which on products in float64 pay."""


def overlap(left, left_radii, right, right_radii):
  """Overlap of balls around left [R, D], radii [R, A], and right [S, D], [S, B]."""
  found = [
    among(left, left_radii, right[here], right_radii[here])
    for here in slices(len(right), SIDE)
  ]
  return across(found)


def slices(size, step):
  return [slice(first, first + step) for first in range(0, size, step)]


def across(found):
  """The Overlap of parts of the right set."""
  counts, holds, inside = zip(*found, strict=True)
  return Overlap(np.concatenate(counts), sum(holds) > 0, sum(inside) > 0)


def among(left, left_radii, right, right_radii):
  """The Overlap with right points that fit in memory."""
  origin, mesh = nearest.origin_of(left), nearest.data_mesh()
  q = nearest.placed_queries(right, origin, mesh)
  radii = filled(half_squares(right_radii), q[1].shape)
  parts = []
  for here in slices(len(left), SIDE):
    placed = nearest.placed_points(left[here], origin, mesh)
    own = filled(half_squares(left_radii[here]), placed[1].shape)
    found = jax.tree.map(np.asarray, sure(*q, radii, *placed, own, mesh=mesh))
    cut = [part[:, : len(right)] for part in found[:2]]
    parts.append(cut + [part[: len(left[here])] for part in found[2:]])
  counts, doubt, holds, inside = zip(*parts, strict=True)
  found = Overlap(
    sum(part.sum(axis=0) for part in counts),
    np.concatenate(holds),
    np.concatenate(inside),
  )
  doubtful = np.flatnonzero(sum(part.any(axis=0) for part in doubt))
  return mended(found, doubtful, left, left_radii, right, right_radii, origin)


def mended(found, doubtful, left, left_radii, right, right_radii, origin):
  """The Overlap with the doubtful right points decided in float64."""
  counts, holds, inside = found
  for here in slices(len(doubtful), 256):
    few = doubtful[here]
    exact = decided(left, left_radii, right[few], right_radii[few], origin)
    counts[few] = exact.in_left
    holds, inside = holds | exact.left_holds, inside | exact.in_right
  return Overlap(counts, holds, inside)


def half_squares(radii):
  return (np.square(radii, dtype=float) / 2).astype(np.float32)


def filled(radii, shape):
  """[n, A] -> [*shape, A], -1 where there is no point."""
  full = np.full((*shape, radii.shape[1]), -1, np.float32)
  full.reshape(-1, radii.shape[1])[: len(radii)] = radii
  return full


@functools.partial(jax.jit, static_argnames='mesh')
def sure(q, half_q, right_radii, x, half, left_radii, *, mesh):
  """What float32 is sure of.

  Returns:
    counts [devices, S, A] and doubtful columns [devices, S]; holds [R, A] and
    inside [R, B].
  """

  def local(q, half_q, right_radii, *points):
    of = lambda given: of_chunk(given, *points)
    counts, doubt, holds, inside = jax.lax.map(of, (q, half_q, right_radii))
    flat = lambda a: a.reshape(-1, a.shape[-1])
    by_row = lambda a: flat(a.any(axis=0))
    return (
      flat(counts)[None], doubt.reshape(1, -1), by_row(holds), by_row(inside)
    )  # fmt: skip

  return jax.shard_map(
    local,
    mesh=mesh,
    in_specs=(P(),) * 3 + (P('data'),) * 3,
    out_specs=P('data'),
    check_vma=False,
  )(q, half_q, right_radii, x, half, left_radii)


def of_chunk(given, x, half, left_radii):
  """The same of a chunk of the right set, over slabs of the left."""
  of = lambda s: of_slab(*given, *s)
  counts, doubt, holds, inside = jax.lax.map(of, (x, half, left_radii))
  return counts.sum(axis=0), doubt.any(axis=0), holds, inside


def of_slab(q, half_q, right_radii, x, half, left_radii):
  """The same of a chunk q [S, D] of the right set and a slab x [R, D] of the left."""
  error = ROUNDING * np.sqrt(q.shape[-1])
  sizes = half[:, None] + half_q[None]
  error_of = error * sizes
  apart = sizes - nearest.product(x, q)
  lefts = [apart - r[:, None] for r in left_radii.T]
  rights = [apart - r[None] for r in right_radii.T]
  doubt = [(jnp.abs(m) <= error_of).any(axis=0) for m in lefts + rights]
  is_in = lambda m: m < -error_of
  return (
    jnp.stack([is_in(m).sum(axis=0) for m in lefts], axis=-1),
    functools.reduce(jnp.logical_or, doubt),
    jnp.stack([is_in(m).any(axis=1) for m in lefts], axis=-1),
    jnp.stack([is_in(m).any(axis=1) for m in rights], axis=-1),
  )


def decided(left, left_radii, right, right_radii, origin):
  """The Overlap with few right points, to the precision of float64."""
  found = [
    exactly(left[here], left_radii[here], right, right_radii, origin)
    for here in slices(len(left), 1_024)
  ]
  counts, holds, inside = zip(*found, strict=True)
  return Overlap(sum(counts), np.concatenate(holds), np.concatenate(inside))


def exactly(left, left_radii, right, right_radii, origin):
  """The Overlap with few right points, of left points that fit in memory."""
  radii = left_radii[:, None], right_radii[None]
  rounding = ROUNDING * np.sqrt(left.shape[1])
  apart, close = between(left, right, radii, origin, np.float32, rounding)
  if close.mean() > MANY:
    apart, close = between(left, right, radii, origin, np.float64, TIE)
  i, j = np.nonzero(close)
  for here in slices(len(i), 4_096):
    rows, columns = i[here], j[here]
    some = nearest.squared(right[columns], left, rows[:, None], np.float64)
    apart[rows, columns] = np.sqrt(some[:, 0])
  in_left, in_right = (apart[..., None] <= r for r in radii)
  return Overlap(in_left.sum(axis=0), in_left.any(axis=1), in_right.any(axis=1))


def between(left, right, radii, origin, dtype, error):
  """Distances [R, S] by products, float64, and which of them may be a radius.

  Args:
    left, right: [R, D] and [S, D].
    radii: Arrays that broadcast to [R, S, *].
    origin: [D] near them.
    dtype: Of the products.
    error: Of their squares, relative to those of the points.
  """
  x, q = ((points - origin).astype(dtype) for points in (left, right))
  square = lambda points: np.einsum('nd,nd->n', points, points).astype(float)
  sizes = square(x)[:, None] + square(q)
  squares = np.maximum(sizes - 2 * (x @ q.T), 0)
  close = sum(
    (np.abs(squares[..., None] - r**2) <= error * sizes[..., None]).any(axis=2)
    for r in radii
  )
  return np.sqrt(squares), close
