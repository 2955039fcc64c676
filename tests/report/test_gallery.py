import re

import numpy as np

from prune_dm_jax.report import figures
from prune_dm_jax.report import gallery
from prune_dm_jax.report import grid

SCORE = np.arange(100.0)


def histogram(thresholds):
  return figures.histogram(SCORE, SCORE < 30, np.array(thresholds))


def test_a_histogram_shows_both_sides_and_the_threshold():
  svg = histogram([29.5])
  for colour in (figures.KEPT, figures.PRUNED):
    assert colour in svg
  for word in ('kept', 'pruned', 'threshold', 'score', 'examples'):
    assert f'>{word}<' in svg
  assert figures.INK not in svg


def test_bars_of_each_colour_add_up_to_the_examples_of_each_side():
  svg = histogram([29.5])
  bar = r'd="M \S+ (\S+) \nL \S+ \S+ \nL \S+ (\S+) [^>]*clip[^>]*fill: '
  heights = [
    sum(float(low) - float(high) for low, high in re.findall(bar + colour, svg))
    for colour in (figures.KEPT, figures.PRUNED)
  ]
  np.testing.assert_allclose(heights[0] / sum(heights), 0.3, rtol=1e-4)


def test_a_threshold_stands_where_its_score_is():
  """At the same height, another score moves the line to the right."""
  x = lambda svg: float(svg.split('id="LineCollection_1"')[1].split('M ')[1]
                        .split()[0])  # fmt: skip
  left, middle, right = (x(histogram([at])) for at in (20.0, 50.0, 80.0))
  np.testing.assert_allclose(middle - left, right - middle, rtol=1e-4)
  assert middle > left


def test_one_score_for_all_is_still_a_histogram():
  score = np.zeros(5)
  kept = np.array([True, True, False, False, False])
  assert figures.histogram(score, kept, np.zeros(1)).startswith('<svg')


def test_a_bar_is_as_long_as_its_count_and_filled_by_the_share_kept():
  text = gallery.bars('By class', [('a < b', 80, 20), ('c', 40, 40)])
  assert 'width:100.00%"><i style="width:25.00%"' in text
  assert 'width:50.00%"><i style="width:100.00%"' in text
  assert 'a &lt; b' in text and '20 of 80, 25 %' in text


def test_a_picture_says_what_it_is_and_on_which_side():
  text = gallery.image('data:x', 'key "7" < 8', 'pruned')
  assert 'class="pruned"' in text
  assert text.count('key &quot;7&quot; &lt; 8') == 2  # read aloud; pointed at


def test_lines_of_more_are_said_below_and_not_read_aloud():
  text = gallery.image('data:x', 'key', 'kept', ['rank 3', 'a "b"'])
  assert 'alt="key"' in text and 'title="key\nrank 3\na &quot;b&quot;"' in text


def test_a_cut_stands_between_two_sides_only():
  assert gallery.strip(['a'], ['b']).count('class=cut') == 1
  assert gallery.strip(['a'], []).count('class=cut') == 0
  assert gallery.strip(['a', 'b']).count('class=cut') == 0


def test_a_long_name_breaks_after_an_underscore():
  long = 'signs_and_<b>'
  rows = gallery.rows(['Kept'], [(long, '', [['A']])], side=32)
  for text in (gallery.bars('', [(long, 2, 1)]), rows):
    assert 'signs_<wbr>and_<wbr>&lt;b&gt;<' in text


def test_a_row_without_pictures_is_a_dash():
  text = gallery.rows(['Kept', 'Pruned'], [('x', '', [['A'], []])], side=32)
  assert text.count('<div>A</div>') == text.count('<div>–</div>') == 1
  assert '--columns:2' in text


def test_a_photograph_is_far_smaller_than_as_png():
  y, x = np.mgrid[:64, :64]
  noise = np.random.default_rng(0).integers(0, 20, (64, 64, 3))
  photo = (2 * x[..., None] + y[..., None] + noise).astype(np.uint8)
  jpeg, png = grid.photo_uri(photo), grid.data_uri(photo)
  assert jpeg.startswith('data:image/jpeg') and 2 * len(jpeg) < len(png)
  assert grid.photo_uri(photo[..., :1]).startswith('data:image/jpeg')
