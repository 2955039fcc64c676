"""Forms of pools and shards, of data that no run was made of."""

import hashlib
import io
import tarfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from prune_dm_jax.data import image_folder
from prune_dm_jax.data import manifest
from prune_dm_jax.data.digits import Digits
from prune_dm_jax.data.exports import chosen
from prune_dm_jax.data.exports import classes
from prune_dm_jax.data.exports import tar_keys
from prune_dm_jax.data.exports import trees
from prune_dm_jax.data.exports import uids

NOTHING = dict.fromkeys(('cluster', 'distance', 'score', 'error', 'rank'))


def png(i):
  file = io.BytesIO()
  Image.new('RGB', (4, 4), (i, 2 * i, 3 * i)).save(file, 'PNG')
  return file.getvalue()


def uid(i):
  return hashlib.md5(bytes([i])).hexdigest()


def of(path, kept, source=None):
  """The Chosen of data at a path, of which some indices are kept."""
  source = source or image_folder.open_folder(path)
  everyone = np.arange(len(source))
  table = manifest.table(source, everyone, kept, NOTHING)
  return chosen.Chosen(table, path, 'image_folder', source)


def folder(path, names):
  for i, name in enumerate(names):
    (path / name).parent.mkdir(parents=True, exist_ok=True)
    (path / name).write_bytes(png(i))
  return path


def tar(path, names):
  with tarfile.open(path, 'w') as file:
    for i, name in enumerate(names):
      data = png(i) if name.endswith('.png') else b'{}'
      info = tarfile.TarInfo(name)
      info.size = len(data)
      file.addfile(info, io.BytesIO(data))
  return path


def as_datacomp_reads(path):
  """uids as its resharder's pairs of integers, in order."""
  found = np.load(path)
  assert found.dtype == np.dtype('u8,u8') and found.ndim == 1
  numbers = [int(a) << 64 | int(b) for a, b in found]
  assert numbers == sorted(numbers)
  return [f'{number:032x}' for number in numbers]


def test_uids_are_taken_from_keys_and_sorted(tmp_path):
  names = [f'shard/{uid(i).upper()}.png' for i in range(9)]
  found = of(folder(tmp_path / 'set', names), [0, 3, 8])
  uids.datacomp(found, tmp_path / 'uids.npy')
  wanted = sorted(found.source.keys[i][6:38].lower() for i in (0, 3, 8))
  assert as_datacomp_reads(tmp_path / 'uids.npy') == wanted


@pytest.mark.parametrize('kind', ['parquet', 'arrow'])
def test_uids_are_taken_from_the_column_of_a_table(tmp_path, kind):
  pictures = [{'bytes': png(i), 'path': f'{9 - i}.png'} for i in range(9)]
  named = {'image': pictures, 'uid': [uid(i) for i in range(9)]}
  path = tmp_path / 'set'
  path.mkdir()
  file = path / f'train-00000-of-00001.{kind}'
  if kind == 'parquet':
    pq.write_table(pa.table(named), file, row_group_size=4)
  else:
    with pa.ipc.new_stream(file, pa.table(named).schema) as writer:
      writer.write_table(pa.table(named))
  found = of(path, [0, 4, 8])
  uids.datacomp(found, tmp_path / 'uids.npy')
  numbers = [9 - int(key.split('/')[-1][0]) for key in found.keys]
  wanted = sorted(uid(i) for i in numbers)
  assert as_datacomp_reads(tmp_path / 'uids.npy') == wanted


@pytest.mark.parametrize(
  ('name', 'why'),
  [
    (f'{uid(1)[:31]}.png', 'says no uid'),
    (f'{uid(1)}0.png', 'says no uid'),
    (f'{uid(1)}/{uid(2)}.png', 'says no uid'),
    (f'again/{uid(0)}.png', 'there twice'),
  ],
)
def test_keys_without_one_uid_each_are_refused(tmp_path, name, why):
  found = of(folder(tmp_path / 'set', [f'a/{uid(0)}.png', name]), [0, 1])
  with pytest.raises(ValueError, match=why):
    uids.datacomp(found, tmp_path / 'uids.npy')
  assert not (tmp_path / 'uids.npy').exists()


MEMBERS = ('./0001.png', './0001.json', './a.b/2.seg.png', './a.b/3.png')


def test_samples_have_the_shard_and_the_key_of_webdataset(tmp_path):
  found = of(tar(tmp_path / '00042.tar', MEMBERS), [0, 1])
  tar_keys.webdataset(found, tmp_path / 'kept.txt')
  said = (tmp_path / 'kept.txt').read_text().splitlines()
  assert said == ['00042.tar/./0001', '00042.tar/./a.b/2']


@pytest.mark.slow
def test_webdataset_finds_what_is_kept_by_its_shard_and_key(tmp_path):
  webdataset = pytest.importorskip(
    'webdataset', reason='pip install webdataset'
  )
  found = of(tar(tmp_path / '00042.tar', MEMBERS), [0, 1])
  tar_keys.webdataset(found, tmp_path / 'kept.txt')
  kept = set((tmp_path / 'kept.txt').read_text().splitlines())
  samples = webdataset.WebDataset(
    str(tmp_path / '00042.tar'), shardshuffle=False
  )
  name = lambda s: f'{s["__url__"].split("/")[-1]}/{s["__key__"]}'
  assert [name(s) in kept for s in samples] == [True, True, False]


@pytest.mark.parametrize(
  ('names', 'why'),
  [
    (('1.png', '1.two.png'), "'1.two.png' is not kept, but another"),
    (('a/1.png', 'a/2.png', '3.zip'), None),
  ],
)
def test_a_sample_that_is_kept_in_part_is_refused(tmp_path, names, why):
  found = of(tar(tmp_path / '0.tar', names), [0])
  if why:
    with pytest.raises(ValueError, match=why):
      tar_keys.webdataset(found, tmp_path / 'kept.txt')
  else:
    tar_keys.webdataset(found, tmp_path / 'kept.txt')
    assert (tmp_path / 'kept.txt').read_text() == '0.tar/a/1\n'


def test_data_that_are_no_files_are_refused_in_a_sentence(tmp_path):
  digits = of(tmp_path, [0, 1], Digits())
  for write in (
    trees.links,
    classes.edm,
    classes.fiftyone,
    tar_keys.webdataset,
  ):
    with pytest.raises(ValueError, match='in memory'):
      write(digits, tmp_path / 'kept')
  shard = of(tar(tmp_path / '0.tar', ['a/1.png', 'b/2.png']), [0])
  with pytest.raises(ValueError, match='0.tar .*files in folders; unpack it'):
    trees.copies(shard, tmp_path / 'kept')
  assert [p.name for p in tmp_path.iterdir()] == ['0.tar']


def test_paths_of_an_archive_have_the_folder_that_keys_leave_away(tmp_path):
  names = ['all/a/1.png', 'all/a/2.png', 'all/b/1.png']
  found = of(tar(tmp_path / '0.tar', names), [0, 2])
  classes.edm(found, tmp_path / 'dataset.json')
  said = (tmp_path / 'dataset.json').read_text()
  assert said == '{"labels": [["all/a/1.png", 0], ["all/b/1.png", 1]]}'


def test_two_files_that_are_one_to_fiftyone_are_refused(tmp_path):
  data = folder(tmp_path / 'set', ['a/1.png', 'b/2.png', 'b/2.jpg.png'])
  (data / 'b/2.bmp').write_bytes(png(7))
  with pytest.raises(ValueError, match='b/2.bmp and b/2.png are one picture'):
    classes.fiftyone(of(data, [0]), tmp_path / 'labels.json')


def test_pictures_without_classes_are_said_to_have_none(tmp_path):
  found = of(folder(tmp_path / 'set', ['1.png', '2.png', '3.png']), [0, 2])
  classes.edm(found, tmp_path / 'dataset.json')
  classes.huggingface(found, tmp_path / 'metadata.jsonl')
  assert (tmp_path / 'dataset.json').read_text() == '{"labels": null}'
  assert (tmp_path / 'metadata.jsonl').read_text() == (
    '{"file_name": "1.png"}\n{"file_name": "3.png"}\n'
  )


@pytest.mark.parametrize(
  ('out', 'wanted'),
  [
    ('metadata.jsonl', 'train/a/1.png'),
    ('kept/train/metadata.jsonl', 'a/1.png'),
    ('train/metadata.jsonl', 'train/a/1.png'),
    ('kept/val/metadata.jsonl', 'train/a/1.png'),
  ],
)
def test_paths_are_from_the_folder_of_a_split_if_the_file_is_in_it(
  tmp_path, out, wanted
):
  """A train/ that has a train/ of its own is the folder of all."""
  names = ['train/a/1.png', 'train/b/1.png', 'val/a/1.png', 'val/b/1.png']
  found = of(folder(tmp_path / 'set', names), [0, 1])
  (tmp_path / out).parent.mkdir(parents=True, exist_ok=True)
  folder(tmp_path / 'train', names[:2])
  classes.huggingface(found, tmp_path / out)
  first = (tmp_path / out).read_text().splitlines()[0]
  assert first == f'{{"file_name": "{wanted}", "label": "a"}}'
