"""Names that would command a browser, a terminal, a table or a file system."""

import html.parser

import numpy as np
from PIL import Image

from prune_dm_jax.report import gallery
from prune_dm_jax.report import sheets

CLASSES = ('<svg onload=alert(1)>', '=cmd|calc!A0', '\x1b[31m\u202e$p|q')
FILES = (
  '<img src=x onerror=alert(2)>.png', '"onmouseover="alert(3).png',
  "'><script>alert(4)<.png", '\x1b]0;mine\x07.png', '\u202egnp.1.png',
  f'{"w" * 240}.png', '%2e%2e%2fx.png', '\\..\\x.png',
)  # fmt: skip


def pictures(folder):
  """A class a folder, and in each a picture by every name; the first two alike."""
  rng = np.random.default_rng(0)
  for name in CLASSES:
    (folder / name).mkdir(parents=True)
    for file in FILES:
      picture = rng.integers(0, 256, (8, 8, 3), np.uint8)
      Image.fromarray(picture).save(folder / name / file, 'PNG')
    first, second = (folder / name / file for file in FILES[:2])
    second.write_bytes(first.read_bytes())
  return folder


class Page(html.parser.HTMLParser):
  """What a browser would find: tags, attributes, and addresses."""

  def __init__(self, text):
    super().__init__()
    self.tags, self.attributes, self.addresses = set(), set(), set()
    self.feed(text)

  def handle_starttag(self, tag, attrs):
    self.tags.add(tag)
    self.attributes.update(name for name, _ in attrs)
    found = dict(attrs)
    self.addresses.update(
      found[a] for a in ('src', 'href', 'xlink:href') if a in found
    )


KNOWN = frozenset(
  'a b body clippath code defs details div figcaption figure g h1 h2 h3 head html '
  'i img li main meta ol p path pre rect section small span style summary svg table '
  'tbody td text th thead title tr tspan ul use'.split()
)
"""Tags of our pages; none of them is in CLASSES or FILES but svg and img."""


def is_harmless(text, *, files=()):
  """Whether a page has no tag, handler or address but those that are ours.

  Files are names beside it that it may lead to.
  """
  script = f'<script>{sheets.SCRIPT}{gallery.SCRIPT}</script>'
  for ours in (gallery.LARGER, sheets.TOOLS, script):
    text = text.replace(ours, '', 1)
  page = Page(text)
  own = [a for a in page.addresses if a.startswith(('data:image/', '#'))]
  handlers = [name for name in page.attributes if name.startswith('on')]
  others = [
    a for a in page.addresses if not a.endswith('.html') and a not in files
  ]
  return page.tags <= KNOWN and not handlers and len(own) == len(others)
