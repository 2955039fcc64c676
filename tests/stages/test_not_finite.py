"""Proof: what is not finite, or out of range, is a sentence; and its advice."""

import json
import types

import jax.numpy as jnp
import main_command
import numpy as np
import pytest

from configs import digits_quick
from prune_dm_jax.metrics import finite
from prune_dm_jax.stages import latents
from prune_dm_jax.stages import passes
from prune_dm_jax.stages import rates
from prune_dm_jax.stages import sample


def test_a_code_of_no_codebook_names_the_picture_and_the_file(tmp_path):
  rows = lambda i: {'codes': np.where(i == 7, 256, 255)[:, None, None]}
  read = lambda i: latents.in_range(rows, tmp_path / 'codes', 256, i)
  assert len(read(np.array([5, 6]))['codes']) == 2
  with pytest.raises(ValueError, match='codes: picture 7 has the code 256 of'):
    read(np.array([5, 7]))


def test_a_code_that_is_not_finite_names_its_place_and_the_file(tmp_path):
  codes = np.ones((4, 2), np.float32)
  codes[2, 1] = np.nan
  np.save(tmp_path / 'codebook.npy', codes)
  run = types.SimpleNamespace(paths=types.SimpleNamespace(latents=tmp_path))
  with pytest.raises(ValueError, match='codebook.npy: the numbers of code 2'):
    latents.codebook(run)


@pytest.mark.parametrize('value', [np.nan, np.inf, -np.inf])
def test_a_sample_is_asked_before_it_is_cast(value):
  drawn = np.zeros((3, 2, 2, 1), np.float32)
  drawn[1, 0, 1] = value
  draw = lambda params, batch: (jnp.asarray(batch), params)
  _, fine, _ = sample.in_range(draw, (), drawn)
  assert fine.tolist() == [True, False, True]


@pytest.mark.parametrize('name', ['features', 'logits'])
def test_what_a_network_sees_names_the_picture(name):
  found = {n: np.zeros((3, 4), np.float32) for n in ('features', 'logits')}
  found[name][2, 3] = np.inf
  with pytest.raises(ValueError, match=f'^{name} by judge of c are not finite'):
    finite.each(found, 'by judge of', ['a', 'b', 'c'])


def test_a_part_of_a_score_that_is_not_finite_is_not_written(tmp_path):
  made = np.array([[0.0, 1.0], [np.inf, 0.0]])
  with pytest.raises(ValueError, match=r'gradients of 0: .* \[1, 0\]'):
    passes.at_part(tmp_path, 'gradients of 0', lambda: made)
  assert not list(tmp_path.rglob('*.npz'))


def cell_at(folder, rate):
  """A cell begun at a learning rate, and its run at another."""
  config = digits_quick.get_config()
  (folder / 'cell' / 'dit.partial').mkdir(parents=True)
  begun = config.copy_and_resolve_references()
  begun.train.learning_rate = rate
  (folder / 'cell' / 'config.json').write_text(json.dumps(begun.to_dict()))
  return folder / 'cell', types.SimpleNamespace(config=config, workdir=folder)


def test_a_cell_that_stopped_goes_on_at_another_rate_and_says_so(tmp_path):
  cell, run = cell_at(tmp_path, 1e6)
  with pytest.raises(ValueError, match='begun with train.learning_rate'):
    rates.same_config(run, cell)
  (cell / 'dit.partial' / 'diagnosis.json').write_text('{}')
  rates.same_config(run, cell)
  rates.keep(run, cell)
  written = json.loads((cell / 'config.json').read_text())
  assert written['train']['learning_rate'] == run.config.train.learning_rate
  run.config.train.batch_size += 1
  with pytest.raises(ValueError, match='train.batch_size'):
    rates.same_config(run, cell)


def test_a_cell_that_was_finished_is_of_one_rate(tmp_path):
  cell, run = cell_at(tmp_path, 1e6)
  (cell / 'dit.partial' / 'diagnosis.json').write_text('{}')
  (cell / 'dit.partial').rename(cell / 'dit')
  with pytest.raises(ValueError, match='begun with train.learning_rate'):
    rates.same_config(run, cell)


SMALL = (
  '--config.data.image_size=8', '--config.autoencoder.steps=20',
  '--config.train.steps=20', '--config.judge.steps=20',
  '--config.sample.num=40', '--config.sample.num_steps=2',
  '--config.score.num_clusters=5', '--config.score.restarts=2',
  '--config.runtime.log_every=10', '--config.runtime.checkpoint_every=2',
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
  ('variant', 'until', 'key', 'advice'),
  [
    ('random', 'train', 'train', 'begins anew'),
    ('gan_random', 'train', 'gan', 'begins anew'),
    ('random', 'evaluate', 'judge', 'trains another one from its first step'),
    ('random', 'latents', 'autoencoder', 'trains another one from its first'),
  ],
)
def test_what_the_sentence_advises_ends(tmp_path, variant, until, key, advice):
  rate = f'--config.{key}.learning_rate'
  options = (variant, f'--until={until}', *SMALL)
  stopped = main_command.run(tmp_path, *options, f'{rate}=1e30')
  assert stopped.returncode == 1 and 'Traceback' not in stopped.stderr
  sentence = stopped.stderr.splitlines()[-1]
  assert f'a lower {rate}' in sentence and advice in sentence, sentence
  (diagnosis,) = tmp_path.rglob('diagnosis.json')
  facts = json.loads(diagnosis.read_text())
  assert str(diagnosis) in sentence
  assert f'at step {facts["step"]} ' in sentence
  kept = [int(p.name) for p in diagnosis.parent.glob('checkpoints/[0-9]*')]
  assert all(step < facts['step'] for step in kept)
  again = main_command.run(tmp_path, *options, f'{rate}=1e-3')
  assert again.returncode == 0, again.stderr
  third = main_command.run(tmp_path, *options, f'{rate}=1e-3')
  assert third.returncode == 0 and 'nothing to do' in third.stderr
