"""Takes what a cell kept to another program, as that program reads it.

  prune-dm export CELL --to=huggingface --out=metadata.jsonl

--to is one of

{forms}

Paths in a file are relative to the folder of the data; to train elsewhere on what
is kept alone, make a folder of it first:

  prune-dm export CELL --to=links --out=kept
  prune-dm export CELL --to=edm --out=kept/dataset.json

What is there is never written over, and no picture is moved or deleted.
"""

import pathlib

from prune_dm_jax.data import exports
from prune_dm_jax.data.exports import chosen as chosen_lib
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import cells
from prune_dm_jax.run import command_line


def about():
  rows = [
    f'  {name:13}{form.end or "a folder":16}{form.about}'
    for name, form in exports.FORMS.items()
  ]
  return __doc__.format(forms='\n'.join(rows))


def options(argv):
  parser = command_line.parser('export', about())
  path = pathlib.Path
  parser.add_argument('cell', type=path)
  parser.add_argument('--to', choices=exports.FORMS, required=True)
  parser.add_argument('--out', type=path, required=True)
  return parser.parse_args(argv)


def main(argv):
  command_line.carry_out('export', export, options(argv))


def export(given):
  """Writes the form, and says what is in it."""
  cells.check(given.cell)
  config = cells.config(given.cell)['data']
  root, form = pathlib.Path(config['path']), exports.FORMS[given.to]
  exports.check(given.to, given.out, config['path'])
  chosen = chosen_lib.Chosen(cells.manifest(given.cell), root, config['name'])
  if form.of_pictures:
    chosen = chosen._replace(source=cells.opened(given.cell).source)
  given.out.parent.mkdir(parents=True, exist_ok=True)
  if form.end:
    artifacts.write(given.out, lambda path: form.write(chosen, path))
  else:
    form.write(chosen, given.out)
  total = chosen.table.num_rows
  print(f'{given.out}: {len(chosen.kept):,} of {total:,} pictures are kept')
