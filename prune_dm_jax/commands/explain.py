"""Why a picture was kept or pruned: what a cell knows of it, and what is near.

  prune-dm explain CELL KEY [--out=PAGE.html]
  prune-dm explain CELL --sample=7 [--out=PAGE.html]

KEY is a picture's key, or the end of one that means no other, as its file's name.
Says its score, rank, cluster and threshold, its twins, and the nearest pictures
that were kept and that were pruned, if the features are on disk. --sample asks of
one of <cell>/samples, counted from 0, which training pictures it owes itself to:
those whose losses move most when the model takes a step on it, beside the nearest
by features; those drawn by config.sample.other_weights are not asked of. --out
writes the same with the pictures.
"""

import pathlib

from prune_dm_jax.data.lists import one_name
from prune_dm_jax.report import explanation
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import cells
from prune_dm_jax.run import command_line
from prune_dm_jax.stages import drawn
from prune_dm_jax.stages import explained
from prune_dm_jax.stages import explained_sample

SIZE = 128
"""Of a picture on the page, at most."""


def options(argv):
  parser = command_line.parser('explain', __doc__)
  path = pathlib.Path
  parser.add_argument('cell', type=path)
  asked = parser.add_mutually_exclusive_group(required=True)
  asked.add_argument('key', nargs='?')
  asked.add_argument('--sample', type=int, help='of a sample, in place of KEY')
  parser.add_argument('--out', type=path, help='a page with the pictures')
  return parser.parse_args(argv)


def main(argv):
  command_line.carry_out('explain', explain, options(argv))


def explain(given):
  """Prints what is known, and writes the page if asked to."""
  cells.check(given.cell)
  check_page(given.out)
  run = cells.opened(given.cell)
  found = of_sample(run, given) if given.key is None else of_key(run, given)
  others = {h: [said for _, said in rows] for h, rows in found.others.items()}
  print(explanation.text(found.rows, others))
  if given.out:
    text = page(run, given.cell, found, given.sample)
    artifacts.write_text(given.out, text)
    print(given.out)


def of_key(run, given):
  """The Explained of a picture of the data."""
  index = one_name.place(given.key, run.source, run.config.data.path)
  return explained.explain(run, given.cell, index)


def of_sample(run, given):
  """The Explained of a sample."""
  return explained_sample.explain(run, given.cell, given.sample)


def check_page(path):
  """Raises ValueError if a page is not to be written there."""
  if path and path.suffix.lower() not in ('.html', '.htm'):
    raise ValueError(f'--out={path}: a page is an .html')
  if path and path.exists():
    raise ValueError(f'--out={path} is there already; name another')


def page(run, cell, found, sample):
  """The text of the page."""
  size, table = min(SIZE, run.config.data.image_size), cells.manifest(cell)
  title, first = subject(run, cell, found, sample, size)
  shown = {'The picture': (first, [])}
  for heading, rows in found.others.items():
    indices, said = [i for i, _ in rows], [text for _, text in rows]
    images = pictures(run, indices, said, explained.kinds(table, indices), size)
    shown[heading] = images, said
  title = f'{title} in {cell.name}'
  return explanation.text_page(title, found.rows, shown, side=drawn.side(size))


def subject(run, cell, found, sample, size):
  """What the page is of, in words, and its picture."""
  if sample is None:
    key = run.source.keys[found.index]
    kinds = explained.kinds(cells.manifest(cell), [found.index])
    return key, pictures(run, [found.index], [key], kinds, size)
  name, batch = f'sample {sample}', explained_sample.picture(cell, sample)
  return name, drawn.images_of(batch, [(name, '')], size=batch.shape[1])


def pictures(run, indices, said, kinds, size):
  """Images of pictures of the data, see `drawn`."""
  words, crop = list(zip(said, kinds, strict=True)), run.config.data.crop
  return drawn.pictures(run.source, indices, words, size=size, crop=crop)
