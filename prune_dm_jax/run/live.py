"""run.html: a page of the run in its workdir, written while it runs.

A thread of the first process writes it when the run begins, each half minute,
and when it ends, however that is. It takes a two-hundredth of the time at most:
what costs more is written less often. Where another run of the workdir is
writing run.html, this one's page is run-2.html.
"""

import contextlib
import fcntl
import itertools
import json
import threading
import time
import urllib.parse

import numpy as np
from absl import logging

from prune_dm_jax.data import images
from prune_dm_jax.report import grid
from prune_dm_jax.report import live as drawing
from prune_dm_jax.run import digests
from prune_dm_jax.run import interrupt
from prune_dm_jax.run import processes
from prune_dm_jax.run import progress
from prune_dm_jax.run import troubles
from prune_dm_jax.training import faults

EVERY = 30.0
"""Seconds between two writings, at least."""

SHARE = 200
"""How many times as long as it took to write the next writing waits."""

ROW, NUMBER, LARGE = 10, 20, 96
"""Pictures in a row, of all that are shown, and their pixels at most."""

LINKS = {
  'report.html': 'The report',
  'gallery.html': 'The gallery: what is kept and what is pruned',
}

TWINS = 'twins.html'
"""Of the workdir, where pictures are pruned without a configuration."""

open_pages = []
"""The page that is written, of this process: at most one."""


class Page:
  """What is known of the run, and the file that says it."""

  def __init__(self, folder):
    self.folder, self.path, self.lock = folder, None, None
    self.status, self.ended = 'running', ''
    self.way, self.stages = [], {}
    self.resumed, self.log, self.cell = [], None, None
    self.pictures, self.took, self.trouble = {}, 0.0, ''
    self.writing, self.over = threading.Lock(), threading.Event()

  def now(self):
    """The drawing.Now."""
    return drawing.Now(
      name=str(self.folder), status=self.status, said=self.said(),
      stages=tuple((n, self.became(n)) for n in self.way),
      counted=progress.state.counted if self.status == 'running' else (),
      losses=losses(self.log) if self.log else (),
      pictures=tuple(self.pictures.items()), resumed=tuple(self.resumed),
      lines=tuple(progress.state.lines), links=self.links(),
      written=time.time(), every=self.wait(),
    )  # fmt: skip

  def said(self):
    """What goes on: the innermost, where it is not the stage itself."""
    if self.ended or not self.stages:
      return self.ended or 'It looks at the data.'
    stage, began = list(self.stages.items())[-1]
    inner = [f' ({one.what})' for one in progress.stack if one.what != stage]
    inner = inner[-1] if inner else ''
    return (
      f'Stage {self.way.index(stage) + 1} of {len(self.way)}: {stage}{inner}, for '
      f'{progress.clock(time.monotonic() - began[0])}.'
    )

  def became(self, name):
    """What became of a stage."""
    if name not in self.stages:
      return 'to come'
    began, *end = self.stages[name]
    if end:
      return f'done, {progress.clock(end[0] - began)}'
    return 'now' if self.status == 'running' else self.status

  def links(self):
    """To the pages of the cell, and of twins, that are there."""
    own = ((TWINS, 'Twins'),) if (self.folder / TWINS).exists() else ()
    if self.cell is None:
      return own
    there = [n for n in LINKS if (self.cell / n).exists()]
    quoted = urllib.parse.quote(self.cell.name)
    return tuple((f'{quoted}/{name}', LINKS[name]) for name in there) + own

  def wait(self):
    return max(EVERY, SHARE * self.took)

  def keep_writing(self):
    """In a thread, until it is over."""
    while not self.over.wait(self.wait()):
      self.write()

  def write(self):
    """Writes it, or says why not; nobody waits for it for long."""
    if not (self.folder.exists() and self.writing.acquire(timeout=EVERY)):
      return
    try:
      began = time.monotonic()
      self.path = self.path or self.free()
      part = self.path.with_name(f'{self.path.stem}.partial.html')
      part.write_text(drawing.text(self.now()))
      part.rename(self.path)
      self.took = time.monotonic() - began
    except Exception as error:
      said, self.trouble = self.trouble, str(error)
      if said != self.trouble:
        logging.info('%s/run.html is not written: %s', self.folder, error)
    finally:
      self.writing.release()

  def free(self):
    """The first name that no other run holds; it goes when this process does."""
    digests.make_folder(self.folder / '.locks')
    for number in itertools.count(1):
      name = 'run.html' if number == 1 else f'run-{number}.html'
      self.lock = open(self.folder / '.locks' / name, 'w')
      with contextlib.suppress(BlockingIOError):
        faults.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return self.folder / name


@contextlib.contextmanager
def page(folder):
  """A context of a run in whose folder its page is written."""
  if not processes.first():
    yield
    return
  own = Page(folder)
  open_pages.append(own)
  threading.Thread(target=own.keep_writing, daemon=True).start()
  try:
    yield
    own.status, own.ended = 'done', 'All of it is there.'
  except BaseException as error:
    own.status, own.ended = end(error)
    raise
  finally:
    own.over.set()
    open_pages.remove(own)
    if own.path:
      own.write()
      own.lock.close()


def end(error):
  """How a run ended, and in a sentence why."""
  told = (interrupt.Told, KeyboardInterrupt)
  if any(isinstance(one, told) for one in faults.chain(error)):
    return 'stopped', interrupt.sentence(getattr(error, 'code', None) or '')
  said = troubles.sentence(error) or str(error) or type(error).__name__
  return 'failed', said


@contextlib.contextmanager
def stage(way, name):
  """A context in which a stage of the way is built."""
  for own in open_pages:
    own.way += [other for other in way if other not in own.way]
    own.stages[name] = [time.monotonic()]
    own.log, progress.state.counted = None, ()
    if own.path is None:
      own.write()
  with progress.doing(name):
    yield
  for own in open_pages:
    own.stages[name].append(time.monotonic())


def of_cell(folder):
  """Whose pages are linked to."""
  for own in open_pages:
    own.cell = folder


def resumed(sentence):
  """Says what an earlier run left of something."""
  for own in open_pages:
    own.resumed.append(sentence)


def training(folder):
  """Draws the losses in a folder from now on."""
  for own in open_pages:
    own.log = folder / 'metrics.jsonl'


def show(caption, make):
  """Shows some pictures, which make() gives: uint8 [n, H, W, C]."""
  for own in open_pages:
    try:
      own.pictures[caption] = tiled(make()[:NUMBER])
    except Exception as error:
      logging.info('%s are not on run.html: %s', caption, error)


def tiled(pictures):
  """Rows of pictures as a URI: a PNG of small ones, a JPEG of others."""
  side = max(pictures.shape[1:3])
  if side > LARGE:
    pictures = np.stack([images.letterbox(one, LARGE) for one in pictures])
  both = grid.tile(pictures, columns=ROW)
  return grid.photo_uri(both) if side > 32 else grid.data_uri(both, scale=2)


def losses(path):
  """((step, loss), ...) of a log of training, a torn last line left out."""
  if not path.exists():
    return ()
  lines = path.read_text().split('\n')[:-1]
  step = -(-len(lines) // drawing.MOST) or 1
  found = map(json.loads, lines[::-step][::-1])
  return tuple((line['step'], line['loss']) for line in found)
