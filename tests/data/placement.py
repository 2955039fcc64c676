"""What becomes of pictures, by the names of their folders alone."""

from prune_dm_jax.data.labels import class_labels


def tree(layout):
  """Names of pictures: 'cat:2 dog:1' is cat/0.png, cat/1.png and dog/0.png."""
  for part in layout.split():
    folder, number = part.split(':')
    yield from (f'{folder}/{i}.png'.removeprefix('./') for i in range(
      int(number)))  # fmt: skip


def done(layout):
  """What became of each folder of a layout: 'cat/val': ('held out', 'cat')."""
  names = list(tree(layout))
  found = class_labels.labelled(names)
  whole = {}
  for i, name in enumerate(names):
    label = found.labels[i]
    word = 'held out' if found.held_out[i] else 'train'
    assert not (found.held_out[i] and name in found.left_out)
    word = 'left out' if name in found.left_out else word
    word = 'bad' if name in found.bad else word
    one = (word, found.class_names[label] if label >= 0 else '')
    folder = name.rpartition('/')[0] or '.'
    assert whole.setdefault(folder, one) == one
  return whole, '; '.join(found.words)


def expected(words):
  """'a train cat, b left-out' as done gives it."""
  rows = [row.split() for row in words.split(', ')]
  return {
    folder: (
      word.replace('-', ' '),
      label[0].replace('-', ' ') if label else '',
    )
    for folder, word, *label in rows
  }
