"""README and docs say only what is there: files, commands, variants, keys."""

import importlib
import pathlib
import re

import pytest

from configs import common

ROOT = pathlib.Path(__file__).parents[1]
PAGES = [
  ROOT / 'README.md',
  ROOT / 'CONTRIBUTING.md',
  *sorted((ROOT / 'docs').glob('*.md')),
]
OTHERS = [ROOT / 'CHANGELOG.md', ROOT / 'results' / 'records.md']
CONFIGS = sorted((ROOT / 'configs').glob('*.py'))
LAUNCHERS = sorted((ROOT / 'launch').glob('*.py'))
CITED = [*PAGES, *CONFIGS]

LINK = re.compile(r'\]\(([^)\s]+)\)')
HEADING = re.compile(r'^#+ (.*)$', re.MULTILINE)
COMMAND = re.compile(r'(?:prune-dm|python -m\s+prune_dm_jax)\s+([a-z][\w-]*)')
MODULE = re.compile(r'python -m\s+prune_dm_jax\.([\w.]+)')
CONFIG = re.compile(r'--config=(configs/\w+\.py)(?::(\w+)(,\w+)?)?')
VARIANTS = re.compile(r'--variants=([a-z]\w*(?:,\w+)*)')
KEY = re.compile(r'(?:--|`)config\.((?!json)[a-z]\w*(?:\.\w+)*)')


def named(files):
  """Parametrizes over files, by their names."""
  return pytest.mark.parametrize('file', files, ids=lambda file: file.name)


def loaded(path):
  """The configuration of a file in configs/, of its own variant."""
  module = importlib.import_module(f'configs.{pathlib.Path(path).stem}')
  return module.get_config()


def anchors(text):
  """What GitHub makes of headings."""
  for heading in HEADING.findall(text):
    yield re.sub(r'[^\w -]', '', heading.lower()).replace(' ', '-')


def has(config, key):
  for part in key.split('.'):
    if not hasattr(config, 'keys') or part not in config:
      return False
    config = config[part]
  return True


def wrong_links(file):
  """Relative links of a page that lead to no file or to no heading."""
  for link in LINK.findall(file.read_text()):
    if re.match(r'\w+:', link):
      continue
    path, _, anchor = link.partition('#')
    target = file.parent / path if path else file
    if not target.resolve().is_relative_to(ROOT) or not target.exists():
      yield link
    elif anchor and anchor not in anchors(target.read_text()):
      yield link


def table(text):
  """The rows of results: those that have a place, of a variant at a ratio."""
  place = re.compile(r'\| `?[a-z_]+[^|]* \| 0[.\d]* \| ')
  return {line for line in text.splitlines() if place.match(line)}


def test_readme_is_at_most_150_lines():
  assert len((ROOT / 'README.md').read_text().splitlines()) <= 150


@named([*PAGES, *OTHERS])
def test_every_relative_link_leads_to_a_file_and_a_heading(file):
  assert list(wrong_links(file)) == []


def test_every_page_of_docs_is_linked_from_readme():
  text = (ROOT / 'README.md').read_text()
  for page in (ROOT / 'docs').glob('*.md'):
    assert f'](docs/{page.name})' in text


def test_rows_of_results_in_readme_are_those_of_docs():
  here = table((ROOT / 'README.md').read_text())
  there = table((ROOT / 'docs' / 'results.md').read_text())
  assert len(here) >= 5
  assert here <= there


@named([*CITED, *OTHERS])
def test_every_command_is_one_that_can_be_typed(file):
  from prune_dm_jax.__main__ import COMMANDS

  found = set(COMMAND.findall(file.read_text()))
  assert found <= set(COMMANDS)


@named([*CITED, *LAUNCHERS])
def test_of_modules_only_main_is_run(file):
  assert set(MODULE.findall(file.read_text())) <= {'main'}


@named(CITED)
def test_every_config_is_a_file_and_every_variant_a_row(file):
  for path, variant, preset in CONFIG.findall(file.read_text()):
    assert (ROOT / path).is_file()
    assert not variant or variant in common.VARIANTS
    assert preset in ('', ',small')


@named(CITED)
def test_every_variant_of_a_sweep_is_a_row_or_a_set_of_rows(file):
  for names in VARIANTS.findall(file.read_text()):
    assert set(names.split(',')) <= {*common.SETS, *common.VARIANTS}


@named(CITED)
def test_every_setting_is_a_key_of_digits_or_of_a_config_that_is_named(file):
  text = file.read_text()
  paths = {'configs/digits.py', *(path for path, *_ in CONFIG.findall(text))}
  configs = [loaded(path) for path in sorted(paths)]
  for key in KEY.findall(text):
    assert any(has(config, key) for config in configs), key


def test_a_key_that_is_not_there_is_missed():
  digits = loaded('configs/digits.py')
  assert has(digits, 'score.num_clusters')
  assert not has(digits, 'score.clusters')
  assert not has(digits, 'seed.of')
