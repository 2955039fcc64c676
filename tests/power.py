"""The power goes: every state in which a disk may be found then.

While something is written, calls that change names or bring bytes to the disk are
recorded. Of a file the bytes of its last fsync are sure, of a folder the names of
its own; what came after may be there, in part, or not at all, and names may be
there without bytes. What is only in the order of writes within a file is not
told apart: it is none of it, half of it, or all.
"""

import itertools
import os
import stat
from typing import NamedTuple
from unittest import mock

NAMES = ('rename', 'replace', 'mkdir', 'unlink', 'rmdir', 'link', 'symlink')


class Tree(NamedTuple):
  """What a disk holds: numbers of inodes for names, and bytes for numbers."""

  folders: dict
  files: dict


def seen(root):
  """The Tree under a folder, as programs see it."""
  folders, files = {}, {}
  for path, inside, names in os.walk(root):
    entries = {n: os.lstat(f'{path}/{n}').st_ino for n in (*inside, *names)}
    folders[os.stat(path).st_ino] = entries
    for name in names:
      with open(f'{path}/{name}', 'rb') as file:
        files[entries[name]] = file.read()
  return Tree(folders, files)


class Recorder:
  """Moments (what is sure, what is seen) before each call, and at the end."""

  def __init__(self, root):
    self.root, self.moments, self.held = root, [], {}
    self.number = os.stat(root).st_ino
    self.sure = self.seen()

  def seen(self):
    """The Tree now; no number is given again to another file."""
    tree = seen(self.root)
    for path, _, names in os.walk(self.root):
      for name in names:
        number = os.lstat(f'{path}/{name}').st_ino
        if number not in self.held:
          self.held[number] = open(f'{path}/{name}', 'rb')
    return tree

  def close(self):
    for file in self.held.values():
      file.close()

  def moment(self):
    copy = Tree(dict(self.sure.folders), dict(self.sure.files))
    self.moments.append((copy, self.seen()))

  def synced(self, call, file):
    number = file if isinstance(file, int) else file.fileno()
    self.moment()
    call(file)
    about, now = os.fstat(number), self.seen()
    if stat.S_ISDIR(about.st_mode):
      self.sure.folders[about.st_ino] = now.folders.get(about.st_ino, {})
    else:
      self.sure.files[about.st_ino] = now.files.get(about.st_ino, b'')

  def run(self, write):
    """write(), recorded."""
    calls = {name: getattr(os, name) for name in (*NAMES, 'fsync', 'fdatasync')}

    def named(name):
      def call(*args, **options):
        self.moment()
        return calls[name](*args, **options)

      return call

    fakes = {name: named(name) for name in NAMES}
    for name in ('fsync', 'fdatasync'):
      fakes[name] = lambda file, c=calls[name]: self.synced(c, file)
    with mock.patch.multiple(os, **fakes):
      write()
    self.moment()
    self.close()


def listed(tree, number, names, bytes_of, at='.'):
  """(path, bytes; None for a folder) of all in a folder of a Tree."""
  for name, inside in sorted(names(number).items()):
    if inside in tree.folders:
      yield f'{at}/{name}', None
      yield from listed(tree, inside, names, bytes_of, f'{at}/{name}')
    else:
      yield f'{at}/{name}', bytes_of(inside)


def put(content, folder):
  """Writes what `listed` gives."""
  os.makedirs(folder)
  for name, data in content:
    if data is None:
      os.mkdir(f'{folder}/{name}')
    else:
      with open(f'{folder}/{name}', 'wb') as file:
        file.write(data)
  return folder


HALVES = (0, 0.5, 1)
"""Which part of the bytes that are not sure is there."""


def states(recorder, *, since=0):
  """Each state of the moments since one, once, as `listed` gives it."""
  found = set()
  for sure, now in recorder.moments[since:]:
    changed = [
      n for n in now.folders if now.folders[n] != sure.folders.get(n, {})
    ]
    for kept in itertools.product((False, True), repeat=len(changed)):
      stay = {n for n, k in zip(changed, kept, strict=True) if not k}

      def names(n, stay=stay, sure=sure, now=now):
        return sure.folders.get(n, {}) if n in stay else now.folders.get(n, {})

      for share in HALVES:

        def lost(n, share=share, sure=sure, now=now):
          old, new = sure.files.get(n, b''), now.files.get(n)
          if new is None or new == old:
            return old
          return old if not share else new[: int(share * len(new))]

        whole = Tree({**sure.folders, **now.folders}, {})
        content = tuple(listed(whole, recorder.number, names, lost))
        if content not in found:
          found.add(content)
          yield content
