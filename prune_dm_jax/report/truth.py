"""What the rows of a truth say: two tables, and a sentence for each kind."""

AT = 0.5
"""The prune_ratio of the tables of a terminal, and of the sentences."""

DOUBT = 0.05


def areas(rows, direction, seconds):
  """A row a method, in the direction of its own, a column a kind.

  Args:
    rows: As stages/truth.py has them.
    direction: method -> the keep rule of its row.
    seconds: method -> what its scores took.
  """
  own = [r for r in rows if r['keep'] == direction[r['method']]]
  return [
    {'area under the curve': method}
    | {r['kind']: f'{r["area"]:.2f}' for r in own if r['method'] == method}
    | {'seconds': f'{seconds[method]:.1f}'}
    for method in dict.fromkeys(r['method'] for r in own)
  ]


def kept(rows):
  """A row a way, the % that it keeps of a kind; * where that is no chance."""
  rows = [r for r in rows if r['ratio'] == AT]
  ways = number_of_ways(rows)
  mark = lambda r: '*' if r['p'] * ways < DOUBT else ''
  shown = lambda r: f'{100 * r["share"]:.0f}{mark(r)}'
  head = f'% kept at {AT:g}'
  chance = {r['kind']: percents(r, 'random') for r in rows}
  return [
    {head: 'by chance'} | chance,
    *(
      {head: f'{method}, {keep}'}
      | {r['kind']: shown(r) for r in rows if way(r) == (method, keep)}
      for method, keep in dict.fromkeys(map(way, rows))
    ),
  ]


def way(row):
  return row['method'], row['keep']


def number_of_ways(rows):
  return len(set(map(way, rows)))


def percents(row, of='share'):
  """'50 (33 to 67)': the share kept, or what random keeps."""
  ends = ('random_low', 'random_high') if of == 'random' else ('low', 'high')
  value, low, high = (100 * row[name] for name in (of, *ends))
  return f'{value:.0f} ({low:.0f} to {high:.0f})'


def best(rows, to_keep, seconds):
  """The row of a kind that finds it best; of equal shares that with the larger
  area, to two digits; of these the quickest.
  """
  sign = -1 if to_keep else 1
  area = lambda r: 0.5 if r['area'] is None else round(r['area'], 2)
  order = lambda r: (sign * r['share'], -sign * area(r), seconds[r['method']])
  return min(rows, key=order)


def sentence(rows, about, to_keep, seconds):
  """Which way finds a kind best, or that none is told from chance.

  Args:
    rows: Of one kind, at every ratio.
    about: What a set has that has many of the kind.
    to_keep: Whether a good selection keeps the kind.
    seconds: method -> what its scores took.
  """
  rows = [r for r in rows if r['ratio'] == AT]
  ways, first = number_of_ways(rows), best(rows, to_keep, seconds)
  others = sum(r['share'] == first['share'] for r in rows) - 1
  unit = 'planted' if first['neither'] is None else 'pairs'
  words = (
    f'{", ".join(way(first))}, keeps {percents(first)} % of '
    f'{first["planted"]} {unit} at {AT:g}, random {percents(first, "random")}'
  )
  as_good = f', and {others} other ways as {"many" if to_keep else "few"}'
  told = first['p'] * ways < DOUBT
  return (
    f'{about}: '
    + ('' if told else 'no way is told from chance; the nearest, ')
    + words
    + (as_good if others else '')
  )
