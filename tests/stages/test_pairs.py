"""Pictures of the same noise are paired by name, whatever order names give."""

import types

import numpy as np
import pytest
from PIL import Image

from prune_dm_jax.commands import evaluate
from prune_dm_jax.stages import judge as judge_lib
from prune_dm_jax.stages import pairs

RNG = np.random.default_rng(0)
NUMBER = 12
CALLED = {
  'as they are': lambda i: f'{i}.png',
  'of another format': lambda i: f'{i}.jpg',
  'with zeros in front': lambda i: f'{i:06d}.png',
  'with a word': lambda i: f'sample_{i:03d}.png',
  'in an array': str,
}


def of_keys(keys):
  return types.SimpleNamespace(
    path='a', pictures=types.SimpleNamespace(keys=tuple(keys))
  )


@pytest.mark.parametrize('called', CALLED)
def test_each_is_paired_with_what_has_its_number(called):
  first = sorted(f'{i}.png' for i in range(NUMBER))  # 10.png is before 2.png.
  second = [CALLED[called](i) for i in range(NUMBER)]
  second = second if called == 'in an array' else sorted(second)
  order = pairs.order(of_keys(first), of_keys(second))
  wanted = [CALLED[called](int(name.split('.')[0])) for name in first]
  assert [second[i] for i in order] == wanted


def test_a_number_of_two_classes_is_paired_within_its_class():
  first = of_keys(['cat/2.png', 'cat/10.png', 'dog/2.png', 'dog/10.png'])
  second = of_keys(['cat/02.png', 'cat/10.png', 'dog/02.png', 'dog/10.png'])
  assert pairs.order(first, second) == [0, 1, 2, 3]


@pytest.mark.parametrize(
  'ways',
  [
    ('pruned50_{:05}.png', 'pruned0_{:05}.png'),
    ('seed{:04}_cfg1.5.png', 'seed{}_cfg3.png'),
    ('00000/{:06}.png', '{}.png'),
    ('{}.png', '{:02}.png'),
  ],
)
def test_a_number_of_all_names_says_which_model_and_not_which_noise(ways):
  first, second = (sorted(map(way.format, range(12))) for way in ways)
  order = pairs.order(of_keys(first), of_keys(second))
  place = {ways[0].format(i): ways[1].format(i) for i in range(12)}
  assert [second[i] for i in order] == [place[name] for name in first]


@pytest.mark.parametrize(
  'keys', [('x1.png', 'x3.png'), ('a/1.png', 'b/1.png'), ('x.png', 'y.png')]
)
def test_names_that_do_not_say_it_are_refused(keys):
  with pytest.raises(ValueError, match=r"such as 'x1.png', their names do not"):
    pairs.order(of_keys(['x1.png', 'x2.png']), of_keys(keys))


def test_the_same_pictures_under_other_names_are_the_same(tmp_path):
  images = RNG.integers(0, 256, (NUMBER, 4, 4, 3), np.uint8)
  np.save(tmp_path / 'same.npy', images)
  (tmp_path / 'made').mkdir()
  for i, image in enumerate(images):
    Image.fromarray(image).save(tmp_path / 'made' / f'{i}.png')
  paths = [tmp_path / name for name in ('made', 'made')]
  options = [f'--same_noise={tmp_path}/same.npy', f'--workdir={tmp_path}/cache']
  asked = evaluate.options([*map(str, paths), *options])
  judge, sets = judge_lib.pixels(), evaluate.opened(asked)
  found = evaluate.arrays(asked, sets, judge, judge_lib.View((4, 4, 3)))
  np.testing.assert_array_equal(found['same_noise_features'], found['features'])
