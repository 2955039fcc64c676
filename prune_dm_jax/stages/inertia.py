"""How many clusters there are: the curve of inertia, drawn, and its knee."""

import functools

from absl import logging

from prune_dm_jax.pruning import cluster
from prune_dm_jax.pruning import components
from prune_dm_jax.pruning import inertia
from prune_dm_jax.report import figures
from prune_dm_jax.report import page
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import damage
from prune_dm_jax.run import progress
from prune_dm_jax.stages import fitting

NOTE = (
  'The suggestion is the number furthest below the straight line from the first '
  'to the last, both axes scaled to [0, 1] (Kneedle, Satopaa et al. 2011). It '
  'depends on the numbers tried: look at the curve.'
)


def build(run):
  """Where the inertia of k-means is for a ladder of k, and the k it suggests."""
  make = functools.partial(write, run)
  return artifacts.build(run.paths.inertia, make)


def write(run, folder):
  """inertia.json, inertia.svg and inertia.html."""
  facts = found(run)
  ks, suggestion = facts['ks'], facts['suggestion']
  svg = figures.curves(
    {'inertia': (ks, facts['inertias'])}, xlabel='clusters', ylabel='inertia'
  )
  artifacts.write_json(folder / 'inertia.json', facts)
  artifacts.write_text(folder / 'inertia.svg', svg)
  artifacts.write_text(folder / 'inertia.html', shown(facts, svg))
  logging.info(
    'inertia: %d clusters suggested, of %s; --config.score.num_clusters=%d',
    suggestion, ', '.join(map(str, ks)), suggestion,
  )  # fmt: skip


def found(run):
  """What inertia.json says."""
  config = run.config.score
  ks = tuple(config.inertia_ks)
  settings = dict(
    restarts=config.restarts, normalize=config.normalize,
    kmeans=config.kmeans, components=config.components,
  )  # fmt: skip
  extracted = damage.map_array(run.paths.features / 'features.npy')
  features = components.Rows(extracted, run.train)
  key = fitting.key_for(run.config.shared_seed, cluster.KEY)
  inertias = inertia.curve(
    features, ks, key=key, counter=progress.counter, **settings
  ).tolist()
  return dict(
    ks=ks,
    inertias=inertias,
    suggestion=inertia.suggest(ks, inertias),
    backbone=config.backbone,
    examples=len(features),
    shared_seed=run.config.shared_seed,
    **settings,
  )


def shown(facts, svg):
  """The text of inertia.html."""
  lead = (
    f'{facts["suggestion"]} clusters suggested, for {facts["examples"]:,} '
    f'examples by their features of {facts["backbone"]}.'
  )
  rows = list(zip(facts['ks'], facts['inertias'], strict=True))
  settings = ('restarts', 'normalize', 'kmeans', 'components', 'shared_seed')
  chosen = [(name, str(facts[name])) for name in settings]
  return page.page(
    'How many clusters',
    lead,
    [
      ('Inertia', [page.drawing(svg, NOTE)]),
      ('Numbers', [page.table(('clusters', 'inertia'), rows)]),
      ('Settings', [page.table(('key', 'value'), chosen)]),
    ],
  )
