"""The stage `inertia` by the command line, where nothing has to be trained."""

import json

import pytest
from main_command import run


def curve(workdir, ks):
  """The process of a run until the inertias of so many clusters are there."""
  return run(
    workdir, 'cluster_pixels', '--until=inertia',
    f'--config.score.inertia_ks={ks}', '--config.score.kmeans=jax',
    '--config.score.restarts=1',
  )  # fmt: skip


@pytest.fixture(scope='module')
def done(tmp_path_factory):
  workdir = tmp_path_factory.mktemp('runs')
  return workdir, curve(workdir, '(2,5,10,40)')


def test_the_curve_is_written_drawn_and_said_in_a_line(done):
  workdir, process = done
  assert process.returncode == 0, process.stderr
  (folder,) = (workdir / 'shared').glob('inertia_pixels-*')
  facts = json.loads((folder / 'inertia.json').read_text())
  assert facts['ks'] == [2, 5, 10, 40] and facts['kmeans'] == 'jax'
  falls = zip(facts['inertias'], facts['inertias'][1:], strict=False)
  assert all(a > b for a, b in falls)
  suggestion = f'{facts["suggestion"]} clusters suggested'
  assert facts['suggestion'] in (5, 10)
  assert f'inertia: {suggestion}' in process.stderr
  assert (folder / 'inertia.svg').read_text().startswith('<svg')
  text = (folder / 'inertia.html').read_text()
  assert suggestion in text and '<svg' in text


def test_more_clusters_than_examples_are_refused_in_a_sentence(done):
  process = curve(done[0], '(2,5,5000)')
  assert process.returncode == 1 and 'Traceback' not in process.stderr
  line = process.stderr.strip().splitlines()[-1]
  assert 'inertia_ks is 5000, but there are 899 pictures' in line
