"""One page of a sweep, and its figures and tables as files.

<out>/index.html   figures/*.svg   tables/*.csv and *.md
"""

from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.report import figures
from prune_dm_jax.report import page
from prune_dm_jax.report import same
from prune_dm_jax.report import sections
from prune_dm_jax.report import sweep
from prune_dm_jax.report import tables

STYLE = (
  same.STYLE
  + """
.answer { border-left: 4px solid #2f7fd6; padding-left: 1rem; }
.answer p { opacity: 1; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem;
  font-size: .875rem; margin: .4rem 0 1rem; }
.legend i { display: inline-block; width: 1.6rem; margin-right: .4rem;
  vertical-align: middle; }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
"""
)


def write(save, cells, extra=lambda cells: []):
  """Writes the page and its files.

  Args:
    save: (name, text) -> its path.
    cells: What `sweep.read` gave, one at least.
    extra: cells of a setting -> more sections, of pictures and features.

  Returns:
    Where the page is.
  """
  shown, several = [], sweep.settings(cells)
  for number, own in enumerate(several):
    name = f' · {sweep.name_of(own)}' if len(several) > 1 else ''
    place = Files(save, f'{number}-' if number else '')
    found = sections.of_setting(own, place, extra(own))
    shown += [(heading + name, parts) for heading, parts in found]
  lead = (
    f'{len(cells)} cells of {len({c.variant for c in cells})} variants, '
    f'{len({c.seed for c in cells})} seeds: '
    + '; '.join(map(sweep.name_of, several))
    + '.'
  )
  text = page.page('What pruning does', lead, shown, style=STYLE)
  return save('index.html', text)


class Files(NamedTuple):
  """Files whose names begin alike."""

  save: Callable
  prefix: str

  def figure(self, name, svg):
    self.save(f'figures/{self.prefix}{name}.svg', alone(svg))

  def csv(self, name, rows):
    self.save(f'tables/{self.prefix}{name}.csv', tables.csv(rows))

  def table(self, name, header, rows):
    self.csv(name, [dict(zip(header, row, strict=True)) for row in rows])
    text = tables.markdown(header, rows)
    self.save(f'tables/{self.prefix}{name}.md', text)
    return page.table(header, rows)


def alone(svg):
  return svg.replace('currentColor', figures.GREY)
