"""Fréchet distance: closed forms, scipy's root, moments added up, files."""

import numpy as np
import pytest
import scipy.linalg

from prune_dm_jax.metrics import frechet
from prune_dm_jax.metrics import statistics


def drawn(number, width=5, seed=0):
  rng = np.random.default_rng(seed)
  return rng.normal(size=(number, width)) @ rng.normal(size=(width, width)) + 3


def test_moments_are_numpys_whatever_the_blocks(monkeypatch):
  x = drawn(50) + 1e4
  for block in (1, 7, 50, 4096):
    monkeypatch.setattr(frechet, 'BLOCK', block)
    mean, covariance = frechet.moments(x)
    np.testing.assert_allclose(mean, x.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(covariance, np.cov(x.T), rtol=1e-9)


def test_it_is_zero_between_a_set_and_itself():
  moments = frechet.moments(drawn(300))
  assert abs(frechet.distance(*moments, *moments)) < 1e-8


def test_a_shift_is_its_square():
  mean, covariance = frechet.moments(drawn(300))
  got = frechet.distance(mean, covariance, mean + [1, 2, 0, 0, 2], covariance)
  np.testing.assert_allclose(got, 9, rtol=1e-9)


def test_gaussians_of_commuting_covariances():
  """|mu1 - mu2|^2 + sum (s1 - s2)^2 over the shared axes."""
  turn = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))[0]
  s1, s2 = np.array([1.0, 2, 3, 4]), np.array([2.0, 2, 1, 1])
  cov = lambda s: (turn * s**2) @ turn.T
  got = frechet.distance(np.zeros(4), cov(s1), np.arange(4.0), cov(s2))
  np.testing.assert_allclose(got, 14 + 1 + 0 + 4 + 9, rtol=1e-9)


@pytest.mark.parametrize('number', [4, 20, 400])
def test_it_is_the_one_of_scipys_root(number):
  """4 and 20 of 30 features: covariances without full rank."""
  (m1, c1), (m2, c2) = (frechet.moments(drawn(number, 30, s)) for s in (0, 1))
  values = scipy.linalg.eigvals(c1 @ c2)
  root = np.sqrt(np.maximum(values.real, 0)).sum()
  if number == 400:
    root = np.trace(scipy.linalg.sqrtm(c1 @ c2).real)
  expected = np.square(m1 - m2).sum() + np.trace(c1) + np.trace(c2) - 2 * root
  np.testing.assert_allclose(
    frechet.distance(m1, c1, m2, c2), expected, rtol=1e-6
  )


@pytest.mark.parametrize('number', [2, 20, 30])
def test_fewer_examples_than_features_give_the_same_by_their_rows(number):
  x, reference = drawn(number, 30), frechet.moments(drawn(99, 30, 1))
  expected = frechet.distance(*frechet.moments(x), *reference)
  np.testing.assert_allclose(frechet.thin(x, reference), expected, rtol=1e-6)


def test_sets_in_one_point_each_are_as_far_as_the_points():
  same = lambda x: frechet.moments(np.full((30, 3), x))
  np.testing.assert_allclose(frechet.distance(*same(1.0), *same(3.0)), 12)


def test_one_example_has_no_covariance():
  with pytest.raises(ValueError, match='needs 2 examples, got 1'):
    frechet.moments(np.ones((1, 3)))


def test_what_is_left_out_is_what_the_others_give():
  x = drawn(60)
  origin = frechet.mean_of(x)
  whole, others = frechet.left_out(x, origin)
  group = frechet.intervals.groups(60)
  expected = [x] + [x[group != g] for g in range(10)]
  for found, rows in zip([whole, *others], expected, strict=True):
    mean, covariance = frechet.gaussian(origin, found)
    np.testing.assert_allclose(mean, rows.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(covariance, np.cov(rows.T), rtol=1e-10)


def test_many_are_nearer_the_truth():
  """Against the distribution they are of: 0; finitely many are above."""
  rng, width = np.random.default_rng(0), 20
  reference = np.zeros(width), np.eye(width)
  found = [
    frechet.metric(
      dict(features=rng.normal(size=(400, width)), reference_moments=reference)
    )
    for _ in range(10)
  ]
  plain = np.mean([f['frechet_distance'][0] for f in found])
  many = np.mean([f['frechet_distance_many_samples'][0] for f in found])
  assert plain > 0.2 and 0 <= many < 0.1 * plain


def test_no_distance_or_end_of_an_interval_is_below_zero():
  """Of a set and itself, what is extrapolated is below 0 but for that."""
  x = drawn(60)
  given = dict(features=x, reference_moments=frechet.moments(x))
  for value, low, high in frechet.metric(given).values():
    assert 0 <= low <= value < high
  assert frechet.distance(*frechet.moments(x), *frechet.moments(x)) >= 0
  assert frechet.thin(x[:5], frechet.moments(x[:5])) >= 0


def test_statistics_are_read_as_they_were_written(tmp_path):
  mean, covariance = frechet.moments(drawn(40))
  path = tmp_path / 'reference.npz'
  statistics.write(path, mean, covariance)
  assert statistics.are_in(path)
  got = statistics.read(path)
  np.testing.assert_array_equal(got[0], mean)
  np.testing.assert_array_equal(got[1], covariance)
  assert list(tmp_path.iterdir()) == [path]


def test_statistics_with_more_in_them_are_read_as_adm_writes_them(tmp_path):
  path = tmp_path / 'adm.npz'
  np.savez(path, mu=np.zeros(2), sigma=np.eye(2), mu_s=1, arr_0=np.ones(3))
  np.testing.assert_array_equal(statistics.read(path)[1], np.eye(2))


@pytest.mark.parametrize(
  'arrays, words',
  [
    (dict(mu=np.zeros(3), sigma=np.eye(2)), 'must be'),
    (dict(mu=np.zeros(2), sigma=np.full((2, 2), np.nan)), 'not finite'),
    (dict(mu=np.zeros(2), sigma=np.triu(np.ones((2, 2)))), 'not symmetric'),
    (dict(mu=np.zeros(2)), 'no mu and sigma'),
    (dict(mu=np.array([{}]), sigma=np.eye(1)), 'no mu and sigma'),
  ],
)
def test_what_is_wrong_with_statistics_is_one_sentence(arrays, words, tmp_path):
  np.savez(tmp_path / 'bad.npz', **arrays)
  with pytest.raises(ValueError, match=f'bad.npz.*{words}'):
    statistics.read(tmp_path / 'bad.npz')


def test_how_inception_was_shown_pictures_is_told_where_a_file_says_it(
  tmp_path,
):
  some = dict(mu=np.zeros(2), sigma=np.eye(2))
  np.savez(tmp_path / 'bare.npz', **some)
  np.savez(tmp_path / 'adm.npz', **some, mu_s=np.zeros(2), sigma_s=np.eye(2))
  statistics.write(tmp_path / 'own.npz', *some.values(), input='clean')
  found = {p.stem: statistics.input_of(p) for p in tmp_path.iterdir()}
  assert found == {'bare': '', 'adm': 'tf1', 'own': 'clean'}
