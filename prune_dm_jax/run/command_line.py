"""A program by the command line: --config, --workdir, and plain sentences."""

import argparse
import functools
import linecache
import logging as std_logging
import os
import pathlib
import sys
import threading
import traceback

import jax
from absl import app
from absl import flags
from absl import logging
from ml_collections import config_flags

from prune_dm_jax.run import deterministic
from prune_dm_jax.run import interrupt
from prune_dm_jax.run import mistakes
from prune_dm_jax.run import processes
from prune_dm_jax.run import progress
from prune_dm_jax.run import same_command
from prune_dm_jax.run import terminal
from prune_dm_jax.run import troubles

CONFIG = config_flags.DEFINE_config_file(
  'config', None, 'configs/<data set>.py:<variant>', lock_config=True
)
WORKDIR = flags.DEFINE_string(
  'workdir',
  '',
  'Where everything is written; by default runs/<name of the config file>.',
)

EXAMPLE = '--config=configs/digits.py:random'

BROKEN_PIPE = 141
"""Exit code of what a closed pipe ended, as a shell has it."""


def call(program, _):
  """program(config, workdir), if there is nothing wrong with the flags."""
  if not CONFIG.present:
    refuse(f'--config is missing; name a file and a variant, as {EXAMPLE}')
  if not config_file().is_file():
    refuse(f'--config={config_file()}: there is no such file')
  workdir = pathlib.Path(WORKDIR.value or default_workdir())
  plainly(lambda: mistakes.check_keys(CONFIG.value, config_file()))
  plainly(lambda: mistakes.check_folder('--workdir', workdir))
  deterministic.ask()
  plainly(processes.connect)
  plainly(lambda: same_command.check(CONFIG.value, workdir))
  if not processes.first():
    logging.set_verbosity(logging.WARNING)
  plainly(deterministic.say)
  plainly(lambda: program(CONFIG.value, workdir))
  interrupt.finished()


def plainly(program):
  """program(); what is wrong with what it was given is one sentence."""
  interrupt.state.at_work = True
  try:
    with terminal.printing():
      program()
    sys.stdout.flush()
  except KeyboardInterrupt:
    interrupt.leave(interrupt.STOPPED, interrupt.sentence())
  except interrupt.Told as told:
    interrupt.leave(interrupt.AGAIN, interrupt.sentence(told.code))
  except BrokenPipeError:  # As of `| head`, which has seen enough.
    os._exit(BROKEN_PIPE)
  except Exception as error:
    refuse_or_raise(error)
  finally:
    interrupt.state.at_work = False


def refuse_or_raise(error):
  """Ends the program in a sentence; of a defect the traceback is wanted."""
  interrupt.heed(error)
  if troubles.sentence(error):
    say_nothing_more()
  said = sentence(error)
  if said:
    refuse(said)
  processes.explain()
  raise error


def sentence(error):
  """What is wrong with what was given, or with the machine; '' of a defect."""
  trouble = troubles.sentence(error)
  said = isinstance(error, ValueError | FloatingPointError)
  if trouble or (said and raised_here(error)):
    return trouble or str(error)
  if isinstance(error, OSError) and error.filename:
    return f'{error.filename}: {error.strerror}'
  return ''


def carry_out(name, program, given):
  """program(given) of a command that takes no configuration, in plain words."""
  flags.FLAGS.mark_as_parsed()  # There are none, and logging asks.
  speak_plainly()
  with progress.doing(name):
    plainly(lambda: program(given))
  interrupt.finished()


def refuse(sentence):
  """Ends the program with one sentence and exit code 1."""
  sys.exit(terminal.shown(f'prune_dm_jax: {sentence}'))


def refuse_all(lead, sentences):
  """Ends the program with a list of sentences, if there are any."""
  if sentences:
    refuse('\n'.join([lead, *(f'- {sentence}' for sentence in sentences)]))


def config_file():
  """The path in --config=<path>:<variant>."""
  return pathlib.Path(flags.FLAGS['config'].config_filename.split(':')[0])


def default_workdir():
  """runs/<name of the config file>."""
  return pathlib.Path('runs') / config_file().stem


def raised_here(error):
  """Whether a `raise` of this package made it: a sentence for the user.

  Anything else is a defect, whose traceback is wanted.
  """
  *_, (frame, line) = traceback.walk_tb(error.__traceback__)
  file = frame.f_code.co_filename
  return ours(file) and linecache.getline(file, line).strip().startswith(
    'raise'
  )


def parse(argv, values=flags.FLAGS):
  """Flags, or one sentence about what is wrong with them."""
  try:
    mistakes.check_named(argv)
    rest = values(argv)
  except Exception as error:  # A config file is a program: it raises anything.
    refuse(mistakes.of_argv(error, argv))
  if len(rest) > 1:
    refuse(
      f'{rest[1]!r} is not a flag; settings are --config=FILE:VARIANT and '
      '--config.name=value'
    )
  return rest


def speak_plainly():
  """Our own lines with the time of day, and of other packages the warnings."""
  logging.use_absl_handler()
  logging.set_verbosity(logging.INFO)
  handler = logging.get_absl_handler().python_handler
  handler.setFormatter(terminal.Formatter('%(asctime)s %(message)s', '%X'))
  handler.addFilter(is_worth_a_line)
  sys.unraisablehook = what_nobody_catches(sys.unraisablehook)
  progress.speak()


def is_worth_a_line(record):
  """Whether a log line is shown: but for what the last one will say."""
  error = record.exc_info and record.exc_info[1]
  if error and not ours(record.pathname) and troubles.is_told_elsewhere(error):
    return False
  return record.levelno >= std_logging.WARNING or ours(record.pathname)


def what_nobody_catches(hook):
  """A hook for what is raised in destructors and the like: to be told to end is
  heeded, and nothing is said of what follows from an error.
  """

  def meet(told):
    interrupt.heed(told.exc_value)
    if not troubles.is_aftermath(told.exc_value):
      hook(told)

  return meet


def say_nothing_more():
  """Threads, and what is closed at the end, meet the same fault once more."""
  sys.unraisablehook = threading.excepthook = lambda told: None
  terminal.be_silent_at_the_end()
  logging.get_absl_handler().addFilter(lambda record: False)


def ours(file):
  """Whether a source file is of this package."""
  return pathlib.Path(file).is_relative_to(pathlib.Path(__file__).parents[1])


def parser(name, about):
  """A parser of a command that takes no configuration; `about` is its help."""
  made = argparse.ArgumentParser(
    prog=f'prune-dm {name}',
    description=about,
    formatter_class=argparse.RawDescriptionHelpFormatter,
    allow_abbrev=False,
  )
  made.error = lambda message: refuse(mistakes.of_option(message))
  return made


def usage(about):
  """What a program takes: what it is about, and the flags of this package."""
  defined = same_command.defined()
  lines = [about, *(f'  --{flag.name}: {flag.help}' for flag in defined)]
  lines += ['', 'Any key of the configuration: --config.NAME=VALUE']
  return '\n'.join(lines)


def run(program, argv, about):
  """Runs a program(config, workdir) by the command line; `about` is its help."""
  if {'--help', '-h'} & {*argv}:
    print(usage(about))
    return
  speak_plainly()
  jax.config.update('jax_numpy_rank_promotion', 'raise')
  app.run(
    functools.partial(call, program),
    argv=[sys.argv[0], *argv],
    flags_parser=parse,
  )
