"""What is ImageNet by its names, and what its other splits are."""

from layouts import tar
from layouts import tar_of_tars
from photographs import jpeg
from photographs import put

from prune_dm_jax.data import imagenet


def test_only_what_is_named_so_is_imagenet(tmp_path):
  pets = put(tmp_path / 'pets', {'train/cat/1.jpg': jpeg(0)})
  tars = put(tmp_path, {'pets.tar': tar({'cat/1.jpg': jpeg(0)})})
  torn = put(tmp_path, {'torn.tar': b'no archive'})
  for path in (pets, tars / 'pets.tar', torn / 'torn.tar'):
    assert not imagenet.is_there(path)
  renamed = tar_of_tars(tmp_path) / 'ILSVRC2012_img_train.tar'
  assert imagenet.is_there(renamed.rename(tmp_path / 'in.tar'))


def test_each_split_is_held_out_or_it_is_said_how_many_are_left_out(tmp_path):
  pictures = {
    'train/n01440764/n01440764_1.JPEG': jpeg(0),
    'validation/n01440764/ILSVRC2012_val_00000001.JPEG': jpeg(1),
    'test/n01440764/a.JPEG': jpeg(2),
    'test/b.JPEG': jpeg(3),
    'test/others/c.JPEG': jpeg(4),
  }
  found = imagenet.open_imagenet(put(tmp_path, pictures))
  assert found.keys == (
    'test/n01440764/a.JPEG', 'train/n01440764_1', 'val/ILSVRC2012_val_00000001',
  )  # fmt: skip
  assert found.held_out.tolist() == [True, False, True] and not found.bad
  assert [(why, n) for why, (n, _, _) in found.left_out.items()] == [
    ('in test/, a picture of no class', 2)
  ]
