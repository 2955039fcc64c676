"""What is wrong with a command is said in one sentence."""

import re

import pytest
from main_command import run

WRONG = {
  'variant': (('clusters',), "'clusters' is not a variant; choose from"),
  'ratio one': (('random', '--config.prune_ratio=1.0'), 'in \\[0, 1\\)'),
  'ratio below': (('random', '--config.prune_ratio=-0.5'), 'in \\[0, 1\\)'),
  'a ratio for unpruned': (
    ('unpruned', '--config.prune_ratio=0.5'), 'unpruned removes nothing',
  ),
  'a ratio that follows': (
    ('cluster_pixels_balanced', '--config.prune_ratio=0.5'), 'follows from',
  ),
  'key': (('random', '--config.train.stepz=3'), 'stepz'),
  'type': (('random', '--config.train.steps=many'), 'many'),
  'path': (('random', '--config.flow.path=straight'), 'config.flow.path is'),
  'no such list': (
    ('random', '--config.select.file=gone.npy'), "'gone.npy': there is no such",
  ),
  'batch': (('random', '--config.train.batch_size=6'), 'among 4 devices'),
  'stray': (('random', 'train.steps=3'), 'is not a flag'),
}  # fmt: skip


QUICK = ('variant', 'key', 'type', 'stray')
"""One of each who finds it wrong; what checks find has tests of its own, too."""


@pytest.mark.parametrize(
  'name',
  [
    pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
    for name in WRONG
  ],
)
def test_bad_input_is_one_sentence_and_nothing_is_written(tmp_path, name):
  options, sentence = WRONG[name]
  process = run(tmp_path / 'runs', *options)
  assert process.returncode != 0
  lines = process.stderr.strip().splitlines()
  assert len(lines) == 1 and lines[0].startswith('prune_dm_jax: '), lines
  assert re.search(sentence, lines[0]), lines
  assert not (tmp_path / 'runs').exists()
