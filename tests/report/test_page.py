import base64
import hashlib
import io

import numpy as np
from PIL import Image

from prune_dm_jax.report import figures
from prune_dm_jax.report import grid
from prune_dm_jax.report import page


def test_tiles_stand_in_rows_with_gaps():
  pictures = np.arange(3 * 4, dtype=np.uint8).reshape(3, 2, 2, 1)
  tiles = grid.tile(pictures, columns=2, gap=1)
  assert tiles.shape == (5, 5, 1)
  np.testing.assert_array_equal(tiles[:2, 3:], pictures[1])
  np.testing.assert_array_equal(tiles[3:, :2], pictures[2])


def test_a_class_is_a_row_and_a_missing_picture_is_grey():
  pictures = np.array([10, 20, 30], np.uint8).reshape(3, 1, 1, 1)
  got = grid.by_class(pictures, np.array([1, 0, 1]), num_classes=2, each=2)
  assert got.ravel().tolist() == [20, 128, 10, 30]


def test_a_picture_in_the_page_is_the_picture():
  picture = np.random.default_rng(0).integers(0, 256, (4, 5, 3), np.uint8)
  data = grid.data_uri(picture, scale=2).removeprefix('data:image/png;base64,')
  read = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
  np.testing.assert_array_equal(read, picture.repeat(2, 0).repeat(2, 1))


def test_curves_take_the_colour_of_the_page():
  svg = figures.curves({'a': ([1, 2], [3, 4])}, xlabel='step', ylabel='loss')
  assert svg.startswith('<svg') and 'currentColor' in svg
  assert figures.INK not in svg and '>step<' in svg


def test_the_page_holds_all_it_shows_and_escapes_text():
  text = page.page('a < b', 'lead', [('Part', [page.paragraph('x & y')])])
  assert 'a &lt; b' in text and 'x &amp; y' in text
  assert '<script' not in text and 'http:' not in text


def test_a_browser_runs_the_script_of_the_page_and_no_other():
  script = 'let x = 1 < 2'
  text = page.page('t', '', [], script=script)
  digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
  assert f"script-src 'sha256-{digest}'" in text
  assert f'<script>{script}</script></body>' in text
  assert "script-src 'none'" in page.page('t', '', [])


def test_a_number_that_is_not_there_is_a_dash():
  assert '–' in page.table(('a',), [(None,)])
  assert '0.1235' in page.table(('a',), [(0.123456,)])


def test_every_cell_names_its_column_for_narrow_screens():
  text = page.table(('a', 'b "c"'), [('x', 1), ('y', None)])
  assert text.count('data-label="a"') == text.count('<tr>') - 1 == 2
  assert text.count('data-label="b &quot;c&quot;"') == 2


def test_a_table_of_two_columns_stays_one_on_a_narrow_screen():
  assert 'class="scroll two"' in page.table(('key', 'value'), [('a', 1)])
  assert 'class="scroll"' in page.table(('a', 'b', 'c'), [('x', 1, 2)])


def test_only_what_is_html_already_is_not_escaped():
  text = page.table(('a',), [('<i>',), (page.Html('<b>'),)])
  assert '&lt;i&gt;' in text and '<b>' in text and '<i>' not in text


def test_a_logarithmic_axis_says_plain_numbers():
  svg = figures.curves(
    {'a': ([1, 2], [0.03, 2])}, xlabel='', ylabel='', log=True
  )
  assert '>0.1<' in svg and '$' not in svg
