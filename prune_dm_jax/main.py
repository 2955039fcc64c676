"""Prunes a data set, trains a diffusion model on the rest, and judges it.

  python -m prune_dm_jax.main --config=configs/digits.py:cluster_classifier

The same command again goes on where it was stopped, and makes nothing twice.
"""

import sys

from prune_dm_jax.run import interrupt
from prune_dm_jax.run import terminal

if __name__ == '__main__':
  terminal.open_closed()
  interrupt.listen()  # The imports that follow take seconds.

from absl import flags

from prune_dm_jax import stages
from prune_dm_jax.run import command_line
from prune_dm_jax.run import live
from prune_dm_jax.stages import dry_run
from prune_dm_jax.stages import patience

UNTIL = flags.DEFINE_enum(
  'until', 'report', list(stages.STAGES), 'The last stage to run.'
)
DRY_RUN = flags.DEFINE_bool(
  'dry_run', False, 'Prints what would be kept, and writes nothing.'
)


def whole(config, workdir):
  """Runs the stages, or says what would be kept."""
  if DRY_RUN.value:
    print(dry_run.foresee(config, workdir))
  else:
    patience.warn(config, UNTIL.value)
    with live.page(workdir):
      stages.run_until(config, workdir, UNTIL.value)


def main(argv):
  command_line.run(whole, argv, __doc__)


if __name__ == '__main__':
  main(sys.argv[1:])
