"""What all cells are judged by, made before them: features and clusters.

python -m launch.judge --config=configs/digits.py:random
"""

import jax

from prune_dm_jax import checks
from prune_dm_jax import command
from prune_dm_jax import opening
from prune_dm_jax import stages


def main(config, workdir):
  checks.check(config, jax.device_count())
  run = opening.open_run(config, workdir)
  opening.check_judge(run, 'evaluate')
  stages.clusters_judge(run)


if __name__ == '__main__':
  command.run(main)
