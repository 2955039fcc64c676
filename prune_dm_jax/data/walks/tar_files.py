"""Pictures inside a .tar, or a tar of tars, read in place by their offsets.

Nothing is extracted: the headers are read once, and a picture is a range of
bytes of the outermost file.
"""

import os
from typing import NamedTuple

from prune_dm_jax.data.walks import file_names
from prune_dm_jax.data.walks import tar_headers
from prune_dm_jax.data.walks import walked


class Span(NamedTuple):
  file: str
  offset: int
  size: int


def walk(path):
  """The Walked of an archive: where is a Span.

  A member n01440764.tar of the archive is a folder n01440764.
  """
  into, links = walked.empty(), []
  try:
    with open(path, 'rb') as file:
      for prefix, member in members(file):
        note(into, links, prefix, member, path)
  except tar_headers.Torn as error:
    raise ValueError(f'{path}: a torn .tar, or none: {error}') from error
  follow(into, links)
  return into


def note(into, links, prefix, member, path):
  """Sorts one member into what was found, is bad, is left out, or a link."""
  raw = prefix + member.name.removeprefix('./')
  name = file_names.cleaned(raw)
  if member.kind == 'a folder':
    if file_names.is_picture(name):
      walked.leave_out(into, walked.FOLDER, 0, raw)
  elif file_names.is_picture(name):
    why = why_not(member, raw)
    if member.same_as and why == member.kind:
      links.append((raw, file_names.cleaned(prefix + member.same_as)))
      return
    span = Span(str(path), member.begin, member.size)
    walked.put(into, raw if why else name, span, member.size, why)
  elif why := file_names.why_left_out(name):
    walked.leave_out(into, member.kind or why, member.size, raw)


def follow(into, links):
  """A hard link is the picture that it names, if that is one that was found."""
  spans = {name: (where, size) for name, where, size in into.found if links}
  for raw, same_as in links:
    where, size = spans.get(same_as, (None, 0))
    why = '' if where else 'a link'
    walked.put(into, raw if why else file_names.cleaned(raw), where, size, why)


def members(file):
  """(folder within, Member) of each."""
  for member in tar_headers.members(file, 0, os.fstat(file.fileno()).st_size):
    name = member.name
    hidden = any(map(file_names.is_hidden, name.split('/')))
    if member.kind or hidden or not name.lower().endswith('.tar'):
      yield '', member
      continue
    end = member.begin + member.size
    try:
      for within in tar_headers.members(file, member.begin, end):
        yield name[: -len('.tar')].removeprefix('./') + '/', within
    except tar_headers.Torn as error:
      raise tar_headers.Torn(f'{name} in it: {error}') from error


def why_not(member, name):
  """Why a member with the name of a picture is refused, or ''."""
  why = file_names.astray(member.name) or file_names.astray(name)
  why = why or file_names.bad_name(name) or member.kind
  return why or ('' if member.size else 'empty')


def read(where):
  with open(where.file, 'rb') as file:
    file.seek(where.offset)
    data = file.read(where.size)
  if len(data) < where.size:
    raise ValueError('truncated archive')
  return data
