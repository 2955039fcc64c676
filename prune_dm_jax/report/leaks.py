"""What a cell says of held-out pictures that have a copy among those trained on.

They are counted by the split, whose file is beside the cells of its workdir.
"""

from prune_dm_jax.report import cell_files

FLATTERS = (
  'it flatters the Fréchet distance, precision and recall, and hides '
  'memorisation'
)


def of(folder, facts):
  """{'bytes': n, 'pixels': n} of a cell; empty, if that was not counted.

  Args:
    folder: The cell's.
    facts: Its selection.json, which may say it itself.
  """
  if 'leaks' in facts:
    return facts['leaks']
  for path in sorted(folder.parent.glob('shared/split-????????/split.json')):
    split = cell_files.load(path)
    if is_of(split, facts):
      return split.get('leaks', {})
  return {}


def is_of(split, facts):
  """Whether a split is that of a cell: of its data, its seed and its numbers."""
  own = {name: facts.get(name) for name in ('fingerprint', 'shared_seed')}
  own['held_out'] = facts.get('held_out')
  counted = facts['kept'] + facts.get('pruned', 0)
  more = facts.get('high_noise', 0)  # Of a list these may be kept ones.
  train = counted, counted + more
  alike = own == {name: split.get(name) for name in own}
  return alike and split.get('train') in train


def sentence(found, held_out):
  """What to say beside numbers that copies flatter, or ''.

  Args:
    found: As `of` gives it.
    held_out: How many pictures are held out.
  """
  number = found.get('pixels', 0)
  if not number:
    return ''
  files = found.get('bytes', 0)
  same = f', {files:,} of them the same file' if files else ''
  return (
    f'{100 * number / held_out:.3g} % of the held-out pictures ({number:,} of '
    f'{held_out:,}{same}) have a copy among those trained on: {FLATTERS}.'
  )


def sentences(cells):
  """What is to be said of the cells of a sweep, each sentence once."""
  said = [
    sentence(of(c.folder, c.facts), c.facts.get('held_out', 0)) for c in cells
  ]
  return list(dict.fromkeys(filter(None, said)))
