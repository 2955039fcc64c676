import re

import numpy as np

from prune_dm_jax.report import counts
from prune_dm_jax.report import figures
from prune_dm_jax.report import twin_pages

AT = np.array([0, 0.001, 0.01, 0.1, 0.5, 1])


def drawn(threshold):
  random, nearest = np.geomspace(0.1, 1, 6), np.geomspace(1e-3, 0.5, 6)
  return twin_pages.distances(AT, random, nearest, threshold)


def test_the_drawing_has_both_distributions_and_the_threshold():
  svg = drawn(0.02)
  for word in ('random pairs', 'the nearest', 'threshold', 'distance'):
    assert f'>{word}<' in svg
  assert figures.KEPT in svg and figures.PRUNED in svg
  assert figures.INK not in svg


def test_the_threshold_stands_where_its_distance_is_on_a_logarithmic_axis():
  """Ten times as far is as much to the right, from anywhere."""
  line = r'<path d="M (\S+) \S+ \nL \1 \S+ \n" clip-path[^>]*dasharray'
  x = lambda svg: float(re.search(line, svg)[1])
  left, middle, right = (x(drawn(at)) for at in (0.003, 0.03, 0.3))
  np.testing.assert_allclose(middle - left, right - middle, rtol=1e-3)
  assert middle > left


def test_a_picture_says_its_key_and_escapes_it():
  text = twin_pages.image('data:x', 'a "b" < c', 'kept', '5 < 7')
  assert text.count('a &quot;b&quot; &lt; c') == 2
  assert '<figcaption>5 &lt; 7</figcaption>' in text and 'class="kept"' in text
  assert 'figcaption' not in twin_pages.image('data:x', 'a')


def test_values_of_which_nothing_is_kept_are_named_the_largest_first():
  values = np.array([0, 0, 1, 2, 2, 2, 3])
  kept = np.array([1, 0, 0, 0, 0, 0, 1], bool)
  assert counts.empty(values, kept, 'abcd'.__getitem__) == ['c', 'b']
  assert counts.empty(values, kept | True, str) == []


def test_the_sentence_on_what_is_empty_names_it_and_the_flag():
  one = counts.nothing_kept('class', ['decorations'])
  assert one.startswith('Nothing is kept of the class decorations; ')
  assert '--config.select.at_least=1' in one
  many = counts.nothing_kept('cluster', [str(i) for i in range(10)])
  assert 'of the 10 clusters 0, 1, 2, 3, 4, 5, 6, 7 and 2 more; ' in many
