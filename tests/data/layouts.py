"""Small sets of real pictures, named exactly as the published ones are."""

import gzip
import io
import json
import struct
import tarfile
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from photographs import crop
from photographs import encoded
from photographs import jpeg
from photographs import put

SYNSETS = ('n01440764', 'n02979186', 'n03394916')
CATEGORIES = {'0023-fe0f-20e3.png': 'Symbols', '1f385.png': 'People & Body'}


def imagenet():
  """(split, synset, name, bytes) of 12 training and 6 validation pictures."""
  for i in range(12):
    synset = SYNSETS[i % 3]
    yield 'train', synset, f'{synset}_{10026 + i}.JPEG', jpeg(i)
  for i in range(6):
    yield (
      'val',
      SYNSETS[i % 3],
      f'ILSVRC2012_val_{293 + i:08d}.JPEG',
      jpeg(20 + i),
    )


def image_folder_tree(folder):
  files = {f'{s}/{c}/{name}': data for s, c, name, data in imagenet()}
  return put(folder, files)


def solution():
  """Kaggle's LOC_val_solution.csv."""
  rows = ['ImageId,PredictionString']
  for split, synset, name, _ in imagenet():
    if split == 'val':
      box = f'{synset} 85 1 499 272 '
      rows.append(f'{name.removesuffix(".JPEG")},{box}{box}')
  return '\n'.join(rows).encode()


def kaggle(folder):
  files = {'LOC_val_solution.csv': solution()}
  for split, synset, name, data in imagenet():
    within = f'{synset}/{name}' if split == 'train' else name
    files[f'ILSVRC/Data/CLS-LOC/{split}/{within}'] = data
  files['ILSVRC/Data/CLS-LOC/test/ILSVRC2012_test_00000001.JPEG'] = jpeg(0)
  return put(folder, files)


def tar(files):
  """The bytes of an archive of name -> bytes."""
  file = io.BytesIO()
  with tarfile.open(fileobj=file, mode='w') as archive:
    for name, data in files.items():
      info = tarfile.TarInfo(name)
      info.size = len(data)
      archive.addfile(info, io.BytesIO(data))
  return file.getvalue()


def tar_of_tars(folder):
  inner = {
    f'{s}.tar': tar({n: d for _, c, n, d in imagenet() if n.startswith(s)})
    for s in SYNSETS
  }
  val = {name: data for split, _, name, data in imagenet() if split == 'val'}
  return put(
    folder,
    {
      'ILSVRC2012_img_train.tar': tar(inner),
      'ILSVRC2012_img_val.tar': tar(val),
      'LOC_val_solution.csv': solution(),
    },
  )


def array_record(folder, name='imagenet2012', version='5.1.0'):
  """What tfds prepares, by its own writer, without TensorFlow."""
  import tensorflow_datasets as tfds

  features = {
    'image': tfds.features.Image(encoding_format='jpeg'),
    'label': tfds.features.ClassLabel(names=SYNSETS),
    'file_name': tfds.features.Text(),
  }
  examples = {
    split: {
      n: {'image': io.BytesIO(d), 'label': SYNSETS.index(c), 'file_name': n}
      for s, c, n, d in imagenet()
      if split.startswith(s)
    }
    for split in ('train', 'validation')
  }
  return prepared(folder, name, version, features, examples)


def prepared(folder, named, version, features, examples):
  """A folder of ArrayRecord: examples are split -> key -> example."""
  import tensorflow_datasets as tfds

  class Toy(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    name = named
    VERSION = tfds.core.Version(version)

    def _info(self):
      return tfds.core.DatasetInfo(
        builder=self, features=tfds.features.FeaturesDict(features)
      )

    def _split_generators(self, manager):
      return {split: self._generate_examples(split) for split in examples}

    def _generate_examples(self, split):
      yield from examples[split].items()

  Toy(data_dir=folder, file_format='array_record').download_and_prepare()
  return folder / named


def parquet(folder):
  """imagenet-1k of Hugging Face: names end in the synset, groups are small."""
  names = json.dumps(
    {'info': {'features': {'label': {'names': list(SYNSETS)}}}}
  )
  for split, begin in (('train', 'train'), ('validation', 'val')):
    rows = [row for row in imagenet() if row[0] == begin]
    image = [
      {'bytes': data, 'path': f'{name.removesuffix(".JPEG")}_{synset}.JPEG'}
      for _, synset, name, data in rows
    ]
    label = [SYNSETS.index(synset) for _, synset, _, _ in rows]
    table = pa.table({'image': image, 'label': pa.array(label, pa.int64())})
    table = table.replace_schema_metadata({'huggingface': names})
    (folder / 'data').mkdir(exist_ok=True)
    file = folder / 'data' / f'{split}-00000-of-00001.parquet'
    pq.write_table(table, file, row_group_size=5)
  return folder


def faces(folder):
  """CelebAMask-HQ, less its masks."""
  names = [f'CelebAMask-HQ/CelebA-HQ-img/{i}.jpg' for i in range(15)]
  put(folder, {name: jpeg(i) for i, name in enumerate(names)})
  return folder / 'CelebAMask-HQ'


def celeb_a_hq(folder):
  import tensorflow_datasets as tfds

  features = {
    'image': tfds.features.Image(encoding_format='png'),
    'image/filename': tfds.features.Text(),
  }
  train = {
    i: {
      'image': io.BytesIO(encoded(crop(i), 'PNG')),
      'image/filename': f'{i + 1:05d}.png',
    }
    for i in range(15)
  }
  return prepared(folder, 'celeb_a_hq', '2.0.0', features, {'train': train})


def pets(folder):
  names = [f'{"cat" if i % 3 else "dog"}/{i}.jpg' for i in range(9)]
  return put(folder, {name: jpeg(i) for i, name in enumerate(names)})


def zipped(folder):
  with zipfile.ZipFile(folder / 'pets.zip', 'w') as archive:
    for i in range(9):
      packed = zipfile.ZIP_DEFLATED if i % 2 else zipfile.ZIP_STORED
      name = f'pets/{"cat" if i % 3 else "dog"}/{i}.jpg'
      archive.writestr(name, jpeg(i), packed)
  return folder / 'pets.zip'


def idx(array):
  """The bytes of an IDX file."""
  sizes = struct.pack(f'>{array.ndim}I', *array.shape)
  return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def grey(number):
  """uint8 [number, 28, 28] of the photographs, and labels [number]."""
  tiles = [crop(i)[:28, :28].mean(axis=-1) for i in range(number)]
  return np.stack(tiles).astype(np.uint8), np.arange(
    number, dtype=np.uint8
  ) % 10


def fashion_mnist(folder, pack=gzip.compress, end='.gz'):
  files = {}
  for part, number in (('train', 25), ('t10k', 12)):
    images, labels = grey(number)
    files[f'{part}-images-idx3-ubyte{end}'] = pack(idx(images))
    files[f'{part}-labels-idx1-ubyte{end}'] = pack(idx(labels))
  return put(folder, files)


def emoji(folder):
  tone = {'image': '1f385-1f3fb.png', 'has_img_google': True}
  entries = [
    {'image': image, 'category': category, 'has_img_google': True}
    for image, category in CATEGORIES.items()
  ]
  entries[1]['skin_variations'] = {'1F3FB': tone}
  entries.append(
    {'image': 'x.png', 'category': 'Flags', 'has_img_google': False}
  )
  names = [*CATEGORIES, '1f385-1f3fb.png']
  pictures = {
    f'img/google/64/{name}': encoded(crop(i), 'PNG')
    for i, name in enumerate(names)
  }
  return put(folder, {'emoji.json': json.dumps(entries).encode(), **pictures})


IMAGENET = {
  'ImageFolder, train/ and val/': image_folder_tree,
  'Kaggle, CLS-LOC': kaggle,
  'the tar of tars': tar_of_tars,
  'TFDS, ArrayRecord': array_record,
  'Hugging Face, Parquet': parquet,
}

SETS = {
  'digits': lambda folder: '',
  'blurred_digits': lambda folder: '',
  'doubled_digits': lambda folder: '',
  'mislabelled_digits': lambda folder: '',
  'noisy_digits': lambda folder: '',
  'fashion_mnist': fashion_mnist,
  'image_folder': pets,
  'celebahq': faces,
  'imagenet': image_folder_tree,
  'emoji': emoji,
}
"""A row of SOURCES each."""
