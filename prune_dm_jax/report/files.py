"""The files beside a page, each with a link and what it is."""

import html
import urllib.parse

from prune_dm_jax.report import page

ABOUT = {
  'kept.txt': 'the keys of what is kept, a line each',
  'pruned.txt': 'the keys of what is pruned',
  'kept_idx.npy': 'their places in the data',
  'manifest.parquet': 'every picture: class, cluster, score, rank, and why',
  'selection.json': 'how it was chosen, and the fingerprint of the data',
  'gallery.html': 'pictures kept, borderline and pruned',
  'groups.parquet': 'twins, group by group',
  'metrics.json': 'every number of this page, unrounded',
  'nearest.json': 'the samples nearest to training pictures',
  'config.json': 'every setting',
  'samples/images.npy': 'the samples',
  'digests.json': 'SHA-256 of every file',
}


def table(folder):
  """A row for each file of ABOUT that a folder has."""
  rows = [
    (page.Html(link(name)), said, size((folder / name).stat().st_size))
    for name, said in ABOUT.items()
    if (folder / name).is_file()
  ]
  return page.table(('file', 'what it is', 'size'), rows)


def link(name):
  return f'<a href="{urllib.parse.quote(name)}">{html.escape(name)}</a>'


def size(number):
  """Bytes as a person says them."""
  for unit in ('bytes', 'kB', 'MB'):
    if number < 1000:
      return f'{number:.3g} {unit}'
    number /= 1000
  return f'{number:.3g} GB'
