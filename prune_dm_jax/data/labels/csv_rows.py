"""Rows of a .csv with commas, semicolons or tabs."""

import csv
import io


def head(data):
  """The columns of a .csv, and what is between them."""
  first = data.split(b'\n', 1)[0].decode('utf-8-sig', 'replace')
  comma = max(',;\t', key=first.count)
  return [
    plain(field.strip().strip('"')) for field in first.split(comma)
  ], comma


def fields_of(file, words, comma):
  """(line, fields) of each row of a .csv that is not empty, or commas alone."""
  lines = io.StringIO(words, newline='')
  reader = csv.reader(
    lines, delimiter=comma, strict=True, skipinitialspace=True
  )
  try:
    for row in reader:
      if any(map(str.strip, row)):
        yield reader.line_num, row
  except csv.Error as error:
    raise ValueError(f'{file}: line {reader.line_num}: {error}') from error


def plain(column):
  """The name of a column, however it is written."""
  return column.strip().casefold()
