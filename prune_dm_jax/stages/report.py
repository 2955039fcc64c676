"""A cell's report: its outcome at a glance, then chapters of all that is known."""

import functools

from absl import logging

from prune_dm_jax.metrics import rows as rows_lib
from prune_dm_jax.report import bars
from prune_dm_jax.report import beside as beside_lib
from prune_dm_jax.report import chapters
from prune_dm_jax.report import dots
from prune_dm_jax.report import files
from prune_dm_jax.report import leaks
from prune_dm_jax.report import outcome as outcome_lib
from prune_dm_jax.report import page
from prune_dm_jax.report import table
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import cells as cell_files
from prune_dm_jax.run import damage
from prune_dm_jax.run import defaults
from prune_dm_jax.stages import cells
from prune_dm_jax.stages import made
from prune_dm_jax.stages import shown
from prune_dm_jax.stages import twin_strips

NOTE = (
  'Reconstructions are what the autoencoder makes of training pictures: no '
  'model of its latents can be expected to do better. Intervals are at 95 %, of '
  'sampling alone, each for itself: another seed of training is another model. Precision to '
  'coverage are taken of as many samples as there are reference pictures.'
)

SAMPLES, BEST = 'these samples', 'training pictures'
OTHERS = (beside_lib.RANDOM, beside_lib.WHOLE)

FLATTERED = ('Fidelity', 'Diversity', 'Memorisation')
"""Chapters whose numbers copies and twins of held-out pictures flatter."""

GALLERY = 'The gallery: kept, borderline and pruned, by class and by cluster'

STYLE = (
  dots.STYLE
  + chapters.STYLE
  + bars.STYLE
  + shown.STYLE
  + """
h1 + p { font-size: 1.1rem; color: var(--ink); max-width: none; }
h3 { font-size: 1rem; margin: .9rem 0 .3rem; }
.first { display: grid; gap: 1.2rem; align-items: start;
  grid-template-columns: minmax(0, 11fr) minmax(0, 9fr); }
@media screen and (max-width: 60rem) {
  .first { grid-template-columns: minmax(0, 1fr); }
}
"""
)


def build(run):
  """report.html: one static file a person can read."""
  cell = cells.known_folder(run)
  text = functools.partial(report, run, cell)
  return artifacts.build_text(cell / 'report.html', text)


def report(run, cell):
  """The text of report.html."""
  facts = damage.read_json(cell / 'selection.json')
  sets = numbers(cell)
  sections = [
    ('', [page.unseen('At a glance'), *first(run, cell, facts, sets)]),
    ('Numbers', judged(run, cell, sets)),
    ('How it was made', how_made(run, cell)),
  ]
  return page.page(
    f'{cell.name}, {facts["data"]}', outcome(cell), sections, style=STYLE
  )


def first(run, cell, facts, sets):
  """What is seen at once: numbers, pictures, and what flatters them."""
  order = (BEST, 'reconstructions', SAMPLES)
  sets = {of: sets[of] for of in (*order, *sets) if of in sets}
  lanes = {
    metric: {of: rows[metric] for of, rows in sets.items() if metric in rows}
    for metric in outcome_lib.FIRST
  }
  numbered = chapters.doubts(sets[SAMPLES].values())
  panels = dots.panels(
    lanes, SAMPLES, lambda row: chapters.marks(row, numbered)
  )
  samples = shown.sampled(run, cell, each=10, most_rows=10)
  return [
    *leaked(run),
    f'<div class="first">{panels}{samples}</div>',
    shown.kept_and_pruned(run, cell, facts),
    page.link('gallery.html', GALLERY),
  ]


def judged(run, cell, sets):
  """The chapters of numbers, and what all of them are of."""
  rows = damage.read_json(cell / 'metrics.json')
  against = f'Against {rows[0]["reference"]}, by {judges(rows)}. '
  drawn = how_drawn(damage.read_json(cell / 'samples' / 'settings.json'))
  above = {chapter: leaked(run) for chapter in FLATTERED}
  above['Memorisation'] += [*twins(run), shown.nearest(run, cell)]
  notes = map(page.paragraph, (against + drawn, NOTE))
  return [*chapters.chapters(sets, above), *notes]


def how_made(run, cell):
  """Chapters of more samples, training, costs, files and settings."""
  flat = sorted(artifacts.flat(run.config.to_dict()))
  rows = [(key, str(value)) for key, value in flat]
  costs = made.times(run, cell)
  return [
    page.chapter(
      'Samples', '', shown.sampled(run, cell, each=16, most_rows=20)
    ),
    page.chapter('Training', '', *made.training(run, cell)),
    page.chapter(
      'Costs', bars.total(costs), bars.drawn(costs), page.paragraph(made.SHARED)
    ),
    page.chapter('Files', '', files.table(cell)),
    page.chapter(
      'Settings', f'{len(rows)} of them', page.table(('key', 'value'), rows)
    ),
  ]


def numbers(cell):
  """set -> {metric: row}: the samples first, then what stands beside them."""
  found = {SAMPLES: {}}
  for row in damage.read_json(cell / 'metrics.json'):
    of = SAMPLES if row['of'] == 'samples' else row['of']
    found.setdefault(of, {})[rows_lib.called(row)] = row
  return found | others(cell)


def others(cell):
  """Random pruning at this ratio and the whole set, where they have been run."""
  ratio = table.ratio_of(cell, damage.read_json(cell / 'selection.json'))
  config = cell_files.config(cell)
  there = beside_lib.candidates(cell, config['model'], ratio, config['seed'])
  found = {name: rows_of(folders, cell) for name, folders in there.items()}
  return {name: rows for name, rows in found.items() if rows}


def rows_of(folders, cell):
  """{metric: row} of the first that is whole and of the setting of a cell."""
  for folder in folders:
    try:
      cell_files.check_files(folder)
      rows = beside_lib.rows(folder, beside_lib.read(cell))
    except (ValueError, FileNotFoundError) as error:
      logging.warning('left out of the report: %s', error)
      continue
    if rows:
      return {rows_lib.called(row): row for row in rows.values()}
  return {}


def outcome(cell):
  """What became of a cell, in a sentence."""
  facts = damage.read_json(cell / 'selection.json')
  sets = numbers(cell)
  beside = {of: sets[of] for of in OTHERS if of in sets}
  return outcome_lib.sentence(facts, sets[SAMPLES], beside)


def leaked(run):
  """Paragraphs, if held-out pictures have copies or twins among those trained on."""
  split = damage.read_json(run.paths.split / 'split.json')
  said = leaks.sentence(split.get('leaks', {}), split['held_out'])
  return [page.paragraph(said)] if said else []


def twins(run):
  """What is known of twins, where they were looked for."""
  path = run.paths.twins / 'twins.json'
  if not path.exists():
    return []
  return [
    page.paragraph(
      twin_strips.sentence(damage.read_json(path), run.config.select.twins)
    )
  ]


def judges(rows):
  """The first backbone, and of each other one what it judged."""
  first, *others = dict.fromkeys(row['backbone'] for row in rows)
  judged = lambda by: dict.fromkeys(
    rows_lib.called(row) for row in rows if row['backbone'] == by
  )
  return first + ''.join(f'; {", ".join(judged(b))} by {b}' for b in others)


def how_drawn(settings):
  return (
    f'Samples: {ways(settings)}, seed {settings["seed"]}, the averaged '
    f'parameters of step {settings["checkpoint_step"]}.'
  )


def ways(settings):
  """How the steps of samples were taken, as settings.json has it."""
  if 'step' not in settings:
    return 'in one pass'
  steps = [settings['step']]
  if 'num_steps' in settings:
    steps.append(f'{settings["num_steps"]} steps')
  own = [key for key in defaults.STEPS if key in settings]
  steps += [f'{key} {settings[key]}' for key in own]
  weight, on = settings['guidance_weight'], settings['guidance']
  on = on.replace('_', ' ')
  return ', '.join([*steps, f'guidance {weight:g} on {on}'])
