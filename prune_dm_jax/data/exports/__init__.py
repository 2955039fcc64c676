"""What was kept, as other programs take it. A form is a row in FORMS.

A form writes a file, or a folder, of a Chosen. Paths of pictures are relative to
where the data is, so that they hold beside any copy of it.
"""

import pathlib
from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.data.exports import classes
from prune_dm_jax.data.exports import plain
from prune_dm_jax.data.exports import tar_keys
from prune_dm_jax.data.exports import trees
from prune_dm_jax.data.exports import uids


class Form(NamedTuple):
  about: str
  end: str
  """With what the name of its file ends; '' of a folder."""
  write: Callable
  """(chosen, path) -> None; raises ValueError, as what cannot be said so."""
  of_pictures: bool = True
  """Whether it asks for more than the manifest says."""


FORMS = {
  'txt': Form('keys, one a line', '.txt', plain.txt, False),
  'npy': Form('indices, and of which data', '.npz', plain.npz, False),
  'csv': Form('all rows: class, score, keep, reason', '.csv', plain.csv),
  'huggingface': Form(
    'metadata of imagefolder', 'metadata.jsonl', classes.huggingface
  ),
  'fiftyone': Form('FiftyOne classes', '.json', classes.fiftyone),
  'edm': Form('labels of EDM, StyleGAN', 'dataset.json', classes.edm),
  'datacomp': Form('uids, sorted', '.npy', uids.datacomp),
  'webdataset': Form('SHARD/KEY, one a line', '.txt', tar_keys.webdataset),
  'links': Form('a folder of links to the pictures', '', trees.links),
  'copies': Form('a folder of copies', '', trees.copies),
}
"""--to -> its Form."""


def check(name, path, root):
  """Raises ValueError if a form cannot be written at a path.

  Args:
    name: A row of FORMS.
    path: Where it is to be.
    root: Where the data is; '' of what is in memory.
  """
  end = FORMS[name].end
  if not path.name.endswith(end):
    why = f'{name} is a file whose name ends with {end}'
    if name == 'npy' and path.suffix == '.npy':
      why = (
        'indices alone do not say of which data they are; --to=npy writes '
        "`index` and `fingerprint` to an .npz, and the cell's kept_idx.npy are "
        'the indices alone'
      )
    raise ValueError(f'--out={path}: {why}')
  if path.exists() or path.is_symlink():
    raise ValueError(f'--out={path} is there already; name another')
  folder = pathlib.Path(root).resolve()
  if root and folder.is_dir() and path.resolve().is_relative_to(folder):
    raise ValueError(
      f'--out={path} is within the data, {root}, which would be other data '
      'with it; name a place outside'
    )
