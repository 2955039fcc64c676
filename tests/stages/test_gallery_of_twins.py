"""What the gallery says of twins and of junk, of files that are made by hand."""

import html
import json
import re

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from photographs import encoded
from photographs import jpeg
from photographs import put

from configs import image_folder
from prune_dm_jax.data import images
from prune_dm_jax.run import opening
from prune_dm_jax.stages import gallery
from prune_dm_jax.stages import junk_strips
from prune_dm_jax.stages import looks
from prune_dm_jax.stages import twin_strips

NUMBER = 30
FACTS = dict(
  pictures=NUMBER, members=5, groups=2, bytes=2, pixels=3, near=2, dropped=3,
  held_out=6, leaks=dict(exact=1, near=1), threshold=0.02,
  quantiles=dict(at=[0, 0.5, 1], random=[0.1, 1, 2], nearest=[0, 0.1, 0.4]),
)  # fmt: skip
PAIRS = [(0, 1, 0.0, 0), (2, 3, 0.01, 1), (4, 5, 0.03, 2), (6, 7, 0.031, 2)]
MANIFEST = pa.table(
  dict(
    keep=[True] * 4 + [False] * 4,
    group=pa.array([1, 1, 2, None, 2, None, 3, 1]),
    reason=['kept'] * 4 + ['pruned'] * 3 + ['held_out'],
  )
)
GROUPS = {
  'index': [0, 1, 20, 2, 3],
  'group': [1, 1, 1, 2, 2],
  'kept': [False, True, True, True, False],
  'label': [0, 0, 1, 0, 0],
}


def pictures(folder):
  files = {f'a/{i:02d}.jpg': jpeg(i) for i in range(20)}
  files |= {f'b/{i:02d}.jpg': jpeg(i) for i in range(21, NUMBER - 1)}
  files['b/20 & flat.png'] = encoded(np.full((9, 90, 3), 255, np.uint8), 'PNG')
  files['b/copy.png'] = files['b/20 & flat.png']
  return put(folder, files)


@pytest.fixture(scope='module')
def run(tmp_path_factory):
  folder = tmp_path_factory.mktemp('twins')
  config = image_folder.get_config('random,small')
  config.data.path = str(pictures(folder / 'set'))
  config.junk.min_contrast = 0.5
  return opening.open_run(config, folder / 'runs')


@pytest.fixture(scope='module')
def twins(run):
  """The text of the section on twins."""
  folder = run.paths.twins
  assert twin_strips.section(run) == []
  folder.mkdir(parents=True)
  (folder / 'twins.json').write_text(json.dumps(FACTS))
  columns = zip(*PAIRS, strict=True)
  names = ('one', 'other', 'distance', 'band')
  pairs = dict(zip(names, map(list, columns), strict=True))
  pq.write_table(pa.table(pairs), folder / 'pairs.parquet')
  pq.write_table(pa.table(GROUPS), folder / 'groups.parquet')
  return ''.join(twin_strips.section(run, twin_strips.by_side(MANIFEST)))


@pytest.fixture(scope='module')
def junk(run):
  """The text of the section on junk."""
  assert junk_strips.section(run) == []
  looks.build(run)
  return ''.join(junk_strips.section(run))


def titles(text):
  return [html.unescape(t) for t in re.findall('title="([^"]*)"', text)]


def test_counts_of_twins_are_told_in_words(twins):
  for words in (
    '5 of 30 pictures have a twin, in 2 groups', '2 have the same bytes',
    '3 the same pixels', '2 are nearly the same', 'leaves out 3 for it',
    '2 of 6 held-out pictures have a twin', '>threshold<',
  ):  # fmt: skip
    assert words in twins


def test_twins_that_are_dropped_are_not_advised_and_no_leaks_said_of_none():
  said = twin_strips.sentence(FACTS | dict(held_out=0), 'drop')
  assert said.endswith(' 3 are left out for it.') and 'config' not in said


def test_what_is_kept_and_pruned_has_its_share_of_twins(twins):
  words = re.search('Of 4 kept.*?[.]', twins)[0]
  assert words == (
    'Of 4 kept 75% have a twin, 50% one that is kept too; of 3 pruned 67% have '
    'one.'
  )


def test_pairs_are_by_band_and_each_picture_tells_its_key_and_distance(
  run, twins
):
  parts = re.split('<h3>', twins)[1:]
  heads = [part.split('</h3>')[0] for part in parts[:3]]
  assert heads == [
    'Distance 0: twins', 'Distance 0.01: twins',
    'Distance 0.03 to 0.031: no twins',
  ]  # fmt: skip
  wanted = [[f'{run.source.keys[i]}, distance {d:.3g}' for i in ends]
            for *ends, d, _ in PAIRS]  # fmt: skip
  found = [titles(part) for part in parts[:3]]
  assert found == [wanted[0], wanted[1], wanted[2] + wanted[3]]
  assert 'class="kept"' in parts[1] and 'class="pruned"' in parts[2]


def test_a_group_of_several_classes_shows_who_stays_first(run, twins):
  part = twins.split('<h3>')[-1]
  assert part.startswith('Groups of several classes: 1<')
  keys = run.source.keys
  assert titles(part) == [
    f'{keys[1]}, stays', f'{keys[0]}, a twin', f'{keys[20]}, held out',
  ]  # fmt: skip
  assert re.findall('<figcaption>(.)</figcaption>', part) == ['a', 'a', 'b']


def test_of_many_groups_and_pairs_some_are_read(run, twins, monkeypatch):
  del twins
  monkeypatch.setattr(twin_strips, 'PAIRS', 1)
  monkeypatch.setattr(twin_strips, 'GROUPS', 0)
  text = ''.join(twin_strips.section(run, twin_strips.by_side(MANIFEST)))
  assert len(titles(text)) == 6
  assert 'Groups of several classes: 1, of which the first 0' in text


def test_the_ends_of_a_column_are_its_lowest_and_highest(run, junk):
  columns = looks.columns(run)
  for name in columns:
    part = junk.split(f'<h3>{name.replace("_", " ")}</h3>')[1].split('<h3>')[0]
    values = [float(t.split()[-1]) for t in titles(part)]
    once = np.unique(run.copies, return_index=True)[1]
    wanted = np.sort(columns[name][once])
    wanted = np.concatenate([wanted[:8], wanted[-8:]])
    np.testing.assert_allclose(values, wanted, rtol=1e-5)


def test_a_copy_is_shown_once_at_an_end(run, junk):
  flat = [key for key in run.source.keys if key.endswith('.png')]
  part = junk.split('<h3>contrast</h3>')[1].split('<h3>')[0]
  assert len(flat) == 2
  assert sum(t.split(', ')[0] in flat for t in titles(part)) == 1


def test_the_table_tells_what_each_rule_drops_and_what_another_would(run):
  columns = looks.columns(run)
  rows = {
    row[0]: row[1:] for row in junk_strips.rules(columns, run.config.junk)
  }
  assert rows['min_contrast'][:2] == ('0.5', 2)
  assert rows['max_aspect'][:2] == ('off', 0)
  bound, number = rows['max_aspect'][2:]
  assert bound == np.sort(columns['aspect'])[-3] and number == 2
  assert junk_strips.rules(
    {n: np.ones(4) for n in columns}, run.config.junk
  )[1][3:] == (None, None)  # fmt: skip


def test_a_picture_is_shown_whole_and_a_small_one_as_it_is(run, monkeypatch):
  sizes, letterbox = [], images.letterbox

  def watched(picture, size):
    sizes.append(size)
    return letterbox(picture, size)

  monkeypatch.setattr(junk_strips.strips.images, 'letterbox', watched)
  strips = junk_strips.strips
  assert 'data:image/jpeg' in strips.whole(run, 64, 20)
  tiny = run._replace(source=Tiny())
  assert 'data:image/png' in strips.whole(tiny, 64, 0)
  assert sizes == [64, 8]


class Tiny:
  keys = ('a',)

  def image(self, i):
    del i
    return np.zeros((8, 5, 3), np.uint8)


def test_the_lead_counts_what_was_never_a_candidate():
  reasons = ['kept', 'twin of a: b', 'twin of c', 'junk: side 3 under 9',
             'leak: a twin is held out', 'pruned', 'held_out']  # fmt: skip
  text = gallery.never_asked(reasons)
  assert '2 as twins of another, 1 as junk, 1 as copies of what is held' in text
  assert gallery.never_asked(['kept', 'pruned', 'held_out']) == ''
