"""THE MAP: one file for each arrow.

    dataset -> autoencoder -> latents --------------------> train -> sample
        |           surrogate <--+                            ^        |
        |               +-------------+                       |     evaluate
        +---> classifier -> features -> scores -> select -----+        |
        +---> looks ------> twins ------> +          +-> gallery -> report

`build(run)` of each makes its output if it is missing, of what it needs, and
returns where it is. What is built together, every process has a part in.
"""

from absl import logging

from prune_dm_jax.pruning import METHODS
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import digests
from prune_dm_jax.run import fits
from prune_dm_jax.run import live
from prune_dm_jax.run import opening
from prune_dm_jax.stages import autoencoder
from prune_dm_jax.stages import candidates
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import crops
from prune_dm_jax.stages import data
from prune_dm_jax.stages import evaluate
from prune_dm_jax.stages import features
from prune_dm_jax.stages import gallery
from prune_dm_jax.stages import guided
from prune_dm_jax.stages import inertia
from prune_dm_jax.stages import judge
from prune_dm_jax.stages import latents
from prune_dm_jax.stages import looks
from prune_dm_jax.stages import report
from prune_dm_jax.stages import sample
from prune_dm_jax.stages import scores as scores_lib
from prune_dm_jax.stages import select
from prune_dm_jax.stages import surrogate
from prune_dm_jax.stages import train
from prune_dm_jax.stages import twins

STAGES = {
  'data': data.build,
  'autoencoder': autoencoder.build,
  'latents': latents.build,
  'features': features.build,
  'looks': looks.build,
  'twins': twins.build,
  'inertia': inertia.build,
  'surrogate': surrogate.build,
  'scores': scores_lib.build,
  'select': select.build,
  'gallery': gallery.build,
  'train': train.build,
  'sample': sample.build,
  'judge': judge.build,
  'evaluate': evaluate.build,
  'report': report.build,
}
"""--until -> (run -> where its output is), each after what it needs."""

NEEDS = {
  'autoencoder': ('data',),
  'latents': ('autoencoder',),
  'features': ('data',),
  'looks': ('data',),
  'inertia': ('features',),
  'surrogate': ('latents',),
  'select': ('scores',),
  'gallery': ('select',),
  'train': ('select',),
  'sample': ('train',),
  'judge': ('data',),
  'evaluate': ('sample', 'latents', 'judge'),
  'report': ('gallery', 'evaluate'),
}
"""What a stage needs in any run; `needs` has what it needs in this one.

Scores need what their method does.
"""

OF_METHOD = {
  'features': 'features',
  'losses': 'surrogate',
  'gradients': 'surrogate',
  'surrogates': 'latents',
  'given': 'data',
  'labels': 'data',
  'held_out_losses': 'latents',
  'class_losses': 'surrogate',
  'influences': 'latents',
  'looks': 'looks',
  'twins': 'twins',
  'clusters': 'features',
}
"""What a method needs, see METHODS -> the stage that makes it."""


def needs(run, name):
  """The stages whose outputs this one needs in this run."""
  config = run.config
  if name == 'scores':
    needed = [OF_METHOD[n] for n in METHODS[config.score.method].needs]
    return [*needed, *candidates.needs(config)]
  if name == 'twins':
    return {'thumbnails': ['looks'], 'features': ['features', 'looks']}[
      config.twins.by
    ]
  if name == 'select' and config.select.file:
    return []
  if name in ('train', 'sample') and config.model == 'dit':
    return ['latents', *NEEDS[name]]
  return NEEDS.get(name, ())


def way_to(run, last):
  """The stages on the way to one, and it, in the order of STAGES."""
  wanted = {'data', last}
  for name in reversed(STAGES):
    if name in wanted:
      wanted.update(needs(run, name))
  return [name for name in STAGES if name in wanted]


def build(run, last):
  """Builds the stage `last` and what it needs; returns where its output is."""
  return build_all(run, way_to(run, last))


def build_all(run, way):
  """Builds the stages of a way; returns where the last one's output is."""
  fits.check(run, way)
  for number, name in enumerate(way, 1):
    logging.info('stage %d of %d: %s', number, len(way), name)
    with live.stage(way, name):
      found = STAGES[name](run)
  return found


JUDGED = ('judge', 'evaluate', 'report')
"""Last stages for which what judges must be there."""


def to_be_there(run, cell, outputs, last):
  """What a finished cell has; networks and samples may be gone, for their size."""
  own = [outputs[name] for name in way_to(run, last)]
  own = [path for path in own if path and path.parent == cell]
  own = [path for path in own if path.suffix or path.exists()]
  every = guided.weights(run) if cell and last == 'sample' else ()
  return [*own, *(cell / name for name in every)]


def run_until(config, workdir, last):
  """Says what is there, then runs up to and with the stage `last`."""
  run = opened(config, workdir, last)
  if run:
    go_on(run, last)


def opened(config, workdir, last):
  """A Run, of which is said what is there; None, if there is nothing to do."""
  with crops.also(config, workdir) as also:
    run = opening.open_checked(
      config, workdir, judged=last in JUDGED, also=also
    )
  cell = cells.known_folder(run)
  if cell:
    cells.check(run, cell)
  outputs = opening.outputs(run, cell)
  opening.announce(run, cell, outputs)
  if outputs[last] and artifacts.whole(
    outputs[last], *to_be_there(run, cell, outputs, last)
  ):
    logging.info('nothing to do: %s is there', outputs[last])
    return None
  for name in way_to(run, last):
    if outputs[name]:
      digests.check_link(outputs[name])
  return run


def go_on(run, last):
  """Runs up to and with the stage `last`, and says what came of it."""
  found = build(run, last)
  cell = cells.known_folder(run)
  if last == 'report':
    logging.info('outcome: %s', report.outcome(cell))
  if cell and (cell / 'kept.txt').exists():
    number = damage.read_json(cell / 'selection.json')['kept']
    logging.info('kept: %s, %s keys', cell / 'kept.txt', f'{number:,}')
  logging.info('done: %s', found)
