"""One table of the cells that are there.

python -m prune_dm_jax.report runs/digits [...]
"""

import pathlib
import sys

from prune_dm_jax.report import table


def main(argv):
  workdirs = [pathlib.Path(name) for name in argv]
  cells = table.cells(workdirs)
  if not cells:
    sys.exit(
      f'prune_dm_jax: no finished cell in {", ".join(argv) or "no folder"}: '
      'name the folders given as --workdir'
    )
  print(table.markdown(table.rows(cells)), end='')


if __name__ == '__main__':
  main(sys.argv[1:])
