"""One page of a sweep, and its figures and tables as files.

<out>/index.html   figures/*.svg   tables/*.csv and *.md
"""

from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.report import anew
from prune_dm_jax.report import by_guidance
from prune_dm_jax.report import figures
from prune_dm_jax.report import headings
from prune_dm_jax.report import page
from prune_dm_jax.report import sections
from prune_dm_jax.report import sweep
from prune_dm_jax.report import tables


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
  names = headings.of_settings(several)
  for number, (own, heading) in enumerate(zip(several, names, strict=True)):
    name = f' · {heading}' if len(several) > 1 else ''
    place = Files(save, f'{number}-' if number else '')
    shown += sections.of_setting(own, place, extra(own), name)
  for across in (by_guidance, anew):
    shown += across.sections(several, Files(save, ''))
  lead = (
    f'{len(cells)} cells of {len({c.variant for c in cells})} variants, '
    f'{len({c.seed for c in cells})} seeds: ' + '; '.join(names) + '.'
  )
  text = page.page('What pruning does', lead, shown, style=sections.STYLE)
  return save('index.html', text)


class Files(NamedTuple):
  """Files whose names begin alike."""

  save: Callable
  prefix: str

  def figure(self, name, svg):
    self.save(f'figures/{self.prefix}{name}.svg', alone(svg))

  def csv(self, name, rows):
    self.save(f'tables/{self.prefix}{name}.csv', tables.csv(rows))

  def table(self, name, header, rows, shown=()):
    """HTML of what is saved; shown: a name of `header` -> what stands there."""
    self.csv(name, [dict(zip(header, row, strict=True)) for row in rows])
    text = tables.markdown(header, rows)
    self.save(f'tables/{self.prefix}{name}.md', text)
    shown = dict(shown)
    header = [shown.get(name, name) for name in header]
    return page.table(*tables.broken(header, rows))


def alone(svg):
  return svg.replace('currentColor', figures.GREY)
