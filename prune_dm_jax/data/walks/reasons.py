"""Why what is there is not used: how many for each reason, and examples.

  found = usable + bad + left out

Of a Source; a source of arrays leaves nothing out.
"""

import collections

FIRST = 5
"""Reasons, and examples of each, that a sentence has room for."""


ARCHIVES = ('.zip', '.tar', '.gz', '.tgz', '.7z', '.rar')


def told(bad, left_out=(), repeated=()):
  """'12 packed by method 12 (a/0.png, a/1.png); 3 .heic (a/0.heic)', or ''."""
  rows = [
    (number, why, ', '.join(keys) + (', ...' if number > len(keys) else ''))
    for why, number, keys in by_reason(bad, repeated)
  ]
  rows += [
    (count.number, why, count.example) for why, count in ordered(left_out)
  ]
  said = [f'{number} {why} ({keys})' for number, why, keys in rows[:FIRST]]
  if rows[FIRST:]:
    more = sum(number for number, _, _ in rows[FIRST:])
    said.append(f'{more} for {len(rows) - FIRST} other reasons')
  return '; '.join(said)


def by_reason(bad, repeated=()):
  """[(why, number, first keys)] of key -> why, the largest number first."""
  numbers = collections.Counter(bad.values()) + collections.Counter(repeated)
  keys = {}
  for key, why in sorted(bad.items()):
    if len(some := keys.setdefault(why, [])) < FIRST:
      some.append(key)
  return [(why, n, keys.get(why, [])) for why, n in numbers.most_common()]


def ordered(left_out):
  """[(why, Count)], pictures first, then what is large."""
  rank = lambda row: ('picture' not in row[0], -row[1].bytes, row[0])
  return sorted(dict(left_out).items(), key=rank)


def none(path, kind, found):
  """The sentence about a tree, of Walked `found`, without a usable picture."""
  why, do = told(found.bad, found.left_out), advice(found)
  if found.bad:
    return f'{path}: no picture in this {kind} can be used: {why}{do}'
  return (
    f'{path}: no picture in this {kind}, which holds {why or "no file"}{do}'
  )


def advice(found):
  """What would do about such a tree, or ''."""
  if any('link' in why.split() for why in found.bad.values()):
    return '; links are not followed: copy what they lead to (cp -rL)'
  packed = [why for why in found.left_out if why in ARCHIVES]
  if not found.bad and packed:
    several = found.left_out[packed[0]].number > 1
    into_one = ', bring several into one .tar (tar -cf one.tar *.tar)'
    into_one = into_one if packed[0] == '.tar' and several else ''
    return f'; give the path of a {packed[0]}{into_one}, or unpack it'
  if found.left_out and not found.bad:
    return '; pictures are read from files, a .zip or .tar, Parquet or Arrow'
  return ''


def repeated(source):
  """why -> number of bad pictures beyond the first of their key."""
  return getattr(source, 'repeated', {})


def left_out(source):
  """reason -> Count."""
  return getattr(source, 'left_out', {})


def number_bad(source):
  return len(source.bad) + sum(repeated(source).values())


def of(source):
  """`told` of a Source."""
  return told(source.bad, left_out(source), repeated(source))


def lines(source):
  """Of a Source, a line for each reason, then the sum."""
  for why, number, keys in by_reason(source.bad, repeated(source)):
    yield f'{number:>9,}  bad: {why}, such as {keys[0]}'
  out = ordered(left_out(source))
  for why, (number, size, example) in out:
    size = f', {in_words(size)}' if size else ''
    yield f'{number:>9,}  left out: {why}{size}, such as {example}'
  usable, bad = len(source), number_bad(source)
  others = sum(count.number for _, count in out)
  yield (
    f'found        {usable + bad + others:,} = {usable:,} usable + {bad:,} bad '
    f'+ {others:,} left out'
  )


def in_words(size):
  """Bytes, as 96 B, 1.2 kB, 3.4 MB or 140.0 GB."""
  for unit, name in ((1e9, 'GB'), (1e6, 'MB'), (1e3, 'kB')):
    if size >= unit:
      return f'{size / unit:.1f} {name}'
  return f'{size} B'
