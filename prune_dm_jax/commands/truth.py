"""Which method finds what: some of each kind is planted, and looked for.

  prune-dm truth --config=configs/digits.py [--methods=cluster_pixels,random]

Twins, wrong labels, noise, blank, foreign and blurred pictures, and a rare
class, are planted in a copy of what --config trains on. Each method scores all of it, as
a run does, and keeps by each rule; no generator is trained. Of twins, what
counts is how many pairs are both kept; of a rare class, a good method keeps much.

Prints two tables and a line for each kind. Writes <workdir>/truth-<hash8>/:

  truth.json  truth.tsv    a row for each method, rule, ratio and kind
  seconds.json             what each method took, with all that it needs
"""

import functools
import pathlib

from absl import flags
from absl import logging

from prune_dm_jax.data import EMBEDDED
from prune_dm_jax.data import SOURCES
from prune_dm_jax.data import planted
from prune_dm_jax.data import recognised
from prune_dm_jax.data.planted_kinds import KINDS
from prune_dm_jax.features import GIVEN
from prune_dm_jax.features import at_hand
from prune_dm_jax.report import table
from prune_dm_jax.report import truth as report
from prune_dm_jax.run import artifacts
from prune_dm_jax.run import bounds
from prune_dm_jax.run import command_line
from prune_dm_jax.run import damage
from prune_dm_jax.run import opening
from prune_dm_jax.run import variants
from prune_dm_jax.stages import truth as truth_lib

METHODS = flags.DEFINE_list(
  'methods', [], 'Variants, without an end; by default all that are at hand.'
)
FOREIGN = flags.DEFINE_string(
  'foreign', '', 'Where foreign pictures are; by default digits.'
)
SHARE = flags.DEFINE_float('share', 0.02, 'Planted of each kind.', 0, 1)
PICTURES = flags.DEFINE_integer(
  'pictures', 10_000, 'At most so many of the set.', 1
)
SEED = flags.DEFINE_integer('plant_seed', 0, 'Of what is planted, and where.')


def offered():
  """Variants that prune: rows whose every keep rule is tried."""
  return [
    name
    for name, row in variants.VARIANTS.items()
    if 'model' not in row and row['ratio'] and not name.endswith(variants.ENDS)
  ]


def methods(config, source):
  """Those that are named; else those of which all is there."""
  known = offered()
  for name in METHODS.value:
    if name not in known:
      raise ValueError(
        f'--methods: {name!r} is none; {variants.choices(name, known)}'
      )
  there = {'pixels', *at_hand.here(pathlib.Path(config.weights))}
  if source.class_names:
    there.add('classifier')
  scores = {name: variants.VARIANTS[name]['score'] for name in known}
  return METHODS.value or [
    name
    for name, score in scores.items()
    if score['backbone'] in there and score['method'] != GIVEN
    if is_possible(config, source, score)
  ]


def is_possible(config, source, score):
  """Whether these data, and this length of training, have what a score needs."""
  config = config.copy_and_resolve_references()
  config.score.update(score)
  try:
    opening.check_labels(source, config)
    bounds.check_differences(config)
  except ValueError:
    return False
  return True


def foreign(config):
  """The Source of foreign pictures; None among digits, if none is named."""
  path = FOREIGN.value
  if not path:
    return None if config.data.name in EMBEDDED else SOURCES['digits']('')
  if not pathlib.Path(path).exists():
    raise ValueError(f'--foreign={path}: there is no such file or folder')
  return SOURCES[recognised(path)](path)


def kinds(source, other):
  found = planted.possible(tuple(KINDS), source.labels)
  if other is None:
    logging.info('no foreign pictures among digits; --foreign=PATH has some')
  return tuple(k for k in found if k != 'foreign' or other is not None)


def found(config, workdir):
  """The folder of what was found, whole."""
  source_run = opening.open_checked(config, workdir, judged=False)
  names, other = methods(config, source_run.source), foreign(config)
  folder = truth_lib.plant(
    source_run, other, kinds=kinds(source_run.source, other),
    share=SHARE.value, pictures=PICTURES.value, seed=SEED.value,
  )  # fmt: skip
  truth = truth_lib.read(folder)
  logging.info('planted: %s', folder)
  open_ = functools.partial(truth_lib.opened, config, truth, workdir)
  runs = [open_(name) for name in names]
  made_of = artifacts.hash8(
    truth_lib.MEANING, folder.name, names,
    [[run.paths.scores.name, run.config.select] for run in runs],
  )  # fmt: skip
  make = functools.partial(write, truth, runs)
  path = pathlib.Path(workdir) / f'truth-{made_of}'
  return artifacts.build_together(path, make)


def write(truth, runs, folder):
  """truth.json, truth.tsv and seconds.json."""
  rows = []
  for run in runs:
    logging.info('%s', run.config.variant)
    rows += truth_lib.rows(truth, run)
  took = {run.config.variant: truth_lib.seconds(run) for run in runs}
  lines = [rows[0], *(row.values() for row in rows)]
  text = ''.join('\t'.join(map(written, line)) + '\n' for line in lines)
  artifacts.write_json(folder / 'truth.json', rows)
  artifacts.write_text(folder / 'truth.tsv', text)
  artifacts.write_json(folder / 'seconds.json', took)


def written(value):
  return '' if value is None else str(value)


def show(folder):
  """Prints the tables, the sentences, and where all of it is."""
  rows = damage.read_json(folder / 'truth.json')
  took = damage.read_json(folder / 'seconds.json')
  direction = {name: variants.VARIANTS[name]['keep'] for name in took}
  print(table.markdown(report.areas(rows, direction, took)))
  print(table.markdown(report.kept(rows)))
  for kind in dict.fromkeys(row['kind'] for row in rows):
    own = [row for row in rows if row['kind'] == kind]
    to_keep = KINDS[kind].where == 'alone'
    print(report.sentence(own, KINDS[kind].about, to_keep, took))
  print(f'all ratios: {folder / "truth.tsv"}')


def find(config, workdir):
  show(found(config, workdir))


def main(argv):
  command_line.run(find, argv, __doc__)
