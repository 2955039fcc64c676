"""What a cell kept, in every form, read as the programs that it is for read it."""

import collections
import csv
import json
import os
import pathlib
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest

from prune_dm_jax.commands import export
from prune_dm_jax.data import exports
from prune_dm_jax.data import lists
from prune_dm_jax.data.exports import trees
from prune_dm_jax.run import cells

ENDS = {
  name: form.end if form.end[:1] != '.' else f'kept{form.end}'
  for name, form in exports.FORMS.items()
}


def taken(cell, to, out):
  export.export(export.options([str(cell), f'--to={to}', f'--out={out}']))
  return out


def kept(cell):
  """The keys that a cell kept, from its manifest alone."""
  rows = pq.read_table(cell / 'manifest.parquet').to_pylist()
  return [row['key'] for row in rows if row['keep']]


@pytest.mark.parametrize('to', ['txt', 'npy', 'csv'])
def test_our_own_reader_takes_a_list_back_without_a_word(
  tiny, to, tmp_path, caplog
):
  path = taken(tiny.clustered, to, tmp_path / ENDS[to])
  source = cells.opened(tiny.clustered).source
  caplog.clear()
  found = lists.read_list(path, source)
  assert [source.keys[i] for i in found] == kept(tiny.clustered)
  assert caplog.messages == []


def test_a_csv_has_every_picture_with_its_class_and_reason(tiny, tmp_path):
  path = taken(tiny.clustered, 'csv', tmp_path / 'all.csv')
  with path.open(newline='', encoding='utf-8') as file:
    rows = list(csv.DictReader(file))
  assert [row['class'] for row in rows] == [
    row['key'].split('/')[0] for row in rows
  ]
  counted = collections.Counter((row['keep'], row['reason']) for row in rows)
  assert set(counted) == {('1', 'kept'), ('0', 'pruned'), ('0', 'held_out')}
  assert counted['1', 'kept'] == len(kept(tiny.clustered))
  assert all(
    (row['score'] == '') == (row['reason'] == 'held_out') for row in rows
  )


def test_hugging_face_metadata_names_files_and_classes(tiny, tmp_path):
  path = taken(tiny.clustered, 'huggingface', tmp_path / 'metadata.jsonl')
  rows = [json.loads(line) for line in path.read_text('utf-8').splitlines()]
  assert [row['file_name'] for row in rows] == kept(tiny.clustered)
  for row in rows:
    assert (tiny.data / row['file_name']).is_file()
    assert row == {'file_name': row['file_name'],
                   'label': row['file_name'].split('/')[0]}  # fmt: skip


def test_fiftyone_finds_each_file_by_its_name_without_a_suffix(tiny, tmp_path):
  path = taken(tiny.clustered, 'fiftyone', tmp_path / 'labels.json')
  said = json.loads(path.read_text('utf-8'))
  files = {
    os.path.splitext(file.relative_to(tiny.data).as_posix())[
      0
    ]: file.parent.name
    for file in tiny.data.rglob('*.png')
  }
  found = {name: said['classes'][i] for name, i in said['labels'].items()}
  assert set(said) == {'classes', 'labels'}
  assert len(found) == len(kept(tiny.clustered))
  assert found.items() <= files.items()


def test_edm_finds_a_class_for_every_picture_of_the_folder(tiny, tmp_path):
  """As ImageFolderDataset does: all files below, in order, by their paths."""
  folder = taken(tiny.clustered, 'links', tmp_path / 'kept')
  path = taken(tiny.clustered, 'edm', folder / 'dataset.json')
  labels = dict(json.loads(path.read_text('utf-8'))['labels'])
  below = [
    os.path.relpath(os.path.join(root, name), folder)
    for root, _, names in os.walk(folder)
    for name in names
    if name.endswith('.png')
  ]
  assert sorted(below) == kept(tiny.clustered)
  found = np.array([labels[name] for name in sorted(below)])
  assert found.dtype == np.int64 and found.min() >= 0
  names = sorted(p.name for p in tiny.data.iterdir())
  assert [names[i] for i in found] == [n.split('/')[0] for n in sorted(below)]


def state(folder):
  """path -> bytes and times of all files under a folder."""
  return {
    p: (p.read_bytes(), p.stat().st_mtime_ns, p.lstat().st_ino)
    for p in folder.rglob('*.png')
  }


@pytest.mark.parametrize('to', ['links', 'copies'])
def test_a_tree_has_what_is_kept_and_the_data_stays_as_it_is(
  tiny, to, tmp_path
):
  before = state(tiny.data)
  tree = taken(tiny.clustered, to, tmp_path / 'deep/kept')
  assert state(tiny.data) == before
  files = sorted(p for p in tree.rglob('*') if not p.is_dir())
  found = [p.relative_to(tree).as_posix() for p in files]
  assert found == kept(tiny.clustered)
  for file, name in zip(files, found, strict=True):
    assert file.is_symlink() == (to == 'links')
    assert file.read_bytes() == (tiny.data / name).read_bytes()
  assert os.listdir(tmp_path / 'deep') == ['kept']


@pytest.mark.parametrize('to', ['links', 'copies'])
def test_a_tree_that_fails_leaves_nothing_and_takes_no_picture(
  tiny, to, tmp_path, monkeypatch
):
  before, done = state(tiny.data), []

  def named(partial, path):
    done.extend(partial.rglob('*.png'))
    raise OSError(28, 'No space left on device', str(path))

  monkeypatch.setattr(trees, 'named', named)
  with pytest.raises(OSError, match='No space'):
    taken(tiny.clustered, to, tmp_path / 'kept')
  assert len(done) == len(kept(tiny.clustered))
  assert os.listdir(tmp_path) == [] and state(tiny.data) == before


def test_what_came_to_have_the_name_meanwhile_is_not_written_over(tmp_path):
  (tmp_path / 'partial').mkdir()
  (tmp_path / 'kept').mkdir()
  with pytest.raises(FileExistsError):
    trees.named(tmp_path / 'partial', tmp_path / 'kept')


@pytest.mark.parametrize('to', exports.FORMS)
def test_what_is_there_is_not_written_over(tiny, to, tmp_path):
  path = tmp_path / ENDS[to] if ENDS[to] else tmp_path / 'kept'
  path.symlink_to(tmp_path / 'nowhere')
  with pytest.raises(ValueError, match='is there already; name another'):
    taken(tiny.clustered, to, path)
  assert not path.exists() and path.is_symlink()


@pytest.mark.parametrize('to', exports.FORMS)
def test_nothing_is_written_into_the_data(tiny, to):
  path = tiny.data / 'cat' / (ENDS[to] or 'kept')
  with pytest.raises(ValueError, match='is within the data'):
    taken(tiny.clustered, to, path)
  assert not path.exists()


@pytest.mark.parametrize('to', [name for name in ENDS if ENDS[name]])
def test_a_file_by_a_name_that_its_reader_would_not_take_is_refused(tiny, to):
  with pytest.raises(ValueError, match=f'{to} is a file whose name ends with'):
    taken(tiny.clustered, to, pathlib.Path('kept.xyz'))


def test_indices_that_do_not_say_of_which_data_are_refused(tiny):
  with pytest.raises(ValueError, match='.npz.*kept_idx.npy'):
    taken(tiny.clustered, 'npy', pathlib.Path('kept.npy'))


def test_a_cell_is_refused_that_is_none_or_not_as_it_was(tiny, tmp_path):
  with pytest.raises(ValueError, match='no cell of a run.*config.json'):
    taken(tiny.data, 'txt', tmp_path / 'kept.txt')
  cell = shutil.copytree(tiny.clustered, tmp_path / 'cell')
  table = pq.read_table(cell / 'manifest.parquet')
  pq.write_table(table.slice(1), cell / 'manifest.parquet')
  with pytest.raises(ValueError, match='not the file that was written'):
    taken(cell, 'txt', tmp_path / 'kept.txt')


def test_a_cell_of_data_that_have_changed_is_refused(tiny, tmp_path):
  data = shutil.copytree(tiny.data, tmp_path / 'set')
  runs = tmp_path / 'runs'
  cell = shutil.copytree(tiny.clustered, runs / tiny.clustered.name)
  config = json.loads((cell / 'config.json').read_text())
  config['data']['path'] = str(data)
  (cell / 'config.json').write_text(json.dumps(config))
  (cell / 'digests.json').unlink()
  taken(cell, 'huggingface', tmp_path / 'metadata.jsonl')
  (data / 'cat/c 0.png').unlink()
  with pytest.raises(ValueError, match='a cell of other data'):
    taken(cell, 'links', tmp_path / 'kept')


@pytest.mark.slow
def test_datasets_of_hugging_face_reads_a_tree_and_its_metadata(tiny, tmp_path):
  datasets = pytest.importorskip('datasets', reason='pip install datasets')
  tree = taken(tiny.clustered, 'links', tmp_path / 'kept')
  taken(tiny.clustered, 'huggingface', tree / 'metadata.jsonl')
  found = datasets.load_dataset(
    'imagefolder', data_dir=str(tree), split='train',
    cache_dir=str(tmp_path / 'cache'),
  )  # fmt: skip
  assert found['label'] == [key.split('/')[0] for key in kept(tiny.clustered)]
  assert found[0]['image'].size == (8, 8)


@pytest.mark.slow
def test_the_image_folder_of_torchvision_reads_a_tree(tiny, tmp_path):
  torchvision = pytest.importorskip(
    'torchvision.datasets', reason='pip install torchvision'
  )
  tree = taken(tiny.clustered, 'copies', tmp_path / 'kept')
  found = torchvision.ImageFolder(str(tree))
  named = [found.classes[i] for i in found.targets]
  assert sorted(named) == sorted(k.split('/')[0] for k in kept(tiny.clustered))


@pytest.mark.slow
def test_fiftyone_reads_classes_of_the_data_in_place(tiny, tmp_path):
  fiftyone = pytest.importorskip('fiftyone', reason='pip install fiftyone')
  path = taken(tiny.clustered, 'fiftyone', tmp_path / 'labels.json')
  found = fiftyone.Dataset.from_dir(
    dataset_type=fiftyone.types.FiftyOneImageClassificationDataset,
    data_path=str(tiny.data), labels_path=str(path),
  )  # fmt: skip
  wanted = collections.Counter(k.split('/')[0] for k in kept(tiny.clustered))
  assert found.count_values('ground_truth.label') == wanted
