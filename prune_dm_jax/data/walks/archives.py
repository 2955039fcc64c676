"""What an archive is, by its first bytes: its name may say another."""

from prune_dm_jax.data.walks import file_names

PACKED = {
  '.gz': 'gzip', '.tgz': 'gzip', '.bz2': 'bzip2', '.tbz': 'bzip2',
  '.tbz2': 'bzip2', '.xz': 'xz', '.txz': 'xz', '.zst': 'zstd', '.tzst': 'zstd',
}  # fmt: skip
"""Suffix -> the program that unpacks it."""

MAGIC = {
  b'\x1f\x8b': '.gz', b'BZh': '.bz2', b'\xfd7zXZ': '.xz',
  b'\x28\xb5\x2f\xfd': '.zst', b'PK\3\4': '.zip', b'7z\xbc\xaf': '.7z',
  b'Rar!': '.rar', b'version https://git-lfs': '.lfs', b'<!DO': '.html',
  b'<!do': '.html', b'<htm': '.html',
}  # fmt: skip
"""First bytes -> the suffix that would be right."""

USTAR = b'ustar'
"""From byte 257 on of a .tar."""

ADVICE = {
  '.7z': '; unpack it, and give the folder',
  '.rar': '; unpack it, and give the folder',
  '.lfs': ', but a pointer of Git LFS; `git lfs pull` brings the archive',
  '.html': ', but a web page, which may say why; download the archive again',
}
"""Suffix -> what would do."""


def suffix(path):
  """The suffix of a file; that of what it is, if it is called .zip or .tar."""
  named = path.suffix.lower()
  if named not in ('.zip', '.tar'):
    return named
  with open(path, 'rb') as file:
    begin = file.read(262)
  if begin[257:] == USTAR:
    return '.tar'
  found = [right for magic, right in MAGIC.items() if begin.startswith(magic)]
  return found[0] if found else named


OF_FOLDERS = (*file_names.SUFFIXES, '.csv', '.tsv', '.json', '.jsonl', '.txt')
"""Of files of a set, and none of a whole one."""


def advice(suffix):
  """What would do in place of a file of this suffix."""
  other = '; pictures are read from files, a .zip or .tar, Parquet or Arrow'
  if suffix in OF_FOLDERS:
    other = '; give the folder that it is in'
  return ADVICE.get(suffix, other)
