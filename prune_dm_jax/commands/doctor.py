"""What there is, what is missing, and what a run would take.

  prune-dm doctor
  prune-dm doctor --config=configs/imagenet.py:random --topology=h100:4

Without --config: this machine. With it: all that is wrong or missing, at once;
then, for each stage, parameters, memory of a device, products, hours and disk;
then what does not fit, and what makes it fit. Devices need not be here: nothing
is allocated on them. Ends with 1 if something is missing or does not fit.
"""

import math

from absl import flags

from prune_dm_jax.run import checks
from prune_dm_jax.run import command_line
from prune_dm_jax.run import machine
from prune_dm_jax.run import topologies
from prune_dm_jax.stages import dry_run
from prune_dm_jax.stages import estimate
from prune_dm_jax.stages import foreseen as foreseen_lib
from prune_dm_jax.stages import remedies

TOPOLOGY = flags.DEFINE_string(
  'topology',
  'here',
  'h100:4, h100:8x8 (hosts x GPUs), v5e:2x2, cpu:4, here ...',
)
MFU = flags.DEFINE_float(
  'mfu', estimate.MFU,
  'The share of its peak that a device is assumed to reach.',
  lower_bound=1e-6, upper_bound=1.0,
)  # fmt: skip
COMPILE = flags.DEFINE_bool(
  'compile', False,
  'Compiles each program for the topology, for the memory that XLA says: '
  'seconds to minutes each.',
)  # fmt: skip

HEADER = ('', 'parameters', 'GiB a device', 'PFLOP', 'hours', 'disk GB')


def main(argv):
  if {'--help', '-h'} & {*argv}:
    print(command_line.usage(__doc__))
    return
  command_line.speak_plainly()
  given = command_line.parse(['doctor', *argv])
  if COMPILE.value:  # Before JAX looks for devices.
    topologies.ask_for_no_device()
  if command_line.CONFIG.present:
    command_line.call(whole, given)
    return
  for flag in (TOPOLOGY, MFU, COMPILE):
    if flag.present:
      command_line.refuse(
        f'--{flag.name} is of a run; name one, as {command_line.EXAMPLE}'
      )
  command_line.plainly(alone)


def alone():
  """Says what there is on this machine; ends with 1 if that hinders a run."""
  workdir = command_line.WORKDIR.value or 'runs'
  say_facts(workdir)
  end_with([*machine.troubles(workdir)])


def say_facts(workdir):
  print(
    '\n'.join(f'{name:32}{value}' for name, value in machine.facts(workdir))
  )


def end_with(troubles):
  """Ends the program with what is wrong, a sentence each, if anything is."""
  command_line.refuse_all(f'{len(troubles)} to mend:', troubles)
  print('\nnothing is missing')


def whole(config, workdir):
  """Says all of it."""
  topology = topologies.named(TOPOLOGY.value)
  say_facts(workdir)
  wrong = [*machine.troubles(workdir)]
  wrong += checks.troubles(config, topology.number)
  if not checks.wrong_in_itself(config, topology.number):
    wrong += foreseen(config, topology, workdir)
  end_with(wrong)


def foreseen(config, topology, workdir):
  """Prints what a run takes; what of it does not fit, in sentences."""
  known = {}
  rows = estimate.table(config, topology, mfu=MFU.value, known=known)
  if COMPILE.value:
    rows = compiled(config, topology, rows)
  print(f'\n{lead(config, topology, known)}\n')
  print('\n'.join(dry_run.aligned([HEADER, *map(line, rows), total(rows)])))
  print(f'\n{note()}')
  return [
    *foreseen_lib.troubles(config, known['set']),
    *remedies.too_large(config, topology, rows),
    *estimate.too_much(rows, config, workdir),
  ]


def compiled(config, topology, rows):
  """The rows with bytes of compiled programs, each of which is said."""
  names = dict.fromkeys(r.work.program for r in rows if r.cost)
  found = {}
  for name in names:
    found[name] = estimate.compiled(config, topology, name)
    print(f'compiled {name}: {said(found[name])}', flush=True)
  return [
    r._replace(cost=r.cost._replace(bytes=found[r.work.program].bytes))
    if r.cost and found[r.work.program].bytes
    else r
    for r in rows
  ]


def said(found):
  """What XLA found of a program, in words."""
  if not found.bytes:
    return f'XLA refuses, as {found.sent}'
  sent = found.sent or 'nothing'
  return (
    f'{found.bytes / topologies.GIB:.1f} GiB, {sent} sent between devices, after '
    f'{found.seconds:.0f} s'
  )


def lead(config, topology, known):
  """What is asked: of which pictures, on which devices."""
  pictures, chip = known['set'], topology.chip
  return (
    f'{config.variant} of {pictures.number:,} pictures ({pictures.how}) on '
    f'{topology.number} x {chip.kind}: {topology.room / topologies.GIB:.1f} of '
    f'{chip.gib:.1f} GiB each, {chip.bfloat16:.4g} TFLOP/s in bfloat16, '
    f'{chip.float32:.4g} in float32, of which {MFU.value:g} is assumed'
  )


def line(row):
  """A Row as words."""
  cost = row.cost
  size = f'{cost.bytes / topologies.GIB:.1f}' if cost else ''
  params = cost.params if cost else row.work.params
  return (
    f'{row.work.stage}: {row.work.what}', f'{params:,.0f}' if params else '', size,
    f'{row.flops / 1e15:,.4g}' if row.flops else '', hours(row.hours),
    f'{row.disk / 1e9:,.1f}',
  )  # fmt: skip


def hours(number):
  return 'not known' if math.isnan(number) else f'{number:,.2f}'


def total(rows):
  return (
    'all', '', '', f'{sum(r.flops for r in rows) / 1e15:,.4g}',
    hours(sum(r.hours for r in rows)),
    f'{sum(r.disk for r in rows) / 1e9:,.1f}',
  )  # fmt: skip


def note():
  """How these numbers came to be."""
  memory = (
    'Memory is of the compiled programs.'
    if COMPILE.value
    else 'Memory is estimated, of programs in which nothing is fused: mostly '
    'too much; --compile asks XLA.'
  )
  return (
    f'{memory} Published networks and k-means are by arithmetic. Not counted: '
    'reading pictures, metrics, compilation, and what is no product.'
  )
