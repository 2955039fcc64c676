"""Which training pictures a sample owes itself to."""

import re

import numpy as np
import pytest

from configs import digits_quick
from prune_dm_jax import stages
from prune_dm_jax.commands import explain
from prune_dm_jax.data import images
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import opening
from prune_dm_jax.stages import explained_sample
from prune_dm_jax.stages import features
from prune_dm_jax.stages import passes

PLANTED = 5
"""The sample that is a training picture."""


def asked(capsys, *words):
  explain.explain(explain.options([str(word) for word in words]))
  return capsys.readouterr().out


@pytest.fixture(scope='module')
def cell(tmp_path_factory):
  """One whose sample PLANTED is a picture that it was trained on."""
  config = digits_quick.get_config('random')
  config.data.held_out = 0.93
  config.autoencoder.steps = 30
  config.train.steps = 30
  config.sample.num = 8
  config.judge.memorization = 'pixels'
  config.bank.num_draws = 8
  config.runtime.update(part_size=50, score_batch_size=32)
  workdir = tmp_path_factory.mktemp('runs')
  stages.run_until(config, workdir, 'sample')
  run = opening.open_run(config, workdir)
  features.build(run, 'pixels')
  (found,) = workdir.glob('random-*')
  plant(run, found)
  return found


def plant(run, cell):
  """As if the model had drawn the tenth picture that was kept."""
  kept = np.load(cell / 'kept_idx.npy')[9:10]
  folder = cell / 'samples'
  pictures, labels = (
    np.load(folder / f'{name}.npy') for name in ('images', 'labels')
  )
  pictures[PLANTED] = images.batch(run.source, kept, size=16, crop='center')[0]
  labels[PLANTED] = run.source.labels[kept[0]]
  artifacts.write_array(folder / 'images.npy', pictures)
  artifacts.write_array(folder / 'labels.npy', labels)
  artifacts.write_list(folder, artifacts.digests.of_folder(folder))


def keys(text, heading):
  """Of the pictures below a heading, in their order."""
  part = text.split(f'{heading}:\n')[1]
  lines = re.match(r'(  .*\n?)*', part)[0].splitlines()
  return [line.split(', ')[-1] for line in lines]


@pytest.mark.slow
def test_a_picture_that_is_sampled_again_is_named_first(
  cell, tmp_path, capsys, monkeypatch
):
  """By influence and by features; the pass is broken off, and goes on."""
  twin = (cell / 'kept.txt').read_text().splitlines()[9]
  write, calls = passes.parts.save_named, []

  def breaks(folder, name, **arrays):
    calls.append(name)
    if len(calls) == 2:
      raise KeyboardInterrupt
    write(folder, name, **arrays)

  monkeypatch.setattr(passes.parts, 'save_named', breaks)
  with pytest.raises(KeyboardInterrupt):
    asked(capsys, cell, f'--sample={PLANTED}')
  page = tmp_path / 'page.html'
  text = asked(capsys, cell, f'--sample={PLANTED}', f'--out={page}')
  assert len(calls) == 1 + len({*calls})
  assert (
    f'{PLANTED} of {cell.name}/samples, which were drawn at guidance' in text
  )
  most, near = keys(text, 'Most influence'), keys(text, 'Nearest, by pixels')
  assert most[0] == near[0] == twin
  kept = (cell / 'kept.txt').read_text().splitlines()
  assert {*most, *near} <= {*kept} and len({*most}) == explained_sample.NUMBER
  drawn = page.read_text()
  assert drawn.count('<img') - drawn.count('<img alt') == 1 + 2 * len(most)
  monkeypatch.setattr(passes, 'in_parts', None)
  assert asked(capsys, cell, f'--sample={PLANTED}') in text


@pytest.mark.slow
def test_a_sample_that_is_not_there_is_refused(cell):
  run = opening.of_cell(cell)
  with pytest.raises(ValueError, match='--sample=8: .* has 8 samples, 0 to 7'):
    explained_sample.explain(run, cell, 8)


def test_a_cell_without_samples_is_told_what_makes_them(tiny, capsys):
  with pytest.raises(ValueError, match='samples is not there.*--until=sample'):
    asked(capsys, tiny.random, '--sample=0')


@pytest.mark.parametrize('words', [(), ('c 1', '--sample=0'), ('--sample=a',)])
def test_a_key_or_a_sample_is_asked_of(tiny, words):
  with pytest.raises(SystemExit) as end:
    explain.options([str(tiny.random), *words])
  assert 'sample' in end.value.code
