"""What a sweep would take, and all that is missing for it: before it begins.

Run by the Python that runs the cells, as a launcher does without JAX:

python -m launch.forecast < ASKED, a JSON of what `say` is given

Prints lines for the user, with the smallest difference that the cells can find.
Ends with 1 if a cell would be refused.
"""

import collections
import copy
import json
import math
import pathlib
import re
import sys

from absl import flags
from ml_collections import config_flags

from prune_dm_jax import main as main_lib
from prune_dm_jax import stages
from prune_dm_jax.report import answer
from prune_dm_jax.report import findable
from prune_dm_jax.report import sweep
from prune_dm_jax.run import checks
from prune_dm_jax.run import command_line
from prune_dm_jax.run import machine
from prune_dm_jax.run import mistakes
from prune_dm_jax.run import topologies
from prune_dm_jax.stages import estimate
from prune_dm_jax.stages import foreseen
from prune_dm_jax.stages import remedies
from prune_dm_jax.stages import together as beside


def main():
  asked = json.load(sys.stdin)
  command_line.plainly(lambda: say(**asked))


def say(commands, topology, until, workdir, together):
  """Prints what the cells take; ends with 1, and a list, if they cannot begin."""
  topology = topologies.named(topology)
  configs = {name: configured(words) for name, words in commands.items()}
  wrong = [*machine.troubles(workdir)]
  rows = []
  known, tried = {}, {}
  for config in configs.values():
    judged = until in stages.JUDGED
    wrong += checks.troubles(config, topology.number, judged=judged)
    wrong += beside.troubles(config, topology.number) if together > 1 else ()
    if not checks.wrong_in_itself(config, topology.number):
      rows.append(estimate.table(config, topology, last=until, known=known))
      wrong += foreseen.troubles(config, known['set'], judged=judged)
      wrong += remedies.too_large(config, topology, rows[-1], tried)
  print(summary(len(commands), topology, estimate.once(rows)))
  compared = [name for name, config in configs.items() if config.model == 'dit']
  print(findable.sentence(places(compared), deviation(workdir)))
  wrong = [*dict.fromkeys(wrong)]
  command_line.refuse_all(f'none of {len(commands)} cells is begun:', wrong)


def places(names):
  """(variant, prune_ratio or '') -> seeds, of cells' names."""
  found = (re.fullmatch(r'(.+?)(?:-([\d.e-]+))?-seed\d+', n) for n in names)
  return collections.Counter(match.group(1, 2) for match in found)


def deviation(workdir):
  """From seed to seed, of the Fréchet distance of finished cells; or NaN."""
  try:
    settings = sweep.settings(sweep.read([pathlib.Path(workdir)]))
  except (OSError, ValueError):
    return math.nan  # A damaged cell is said where cells are read.
  found = [answer.noise(cells, answer.ANSWERS[0]) for cells in settings]
  freedom = sum(one.freedom for one in found)
  squares = sum(one.freedom * one.deviation**2 for one in found if one.freedom)
  return math.sqrt(squares / freedom) if freedom else math.nan


def configured(words):
  """The configuration of a cell's command; what main refuses ends the program."""
  values = flags.FlagValues()
  every = main_lib.flags.FLAGS  # With those of main.
  for name in {every[short].name for short in every}:
    if name.partition('.')[0] != 'config':
      values[name] = copy.deepcopy(every[name])
  found = config_flags.DEFINE_config_file('config', flag_values=values)
  sys.argv = ['forecast', *words]  # From there it takes --config.name=value.
  command_line.parse(sys.argv, values)
  file = values['config'].config_filename.partition(':')[0]
  mistakes.check_keys(found.value, file)
  return found.value


def summary(number, topology, rows):
  """Cells, hours of devices, and disk, in words."""
  hours = sum(row.hours for row in rows)
  disk = sum(row.disk for row in rows)
  return (
    f'{number} cells: about {hours:,.1f} hours of {topology.number} x '
    f'{topology.chip.kind}, {hours * topology.number:,.1f} device hours, at an '
    f'assumed MFU of {estimate.MFU:g}; {disk / 1e9:,.1f} GB of disk'
  )


if __name__ == '__main__':
  main()
