"""Why a picture was kept or pruned: what a cell knows of it, and what is near.

  prune-dm explain CELL KEY [--out=PAGE.html]

KEY is a picture's key, or the end of one that means no other, as its file's name.
Says its score, rank, cluster and threshold, its twins, and the nearest pictures
that were kept and that were pruned, if the features are on disk. --out writes
the same with the pictures.
"""

import pathlib

from prune_dm_jax.data.lists import one_name
from prune_dm_jax.report import explanation
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import cells
from prune_dm_jax.run import command_line
from prune_dm_jax.stages import drawn
from prune_dm_jax.stages import explained

SIZE = 128
"""Of a picture on the page, at most."""


def options(argv):
  parser = command_line.parser('explain', __doc__)
  path = pathlib.Path
  parser.add_argument('cell', type=path)
  parser.add_argument('key')
  parser.add_argument('--out', type=path, help='a page with the pictures')
  return parser.parse_args(argv)


def main(argv):
  command_line.carry_out('explain', explain, options(argv))


def explain(given):
  """Prints what is known, and writes the page if asked to."""
  cells.check(given.cell)
  check_page(given.out)
  run = cells.opened(given.cell)
  index = one_name.place(given.key, run.source, run.config.data.path)
  found = explained.explain(run, given.cell, index)
  others = {h: [said for _, said in rows] for h, rows in found.others.items()}
  print(explanation.text(found.rows, others))
  if given.out:
    text = page(run, given.cell, found)
    artifacts.write(given.out, lambda path: path.write_text(text))
    print(given.out)


def check_page(path):
  """Raises ValueError if a page is not to be written there."""
  if path and path.suffix.lower() not in ('.html', '.htm'):
    raise ValueError(f'--out={path}: a page is an .html')
  if path and path.exists():
    raise ValueError(f'--out={path} is there already; name another')


def page(run, cell, found):
  """The text of the page."""
  size, table = min(SIZE, run.config.data.image_size), cells.manifest(cell)
  key = run.source.keys[found.index]
  sections = {'The picture': [(found.index, '')], **found.others}
  shown = {}
  for heading, rows in sections.items():
    indices, said = [i for i, _ in rows], [text for _, text in rows]
    names = [text or key for text in said]
    words = list(zip(names, explained.kinds(table, indices), strict=True))
    images = drawn.pictures(
      run.source, indices, words, size=size, crop=run.config.data.crop
    )
    shown[heading] = images, list(filter(None, said))
  title = f'{key} in {cell.name}'
  return explanation.text_page(title, found.rows, shown, side=drawn.side(size))
