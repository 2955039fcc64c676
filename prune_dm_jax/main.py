"""Prunes a data set, trains a diffusion model on the rest, and judges it.

python -m prune_dm_jax.main --config=configs/digits.py:cluster_classifier
"""

from absl import flags

from prune_dm_jax import command
from prune_dm_jax import counting
from prune_dm_jax import stages

UNTIL = flags.DEFINE_enum(
  'until', 'report', list(stages.STAGES), 'The last stage to run.'
)
DRY_RUN = flags.DEFINE_bool(
  'dry_run', False, 'Prints what would be kept, and writes nothing.'
)


def main(config, workdir):
  if DRY_RUN.value:
    print(counting.foresee(config, workdir))
  else:
    stages.run_until(config, workdir, UNTIL.value)


if __name__ == '__main__':
  command.run(main)
