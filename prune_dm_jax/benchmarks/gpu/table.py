"""What was measured as a table of Markdown, under the name of the card."""

from prune_dm_jax.training import pace

COLUMNS = {
  'dtype': '',
  'batch': '',
  'ms': 'ms',
  'images_s': 'images/s',
  'tflop_s': 'TFLOP/s',
  'mfu': 'MFU',
}
"""Names of what has a column of its own -> its head."""


def text(rows):
  """The whole, of the lines of a run."""
  machine = next((row for row in rows if row['part'] == 'machine'), {})
  lines = [
    title(machine),
    '',
    peak(machine),
    '',
    '| part | | ' + ' | '.join(COLUMNS.values()) + ' | |',
    '|---' * (len(COLUMNS) + 3) + '|',
  ]
  lines += [line(row) for row in rows if row['part'] != 'machine']
  return '\n'.join(lines)


def title(machine):
  """Which card, by which driver and versions."""
  named = ('driver_version', 'driver'), ('jax', 'JAX'), ('jaxlib', 'jaxlib')
  known = [f'{word} {machine[k]}' for k, word in named if k in machine]
  return ', '.join([f'**{machine.get("card", "unknown card")}**', *known]) + '.'


def peak(machine):
  """Of what MFU is a share."""
  name = machine.get('card')
  if name not in pace.PEAKS:
    return (
      'The peak of this card is not known: there is no MFU, only TFLOP/s; the '
      'table of peaks is in prune_dm_jax/training/pace.py.'
    )
  return f'MFU is of {pace.PEAKS[name] / 1e12:g} TFLOP/s, dense bfloat16.'


def line(row):
  """A line of the table: numbers in columns, the rest by name."""
  rest = {k: v for k, v in row.items() if k not in {'part', 'what', *COLUMNS}}
  cells = [row['part'], row['what'], *(cell(row, k) for k in COLUMNS)]
  cells.append('; '.join(f'{k} {number(v)}' for k, v in rest.items()))
  return '| ' + ' | '.join(c.replace('|', '/') for c in cells) + ' |'


def cell(row, name):
  value = row.get(name, '')
  return f'{100 * value:.1f} %' if name == 'mfu' and value else number(value)


def number(value):
  """1234.0 as 1234, 0.000012 as 1.2e-05, text as it is."""
  if isinstance(value, float) and 1 <= abs(value) < 1e7:
    return f'{value:.10g}'
  return f'{value:.4g}' if isinstance(value, float) else str(value)
