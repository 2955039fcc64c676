"""Which column of a foreign table is the picture, and which its class.

  picture   `image`, else the only one whose type can hold a picture's file:
            binary, or a struct with a binary field `bytes`
  class     `label`, else the only one that is declared a class, else the only
            one that is called like one: a whole number, a bool, a text, or a
            float that is whole in every row

What cannot be is one sentence of file, column and type.
"""

import json
from typing import NamedTuple

import pyarrow as pa

CLASSES = (
  'labels', 'class', 'class_label', 'class_id', 'category', 'target', 'cls',
)  # fmt: skip
"""What a column of classes is called, where it is not `label`."""

IS = pa.types
BINARY = (IS.is_binary, IS.is_large_binary, IS.is_binary_view)
TEXT = (IS.is_string, IS.is_large_string, IS.is_string_view)


class Columns(NamedTuple):
  image: str
  path: bool
  """Whether a picture has its name beside its bytes."""
  label: str
  """'': none."""
  kind: str
  """Of the label: number, bool, text, or none."""
  names: tuple[str, ...]
  """What the file says that classes are called."""
  doubt: str
  """Why no column is the class though some could be, or ''."""


def of_schema(schema, file):
  """The Columns of a table; a ValueError says which are missing or wrong."""
  declared = features(schema)
  image = picture(schema, file, declared)
  label, doubt = class_column(schema, declared)
  kind = kind_of(schema.field(label).type) if label else 'none'
  if not kind:
    raise ValueError(
      f'{file}: its column `label` is {short(schema.field(label).type)}; a '
      'class is a whole number, a bool or a text, or the column is left away'
    )
  inner = plain(schema.field(image).type)
  at = inner.get_field_index('path') if IS.is_struct(inner) else -1
  named = at >= 0 and is_one(plain(inner.field(at).type), TEXT)
  names = names_of(declared.get(label)) if kind == 'number' else ()
  return Columns(image, named, label, kind, names, doubt)


def picture(schema, file, declared):
  """The name of the column of pictures."""
  can = [
    f.name for f in schema if holds_files(f.type) and not called_class(f.name)
  ]
  if 'image' in schema.names:
    can = ['image']
  said = [name for name in can if is_declared(declared, name, 'Image')]
  can = said if len(said) == 1 else can
  if len(can) > 1:
    raise ValueError(
      f'{file}: {listed(can)} could each be the pictures; name the one that '
      'is meant `image`'
    )
  if not can:
    raise ValueError(
      f'{file}: no column `image`, and none whose type can be a picture, among '
      f'{listed([f"{f.name} {short(f.type)}" for f in schema])}'
    )
  check_once(schema, can[0], file)
  check_picture(schema.field(can[0]), file)
  return can[0]


def check_once(schema, name, file):
  if schema.names.count(name) > 1:
    raise ValueError(f'{file}: it has more than one column {name!r}')


def check_picture(field, file):
  """Raises ValueError if the column cannot hold the bytes of pictures."""
  inner = plain(field.type)
  if holds_files(field.type):
    return
  only = is_one(inner, TEXT) or (
    IS.is_struct(inner) and inner.get_field_index('path') >= 0
  )
  why = 'holds paths and no pictures' if only else 'cannot be read as pictures'
  raise ValueError(
    f'{file}: its column {field.name!r} is {short(field.type)}, which {why}; '
    "wanted are the bytes of pictures' files, binary or a struct with `bytes`"
  )


def class_column(schema, declared):
  """The name of the column of classes or '', and what makes that doubtful."""
  if schema.names.count('label') == 1:
    return 'label', ''
  once = [f for f in schema if schema.names.count(f.name) == 1]
  fit = [f.name for f in once if kind_of(f.type) not in ('', 'none')]
  said = [name for name in fit if is_declared(declared, name, 'ClassLabel')]
  can = said or [name for name in fit if called_class(name)]
  if schema.names.count('label') > 1:
    return '', 'there are several columns `label`'
  if len(can) > 1:
    return '', f'{listed(can)} could each be `label`'
  return (can[0], '') if can else ('', 'no column is called `label`')


def called_class(name):
  name = name.strip().casefold()
  return name in CLASSES or name.endswith('label')


def plain(kind):
  """A type without the dictionary or the extension around it."""
  while True:
    if isinstance(kind, pa.BaseExtensionType):
      kind = kind.storage_type
    elif IS.is_dictionary(kind):
      kind = kind.value_type
    else:
      return kind


def bare(array):
  """An array without what `plain` takes off its type."""
  while plain(array.type) != array.type:
    inner = isinstance(array, pa.ExtensionArray)
    array = array.storage if inner else array.dictionary_decode()
  return array


def holds_files(kind):
  inner = plain(kind)
  if IS.is_struct(inner) and not IS.is_dictionary(kind):
    at = inner.get_field_index('bytes')
    return at >= 0 and is_one(plain(inner.field(at).type), BINARY)
  return is_one(inner, BINARY)


def kind_of(kind):
  """number, bool, text or none: of a class's type; '' of any other."""
  kind = plain(kind)
  if is_one(kind, (IS.is_integer, IS.is_floating)):
    return 'number'
  if is_one(kind, TEXT):
    return 'text'
  return 'bool' if IS.is_boolean(kind) else 'none' if IS.is_null(kind) else ''


def is_one(kind, tests):
  return any(test(kind) for test in tests)


def features(schema):
  """column -> what Hugging Face says of it; {} if it says nothing."""
  said = read_json((schema.metadata or {}).get(b'huggingface', b'{}'))
  return below(below(said, 'info'), 'features')


def below(said, key):
  inner = said.get(key) if isinstance(said, dict) else None
  return inner if isinstance(inner, dict) else {}


def read_json(text, otherwise=()):
  try:
    return json.loads(text)
  except (ValueError, RecursionError):
    return otherwise


def is_declared(declared, name, kind):
  said = declared.get(name)
  return isinstance(said, dict) and said.get('_type') == kind


def names_of(said):
  """What a feature says that its classes are called, or ()."""
  names = said.get('names') if isinstance(said, dict) else None
  fine = isinstance(names, list) and all(isinstance(n, str) for n in names)
  return tuple(names) if fine else ()


def short(kind):
  """A type in at most 60 characters of one line."""
  text = ' '.join(str(kind).split())
  return text if len(text) <= 60 else f'{text[:57]}...'


def listed(names):
  """Names in one line, the first twelve of them."""
  shown = [repr(name)[1:-1] for name in names[:12]] or ['none']
  return ', '.join(shown) + (', ...' if len(names) > 12 else '')
