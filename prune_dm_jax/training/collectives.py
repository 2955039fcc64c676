"""What devices send one another, read off a compiled program."""

import collections
import itertools
import math
import re

KINDS = 'all-reduce|all-gather|reduce-scatter|all-to-all|collective-permute'
SENT = re.compile(rf' = (.*?) ({KINDS})(-start)?\(')
ARRAY = re.compile(r'\b([a-z]+)(\d*)\[([\d,]*)\]')
BITS = {'pred': 8}


def said(text):
  """In words: how many of each kind, and GiB of their results; '' if none."""
  found = collections.defaultdict(lambda: [0, 0])
  for line in text.splitlines():
    match = SENT.search(line)
    if match:
      found[match[2]][0] += 1
      found[match[2]][1] += sum(map(size_of, ARRAY.findall(results(match[1]))))
  return ', '.join(
    f'{number} {kind} of {size / 2**30:.2f} GiB'
    for kind, (number, size) in found.items()
  )


def results(shape):
  """A shape without its operands, ((operands), results), if it begins with them."""
  if not shape.startswith('(('):
    return shape
  depth = itertools.accumulate((c == '(') - (c == ')') for c in shape[1:])
  return shape[1 + list(depth).index(0) :]


def size_of(array):
  """Bytes of an array that HLO writes as f32[8,16]."""
  kind, bits, shape = array
  bits = BITS.get(kind) or int(bits or 8)
  return math.prod(map(int, filter(None, shape.split(',')))) * bits // 8
