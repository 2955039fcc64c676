"""What there is, what is missing, and what a run would take."""

import pathlib
import subprocess
import sys

import jax
import jax.numpy as jnp
import pytest
from absl.testing import flagsaver
from photographs import crop as photograph
from photographs import encoded
from photographs import put

from configs import digits_quick
from configs import image_folder
from configs import imagenet
from prune_dm_jax.commands import doctor
from prune_dm_jax.run import checks
from prune_dm_jax.run import command_line
from prune_dm_jax.run import machine
from prune_dm_jax.run import topologies
from prune_dm_jax.stages import estimate
from prune_dm_jax.stages import foreseen
from prune_dm_jax.stages import patience
from prune_dm_jax.stages import remedies
from prune_dm_jax.training import collectives
from prune_dm_jax.training import counts


def traced(function, *shapes):
  like = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in shapes]
  return counts.needed(jax.make_jaxpr(function)(*like).jaxpr)


def test_products_are_twice_the_multiply_adds_and_loops_are_multiplied():
  product = traced(lambda a, b: a @ b, (3, 5), (5, 7))
  assert counts.products(product) == 2 * 3 * 5 * 7
  loop = lambda a: jax.lax.fori_loop(0, 11, lambda i, x: x @ a, a)
  assert counts.products(traced(loop, (4, 4))) == 11 * 2 * 4**3
  convolution = lambda x, k: jax.lax.conv_general_dilated(
    x, k, (1, 1), 'SAME', dimension_numbers=('NHWC', 'HWIO', 'NHWC')
  )
  found = traced(convolution, (2, 6, 6, 3), (3, 3, 3, 8))
  assert counts.products(found) == 2 * (3 * 3 * 3) * (2 * 6 * 6 * 8)


def test_bytes_are_those_that_live_at_a_time():
  size = 4 * 10 * 10
  chain = traced(lambda a: jnp.sin(a @ a @ a), (10, 10))
  assert counts.peak(chain) == 3 * size
  turned = traced(lambda a: (a @ a).T.reshape(100), (10, 10))
  assert counts.peak(turned) == 2 * size


def test_what_is_sent_is_read_off_hlo():
  text = '  %r = (f32[1024,1024], bf16[512]) all-reduce(%a, %b), to_apply=%add'
  assert collectives.said(text) == '1 all-reduce of 0.00 GiB'
  assert collectives.size_of(('bf', '16', '512')) == 1024
  pair = '(f32[64,2]{1,0:T(8,128)}, bf16[8])'
  for shape in (
    pair,
    f'({pair}, {pair[1:-1]})',
  ):  # As JAX 0.11 has what starts.
    found = collectives.results(shape)
    sizes = map(collectives.size_of, collectives.ARRAY.findall(found))
    assert [*sizes] == [512, 16]


@pytest.mark.parametrize(
  ('name', 'number'), [('h100:8x8', 64), ('v5e:2x2', 4), ('v5p:2x2x1', 4)]
)
def test_a_topology_is_so_many_devices(name, number):
  found = topologies.named(name)
  assert found.number == number == found.mesh.size


@pytest.mark.parametrize('name', ['h100', 'h100:0', 'b300:4', 'here:2', ''])
def test_a_topology_that_is_none_is_one_sentence(name):
  with pytest.raises(ValueError, match='--topology='):
    topologies.named(name)


def test_all_that_is_missing_is_said_and_check_says_the_first(tmp_path):
  config = imagenet.get_config('cluster_dino')
  config.data.path, config.weights = '/nowhere', str(tmp_path)
  found = checks.troubles(config, 4)
  files = ('dino', 'inception', 'vgg16', 'clip')
  assert "'/nowhere'" in found[0] and len(found) == 1 + len(files)
  assert [f.partition('.')[0] for f in found[1:]] == [*files]
  with pytest.raises(ValueError) as first:
    checks.check(config, 4)
  assert str(first.value) == found[0]


def test_a_folder_that_nobody_can_write_in_is_said(tmp_path, monkeypatch):
  assert [*machine.troubles(tmp_path / 'not' / 'yet')] == []
  assert [*tmp_path.iterdir()] == []
  monkeypatch.setattr(machine, 'writes', lambda folder: False)
  first, *_ = machine.troubles(tmp_path)
  assert first.startswith(f'--workdir={tmp_path}: nothing can be written')


def test_a_configuration_after_a_space_is_one():
  process = subprocess.run(
    [
      sys.executable, '-m', 'prune_dm_jax', 'doctor', '--config',
      'configs/digits_quick.py:random', '--config.prune_ratio=1',
    ],
    capture_output=True, text=True, cwd=pathlib.Path(__file__).parents[2],
  )  # fmt: skip
  assert process.returncode == 1 and 'prune_ratio' in process.stderr


def test_what_is_no_flag_is_not_passed_over(monkeypatch):
  monkeypatch.setattr(command_line, 'speak_plainly', lambda: None)
  with pytest.raises(SystemExit, match='digits.py:random.* is not a flag'):
    doctor.main(['configs/digits.py:random'])


@flagsaver.flagsaver()
def test_devices_of_no_run_are_not_passed_over(monkeypatch):
  monkeypatch.setattr(command_line, 'speak_plainly', lambda: None)
  with pytest.raises(SystemExit, match='--topology is of a run; name one, as'):
    doctor.main(['--topology=h100'])


def test_a_set_without_the_classes_that_are_asked_for_is_said(tmp_path):
  put(tmp_path, {f'{i}.png': encoded(photograph(i), 'PNG') for i in range(4)})
  config = image_folder.get_config('random,small')
  config.data.update(path=str(tmp_path), held_out=0.5)
  config.select.within = 'classes'
  known = foreseen.set_of(config)
  within, judge = foreseen.troubles(config, known)
  assert within.startswith("config.select.within is 'classes', but of these")
  assert judge.startswith('config.judge.network is judge, which is trained on')
  assert foreseen.troubles(config, known, judged=False) == [within]


def test_what_learns_classes_is_foreseen_where_there_are_no_data():
  config = image_folder.get_config('cluster_classifier,small')
  for last, name in (('features', 'classifier'), ('judge', 'judge')):
    rows = estimate.table(config, topologies.named('h100:1'), last=last)
    assert name in [row.work.program for row in rows]
  config.data.path = '/nowhere'
  assert checks.troubles(config, 1) == [
    "config.data.path is '/nowhere': there is no such file or folder"
  ]


def test_devices_share_the_work_and_hours_follow_from_the_peak():
  config = digits_quick.get_config('random')
  known = {}
  ask = lambda name, **more: estimate.table(
    config, topologies.named(name), last='latents', **more
  )
  one, again = ask('h100:1', known=known), ask('h100:1', mfu=0.7, known=known)
  training = one[0]
  assert training.hours == pytest.approx(2 * again[0].hours)
  assert training.hours == pytest.approx(training.flops / 0.35 / 495e12 / 3600)
  assert training.disk == 3 * training.cost.state
  two = ask('h100:2')[0]
  assert two.flops == pytest.approx(training.flops, rel=0.05)
  assert two.cost.bytes < training.cost.bytes


def test_a_run_of_every_method_and_model_is_foreseen_on_devices_not_here():
  known, topology, found = {}, topologies.named('h100:2'), set()
  for variant in (
    'el2n', 'grand', 'moso', 'influence', 'vae_random', 'gan_random',
  ):  # fmt: skip
    config = digits_quick.get_config(variant)
    rows = estimate.table(config, topology, known=known)
    found |= {row.work.program for row in rows}
    assert all(row.flops > 0 for row in rows if row.work.program)
  assert found - {''} == {*estimate.PROGRAMS} - {'classifier'}


def test_what_is_remembered_of_examples_is_in_memory_and_in_checkpoints():
  config, known = digits_quick.get_config('random'), {}

  def trained():
    rows = estimate.table(config, topologies.named('h100:2'), known=known)
    (row,) = [row for row in rows if row.work.stage == 'train']
    return row

  plain = trained()
  config.train.dynamic = 'infobatch'
  found, kept = trained(), 450  # Of 899 that are not held out.
  assert found.cost.bytes - plain.cost.bytes == 8 * kept
  assert found.disk - plain.disk == 3 * 8 * kept


def test_what_a_method_says_that_it_takes_is_counted():
  config = digits_quick.get_config('optimal_denoiser_pixels')
  rows = estimate.table(config, topologies.named('h100:2'), last='scores')
  (row,) = [row for row in rows if row.work.what == 'optimal denoiser']
  assert row.flops == 16 * 899**2 * 16**2 and row.hours > 0


def test_only_what_takes_hours_on_a_cpu_is_warned_of():
  small, large = digits_quick.get_config('random'), imagenet.get_config()
  assert patience.at_least(small) < patience.MUCH / 100
  assert patience.at_least(large) > patience.MUCH * 100


@pytest.mark.parametrize(
  ('key', 'value'),
  [('dit.size', 'XS'), ('dit.patch', 0), ('autoencoder.widths', ()),
   ('gan.widths', ('--',))],
)  # fmt: skip
def test_what_is_about_to_be_refused_is_not_reckoned_with(key, value):
  config = digits_quick.get_config('random')
  config.update_from_flattened_dict({key: value})
  patience.warn(config, 'report')
  with pytest.raises(ValueError, match=f'config.{key} is'):
    checks.check(config, jax.device_count())


def test_what_changes_rounding_alone_is_offered_before_a_smaller_batch(
  monkeypatch,
):
  config, topology = imagenet.get_config(), topologies.named('h100:4')
  cost = estimate.Cost(0, int(2 * topology.whole), 256, 0, 0)
  work = estimate.work_lib.Work('train', 'dit', '', 'train')
  found = estimate.Row(work, cost, 0.0, 0.0, 0.0)

  def offered(fits):
    needs = lambda *given: 0 if fits(given[-1]) else topology.whole
    monkeypatch.setattr(remedies, 'needs', needs)
    return [*remedies.remedies(config, topology, found)]

  (said,) = offered(lambda settings: 'runtime.accumulate' in settings)
  assert said == '--config.runtime.accumulate=2 fits'
  (said,) = offered(lambda settings: settings.get('train.batch_size', 256) < 65)
  assert said == '--config.train.batch_size=64 fits'
  assert offered(lambda settings: False) == []


@pytest.mark.slow
def test_xl_on_one_h100_does_not_fit_at_256_and_does_in_two_parts():
  config, topology = imagenet.get_config(), topologies.named('h100:1')
  rows = estimate.table(config, topology)
  (said,) = remedies.too_large(config, topology, rows)
  assert said.startswith('train: ') and 'runtime.accumulate=2 fits' in said
  (train,) = [row for row in rows if row.work.program == 'train']
  assert train.cost.bytes / topologies.GIB == pytest.approx(73.0, rel=0.1)
