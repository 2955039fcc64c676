"""A folder of the pictures that are kept, under the paths that they have.

It is made under another name, and has its own once it is whole. Pictures are
read, and never written, moved or deleted.
"""

import os
import shutil

from prune_dm_jax.data.exports import files


def links(chosen, path):
  """Symbolic links to where the files are."""
  fill(chosen, path, os.symlink)


def copies(chosen, path):
  """Files of their own, with the times of the others."""
  fill(chosen, path, copied)


def copied(source, target):
  if os.path.lexists(target):
    raise FileExistsError(None, os.strerror(17), target)
  shutil.copy2(source, target)


def fill(chosen, path, put):
  """put(file, its place under `path`) for each, and the folder's name after."""
  sources, names = files.paths(chosen)
  partial = path.with_name(f'{path.name}.partial-{os.getpid()}')
  partial.mkdir()
  try:
    for source, name in zip(sources, names, strict=True):
      target = partial / name
      target.parent.mkdir(parents=True, exist_ok=True)
      put(source, target)
    named(partial, path)
  except BaseException:  # Ctrl-C, say: what was made here goes, and no more.
    shutil.rmtree(partial, ignore_errors=True)
    raise


def named(partial, path):
  """Gives a folder its name, if nothing has it by now."""
  path.mkdir()  # Raises if there is anything; a rename would be silent.
  partial.rename(path)
