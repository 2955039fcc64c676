"""Chapters of numbers: none is lost, and a doubt is said once."""

import pytest

from prune_dm_jax.report import chapters
from prune_dm_jax.report import plain

FEW, LEAK = '9 are compared with 3', 'a < b'


def row(value=0.5, warning='', n_reference=None):
  return dict(
    value=value, low=0.4, high=0.6, n=9, n_reference=n_reference,
    warning=warning,
  )  # fmt: skip


def test_every_number_is_in_one_chapter_the_first_named_first():
  own = {name: row() for name in ('new_thing', 'recall', 'vendi', 'copies')}
  assert chapters.by_chapter(own) == {
    'Diversity': ['recall', 'vendi'],
    'Memorisation': ['copies'],
    'Other': ['new_thing'],
  }


@pytest.mark.parametrize('name', plain.METRICS)
def test_a_metric_has_a_chapter_a_name_and_a_line(name):
  about = plain.of(name)
  assert about.chapter in plain.CHAPTERS and about.good in plain.ENDS
  assert '_' not in about.name and about.line.endswith('.')
  assert name in chapters.name(name, row(), {})


def test_plain_names_differ():
  names = [about.name for about in plain.METRICS.values()]
  assert len(set(names)) == len(names)


def test_a_doubt_is_said_once_and_marked_wherever_it_holds():
  both = {'recall': row(warning=f'{FEW}; {LEAK}'), 'vendi': row(warning=FEW)}
  text = ''.join(chapters.chapters({'own': both}, {}))
  assert text.count(f'to be read with care: {FEW}.') == 1
  assert text.count(f'title="{FEW}"') == 2
  assert text.count('title="a &lt; b"') == 1 and LEAK not in text
  for number in (1, 2):
    assert f'href="#care-{number}"' in text and f'id="care-{number}"' in text


def test_a_set_without_a_number_of_a_chapter_has_no_column():
  sets = {
    'own': {'recall': row(), 'copies': row()},
    'other': {'recall': row(), 'copies': row(None)},
  }
  header = lambda metric: chapters.table(sets, [metric], {}).split('</thead>')[
    0
  ]
  assert '<th>other</th>' in header('recall')
  assert '<th>other</th>' not in header('copies')


def test_a_number_says_of_how_many_it_is():
  assert '<div>9</div>' in chapters.counted(row())
  assert '9<small>against 3</small>' in chapters.counted(row(n_reference=3))
