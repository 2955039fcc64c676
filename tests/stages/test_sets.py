"""What is compared is checked before anything is computed."""

import logging
import re

import numpy as np
import pytest
from PIL import Image

from prune_dm_jax.features import BACKBONES
from prune_dm_jax.stages import judge as judge_lib
from prune_dm_jax.stages import sets as sets_lib

RNG = np.random.default_rng(0)


def folder(path, number=6, size=(8, 8), channels=3):
  path.mkdir()
  for i in range(number):
    image = RNG.integers(0, 256, (*size, channels), np.uint8)
    Image.fromarray(image.squeeze()).save(path / f'{i}.png')
  return path


def opened(path, most=0.0):
  return sets_lib.opened(path, path.parent / 'cache', most=most)


def checked(generated, reference, judge=None, side=0, unasked=True, **sets):
  sets = {'generated': generated, 'reference': reference, **sets}
  sets = {role: opened(path) for role, path in sets.items()}
  return sets_lib.check(
    sets, judge or judge_lib.pixels(), side=side, unasked=unasked,
    weights=generated.parent / 'weights',
  )  # fmt: skip


def moments(path, width):
  np.savez(path, mu=np.zeros(width), sigma=np.eye(width))
  return path


def of_other_size(path):
  return dict(reference=folder(path / 'b', size=(8, 16)))


def of_other_sizes_within(path):
  folder(path / 'b')
  Image.new('RGB', (9, 8)).save(path / 'b' / 'last.png')
  return dict(reference=path / 'b')


def grey(path):
  return dict(reference=folder(path / 'b', channels=1))


def grey_training(path):
  return dict(training=folder(path / 'b', channels=1))


def too_few(path):
  return dict(reference=folder(path / 'b', number=5))


def other_number_of_same_noise(path):
  return dict(same_noise=folder(path / 'b', number=7))


def other_names_of_same_noise(path):
  same = folder(path / 'b')
  (same / '3.png').rename(same / 'last.png')
  return dict(same_noise=same)


def moments_of_inception(path):
  return dict(reference=moments(path / 'b.npz', 2048))


def moments_of_nothing_known(path):
  return dict(reference=moments(path / 'b.npz', 77))


UNFIT = {
  of_other_size: 'a has pictures of 8 x 8, .*b of 16 x 8; --resize=center.letterbox',
  of_other_sizes_within: 'b: 0.png is 8 x 8 and last.png 9 x 8; --resize',
  grey: r'a has pictures of 3 channels \(colour\), .*b of 1 channel \(grey\)',
  grey_training: 'a has pictures of 3 channels .*b of 1 channel',
  too_few: 'b: 5 pictures that can be used; 6 are the fewest',
  other_number_of_same_noise: 'b: 7 pictures, and 6 of .*a; .*pair up',
  other_names_of_same_noise: r"b: .* such as '0.png', .* the same names",
  moments_of_inception: (
    'are of 2048 features, as many as --backbone=inception has; .*have 192'
  ),
  moments_of_nothing_known: 'its statistics are of 77 features; .*have 192',
}


@pytest.mark.parametrize('make', UNFIT)
def test_what_does_not_fit_is_one_sentence(make, tmp_path):
  first = folder(tmp_path / 'a')
  sets = {'reference': first} | make(tmp_path)
  with pytest.raises(ValueError, match=UNFIT[make]):
    checked(first, **sets)
  assert not list((tmp_path / 'cache').glob('features*'))


def test_what_fits_is_shown_as_it_is_or_cropped_if_asked(tmp_path):
  one, other = folder(tmp_path / 'a'), folder(tmp_path / 'b', size=(9, 12))
  assert checked(one, one) == (8, 8, 3)
  assert checked(one, other, side=4) == (4, 4, 3)


def test_a_judge_of_one_size_is_shown_colour_made_of_grey(tmp_path):
  judge = judge_lib.pixels()._replace(shape=(4, 4, 3))
  given = opened(folder(tmp_path / 'a', channels=1))
  sets = {'generated': given, 'reference': given}
  shape = sets_lib.check(sets, judge, side=0, unasked=False, weights=tmp_path)
  (image,) = judge_lib.seen(judge, given.pictures, judge_lib.View(shape), [0])[
    'image'
  ]
  assert image.shape == (4, 4, 3) and np.ptp(image, axis=2).max() == 0


def test_a_judge_of_grey_refuses_colour(tmp_path):
  judge = judge_lib.pixels()._replace(shape=(4, 4, 1))
  one = folder(tmp_path / 'a')
  with pytest.raises(ValueError, match='pictures of 3 channels; .* sees 1'):
    checked(one, one, judge)


@pytest.mark.parametrize(
  ('side', 'unasked', 'words'),
  [(33, True, '3,267 raw pixels, and no more than 32 x 32'),
   (74, False, '16,428 raw pixels, and a covariance of them would be 2 GiB')],
)  # fmt: skip
def test_large_pictures_are_not_judged_by_raw_pixels(
  side, unasked, words, tmp_path
):
  one = folder(tmp_path / 'a', size=(side, side))
  with pytest.raises(ValueError, match=words) as error:
    checked(one, one, unasked=unasked)
  assert '--backbone=lite0' in str(error.value)
  assert checked(one, one, unasked=unasked, side=32) == (32, 32, 3)


def test_the_widths_of_statistics_are_looked_up_without_computing():
  for name in ('pixels', 'lite0'):
    row = BACKBONES[name]
    judge = judge_lib.Judge(
      name, '', lambda params, x: (x.reshape(len(x), -1), None), (), ()
    )
    seen = row.prepare(np.zeros((5, 7, 3), np.uint8))
    assert judge_lib.width(judge, (5, 7, 3)) == seen.size


@pytest.mark.parametrize(
  ('made_by', 'sees', 'words'),
  [
    ('', 'tf1', r'do not say .*--resize=torch if pytorch-fid'),
    ('', 'torch', 'do not say'),
    ('tf1', 'torch', 'with --resize=tf1, not torch'),
    ('torch', 'tf1', 'with --resize=torch, not tf1'),
    ('torch', 'torch', ''), ('tf1', 'tf1', ''), ('', '', ''),
  ],
)  # fmt: skip
def test_statistics_of_inception_shown_otherwise_are_refused(
  made_by, sees, words
):
  judge = judge_lib.pixels()._replace(input=sees)
  moments = np.zeros(12), np.eye(12)
  given = sets_lib.Set('real.npz', None, moments, made_by)
  if not words:
    assert sets_lib.check_moments(given, judge, (2, 2, 3)) is None
  else:
    with pytest.raises(ValueError, match=f'^real.npz: .*{words}'):
      sets_lib.check_moments(given, judge, (2, 2, 3))


def spoiled(path):
  folder(path, number=10)
  (path / '0.png').write_bytes(b'no picture')
  (path / '1.png').write_bytes((path / '2.png').read_bytes())
  return path


def test_what_is_left_out_and_what_is_twice_is_said(tmp_path, caplog):
  path = spoiled(tmp_path / 'a')
  with caplog.at_level(logging.WARNING):
    given = opened(path, most=0.1)
  assert len(given.pictures) == 9
  said = ' '.join(caplog.messages)
  assert 'left out: 1 not a picture (0.png)' in said
  assert re.search(r'1 of 9 pictures .* as 2.png is 1.png', said)


def test_that_splits_are_taken_as_one_set_is_said(tmp_path, caplog):
  (tmp_path / 'a').mkdir()
  folder(tmp_path / 'a' / 'train')
  opened(tmp_path / 'a')
  assert not caplog.messages
  folder(tmp_path / 'a' / 'test', number=4)
  opened(tmp_path / 'a')
  (said,) = caplog.messages
  assert '4 of its 10 pictures are held out by the set' in said
  assert 'train 6, test 4 held out' in said


def test_more_that_cannot_be_used_than_allowed_is_refused(tmp_path):
  path = spoiled(tmp_path / 'a')
  with pytest.raises(ValueError, match=r'more than --max_bad=0.05 .*\(0.png\)'):
    opened(path, most=0.05)


def test_features_of_other_contents_are_never_taken(tmp_path):
  path, other = tmp_path / 'a', tmp_path / 'b'
  for place, value in ((path, 0), (other, 255)):
    place.mkdir()
    for i in range(2):
      Image.new('RGB', (2, 2), (value,) * 3).save(place / f'{i}.bmp')
  found = []
  for place in (path, other, path):
    pictures = opened(place).pictures
    at = judge_lib.features_of(
      judge_lib.pixels(),
      tmp_path / 'cache',
      place,
      pictures,
      judge_lib.View((2, 2, 3)),
    )
    found.append(at)
    value = np.full((2, 12), 1 if place == other else -1)
    np.testing.assert_allclose(
      judge_lib.arrays(at)['features'], value, rtol=1e-6
    )
  assert found[0] == found[2] != found[1]


def test_features_of_a_crop_are_kept_beside_those_of_the_whole(tmp_path):
  pictures = opened(folder(tmp_path / 'a')).pictures
  shapes = [(8, 8, 3), (4, 4, 3)]
  for shape in shapes:
    at = judge_lib.features_of(
      judge_lib.pixels(),
      tmp_path / 'cache',
      'a',
      pictures,
      judge_lib.View(shape),
    )
    features = judge_lib.arrays(at)['features']
    assert features.shape == (6, np.prod(shape))
