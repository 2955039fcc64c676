"""What can be seen of a set before anything of it is chosen: its twins.

The same stands in the gallery of a cell, which waits for features and scores.
"""

from absl import logging

from prune_dm_jax.report import gallery
from prune_dm_jax.report import twin_pages
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import processes
from prune_dm_jax.stages import twin_strips


def write(run):
  """twins.html in the workdir, anew for the pictures that are there now."""
  if not processes.first():
    return
  path = run.workdir / 'twins.html'
  artifacts.write_text(path, text(run))
  logging.info('twins: to be looked at in %s meanwhile', path)


def text(run):
  """The text of twins.html."""
  return gallery.page(
    f'Twins of {run.config.data.path}',
    f'{len(run.source):,} pictures, before anything is chosen.',
    [('Twins', twin_strips.section(run))],
    style=twin_pages.STYLE,
  )
