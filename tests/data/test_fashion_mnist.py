"""Fashion-MNIST's files, whole and damaged."""

import hashlib

import numpy as np
import pytest
from layouts import fashion_mnist as made
from layouts import grey
from layouts import idx
from photographs import put

from prune_dm_jax.data import fashion_mnist

PLAIN = dict(pack=bytes, end='')


@pytest.mark.parametrize('how', [{}, PLAIN], ids=['gzipped', 'plain'])
def test_pictures_and_labels_are_those_of_the_files(how, tmp_path):
  source = fashion_mnist.FashionMNIST(made(tmp_path, **how))
  assert len(source) == 37
  for part, number in (('train', 25), ('t10k', 12)):
    images, labels = grey(number)
    begin = source.keys.index(f'{part}-00000')
    np.testing.assert_array_equal(source.labels[begin:][:number], labels)
    np.testing.assert_array_equal(source.image(begin + 7)[..., 0], images[7])


def test_classes_are_clothes_only_by_the_labels_of_fashion_mnist(
  tmp_path, monkeypatch
):
  digits = fashion_mnist.FashionMNIST(made(tmp_path))
  assert digits.class_names == tuple(map(str, range(10)))
  assert 'classes 0 to 9, not those of Fashion-MNIST' in digits.layout
  labels = np.concatenate([grey(12)[1], grey(25)[1]])
  known = hashlib.sha256(bytes(labels)).hexdigest()[:16]
  monkeypatch.setattr(fashion_mnist, 'OF_CLOTHES', known)
  clothes = fashion_mnist.FashionMNIST(made(tmp_path))
  assert clothes.class_names[9] == 'Ankle boot'
  assert 'classes' not in clothes.layout
  assert clothes.fingerprint == digits.fingerprint


def test_the_test_set_is_held_out(tmp_path):
  source = fashion_mnist.FashionMNIST(made(tmp_path))
  named = [key.startswith('t10k') for key in source.keys]
  assert source.held_out.tolist() == named and sum(named) == 12


def test_gzipped_and_plain_are_the_same_data(tmp_path):
  prints = set()
  for name, how in (('a', {}), ('b', PLAIN)):
    path = made(tmp_path / name, **how)
    prints.add(fashion_mnist.FashionMNIST(path).fingerprint)
  images, labels = grey(25)
  images[3, 4, 5] ^= 1
  put(path, {'train-images-idx3-ubyte': idx(images)})
  assert len(prints) == 1
  assert fashion_mnist.FashionMNIST(path).fingerprint not in prints


IMAGES, LABELS = grey(25)
WRONG = {
  'train-images-idx3-ubyte': {
    'begins with 00000801': idx(LABELS),
    'begins with $': b'',
    '19599 bytes, but \\[25, 28, 28\\] are announced': idx(IMAGES)[:-1],
    '24 pictures in train, but 25 labels': idx(IMAGES[:24]),
    'a torn .gz file': b'\x1f\x8b\x08 no more',
  },
  't10k-labels-idx1-ubyte': {
    'label 14 in t10k; there are 10 classes': idx(LABELS[:12] + 5),
    'begins with 00000803': idx(IMAGES),
  },
}
CASES = [(name, why) for name, of in WRONG.items() for why in of]


@pytest.mark.parametrize(('name', 'why'), CASES)
def test_a_damaged_file_is_one_sentence(name, why, tmp_path):
  path = put(made(tmp_path, **PLAIN), {name: WRONG[name][why]})
  with pytest.raises(ValueError, match=why):
    fashion_mnist.FashionMNIST(path)


def test_a_missing_file_is_named(tmp_path):
  path = made(tmp_path)
  (path / 't10k-images-idx3-ubyte.gz').unlink()
  with pytest.raises(ValueError, match='no t10k-images-idx3-ubyte nor'):
    fashion_mnist.FashionMNIST(path)
