"""The one program: prune-dm COMMAND ..., or python -m prune_dm_jax COMMAND ...

A command is imported when it is asked for: to list them takes no JAX.
"""

import difflib
import os
import sys
from collections.abc import Callable
from typing import NamedTuple

from prune_dm_jax.run import interrupt
from prune_dm_jax.run import terminal


class Command(NamedTuple):
  about: str
  call: Callable
  """(argv) -> None."""


def run(argv):
  from prune_dm_jax import main

  main.main(argv)


def data(argv):
  from prune_dm_jax.commands import data

  data.main(argv)


def prune(argv):
  from prune_dm_jax.commands import prune

  prune.main(argv)


def evaluate(argv):
  from prune_dm_jax.commands import evaluate

  evaluate.main(argv)


def report(argv):
  from prune_dm_jax.commands import report

  report.main(argv)


def explain(argv):
  from prune_dm_jax.commands import explain

  explain.main(argv)


def diff(argv):
  from prune_dm_jax.commands import diff

  diff.main(argv)


def export(argv):
  from prune_dm_jax.commands import export

  export.main(argv)


def fetch(argv):
  from prune_dm_jax.commands import fetch

  fetch.main(argv)


def convert(argv):
  from prune_dm_jax.commands import convert

  convert.main(argv)


def purity(argv):
  from prune_dm_jax.commands import purity

  purity.main(argv)


def rank_agreement(argv):
  from prune_dm_jax.commands import rank_agreement

  rank_agreement.main(argv)


def spoiling(argv):
  from prune_dm_jax.commands import spoiling

  spoiling.main(argv)


def truth(argv):
  from prune_dm_jax.commands import truth

  truth.main(argv)


def doctor(argv):
  from prune_dm_jax.commands import doctor

  doctor.main(argv)


def benchmark(argv):
  from prune_dm_jax.commands import benchmark

  benchmark.main(argv)


COMMANDS = {
  'run': Command('prune, train on the rest, sample, judge: a whole run', run),
  'prune': Command('what of a folder to keep: no config, no training', prune),
  'data': Command('say what is at a path, and which pictures are bad', data),
  'evaluate': Command("judge anyone's pictures beside others", evaluate),
  'report': Command('show what finished cells found, on one page', report),
  'explain': Command('say why a picture was kept or pruned', explain),
  'diff': Command('compare two cells, or lists of what to keep', diff),
  'export': Command('write what was kept as others read it', export),
  'fetch': Command('get published weights from the Hugging Face hub', fetch),
  'convert': Command('make files of weights of published ones', convert),
  'purity': Command('compare clusters with classes', purity),
  'rank-agreement': Command('take scores twice, compare ranks', rank_agreement),
  'spoiling': Command('spoil pictures, and see which metrics tell', spoiling),
  'truth': Command('plant twins, noise ..., and see what finds them', truth),
  'doctor': Command('say what is missing, and what a run would take', doctor),
  'benchmark': Command('measure speeds beside other programs', benchmark),
}


def usage():
  """What can be typed, a line each."""
  lines = [f'  {name:16}{row.about}' for name, row in COMMANDS.items()]
  return '\n'.join(
    [
      'prune-dm COMMAND ...',
      '',
      *lines,
      '',
      'prune-dm COMMAND --help says more',
    ]
  )


def unknown(name):
  """One sentence about a command that there is not."""
  near = difflib.get_close_matches(name, COMMANDS, n=1)
  meant = f'did you mean {near[0]}?' if near else 'prune-dm --help lists them'
  return f'prune_dm_jax: {name!r} is not a command; {meant}'


def main(argv=None):
  name, *rest = (sys.argv[1:] if argv is None else argv) or ['--help']
  if name in ('--help', '-h', 'help'):
    print(usage())
  elif name not in COMMANDS:
    sys.exit(unknown(name))
  else:
    sys.path.insert(0, os.getcwd())  # For configs/, as `python -m` has it.
    if argv is None:
      terminal.open_closed()
      interrupt.listen()
    COMMANDS[name].call(rest)


if __name__ == '__main__':
  main()
