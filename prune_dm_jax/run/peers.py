"""What several processes know of one another: who is told to end, who is missing.

Each writes down twice a second that it is there, and reads what the others wrote.

One that is told to end says so there. Each then writes which step of training it
has begun, and stops asking for more until all have: they save after the first
step that none has begun yet. Where none trains, they end at once.

Of one that is silent for --lost_after seconds the others say that it is missing,
and end; so they do where the coordinator, which is process 0, is gone.
"""

import json
import threading
import time

import jax

from prune_dm_jax.run import interrupt

EVERY = 0.5
"""Seconds between what a process writes."""

SOON = 5.0
"""Seconds after which silence is doubtful, and that others have to end."""

KEY = 'prune_dm_jax/peers/'


class Peers:
  """This process among the others; a thread keeps it up to date."""

  def __init__(self, client, me, number, lost_after):
    self.client, self.me, self.number = client, me, number
    self.lost_after, self.doubt = lost_after, False
    self.own = dict(
      beat=0, signal=0, closed=False, step=0, trains=False, left=0
    )
    self.others, self.heard = {}, dict.fromkeys(range(number), time.monotonic())
    self.lock, self.decided = threading.Lock(), threading.Event()
    self.talks, self.quiet = threading.Lock(), False
    self.step, self.last, self.since = 0, 0, 0.0
    threading.Thread(target=self.keep, daemon=True).start()

  def told(self):
    """After a step of training, in all of them: whether to save and to end."""
    with self.lock:
      self.step += 1
      if not self.own['closed']:  # Else what is written is what was decided by.
        self.own.update(trains=True, step=self.step)
        return False
    self.decided.wait()
    return self.step >= self.last

  def trained(self):
    """After training: nothing is to be saved."""
    with self.lock:
      if not self.own['closed']:
        self.own['trains'] = False

  def keep(self):
    """In a thread: writes, reads, and ends the program where it must."""
    while not self.quiet:
      try:
        self.exchange()
      except jax.errors.JaxRuntimeError:
        if not self.own['left']:
          interrupt.leave(interrupt.AGAIN, missing(0))
      self.look_for_silence()
      self.end_together()
      time.sleep(EVERY)

  def exchange(self):
    """Writes of this process, and reads of the others."""
    self.write()
    with self.talks:
      found = [] if self.quiet else self.client.key_value_dir_get(KEY)
    for key, text in found:
      i, now = int(key.rpartition('/')[2]), json.loads(text)
      if now != self.others.get(i):
        self.others[i], self.heard[i] = now, time.monotonic()

  def write(self):
    self.own['beat'] += 1
    self.own['signal'] = interrupt.state.number * interrupt.asked()
    text, key = json.dumps(self.own), f'{KEY}{self.me}'
    with self.talks:
      if not self.quiet:
        self.client.key_value_set(key, text, allow_overwrite=True)

  def look_for_silence(self):
    """Ends the program if another has not been heard of for long."""
    patience = SOON if self.doubt else self.lost_after
    silent = [i for i in self.heard if self.silent(i) > patience]
    if silent and not self.own['left']:
      interrupt.leave(interrupt.AGAIN, missing(*silent))

  def silent(self, i):
    return 0 if i == self.me else time.monotonic() - self.heard[i]

  def end_together(self):
    """What is done if one of them is told to end, or has ended."""
    told = [i for i in sorted(self.others) if self.others[i]['signal']]
    left = [i for i in self.others if self.others[i]['left'] and i != self.me]
    if told and not interrupt.asked():
      interrupt.state.number = self.others[told[0]]['signal']
    if told and not self.own['closed']:
      with self.lock:
        self.own['closed'] = True
    every = [self.others.get(i, {}) for i in range(self.number)]
    if all(one.get('closed') for one in every) and not self.decided.is_set():
      self.decide(every)
    broke_off = [i for i in left if self.others[i]['left'] > 1]
    saves = told and interrupt.state.kept
    if saves or not (told and left or broke_off):
      self.since = time.monotonic()
    elif time.monotonic() - self.since > SOON / 2 and not self.own['left']:
      why = interrupt.sentence() if told else gone(broke_off[0])
      interrupt.leave(interrupt.AGAIN, why)

  def decide(self, every):
    """After which step all save; where none trains, they end at once."""
    self.last = max(one['step'] for one in every) + 1
    self.decided.set()
    if not any(one['trains'] for one in every):
      interrupt.leave(interrupt.AGAIN, interrupt.sentence())

  def farewell(self, code):
    """Tells the others that this one ends; process 0 waits, as it is asked."""
    self.own['left'] = 1 + code
    ends = threading.Thread(target=self.last_words, daemon=True)
    ends.start()
    ends.join(SOON)

  def quit(self):
    """Farewell, at a good end; JAX then closes what they talk by."""
    self.farewell(0)
    with self.talks:
      self.quiet = True

  def last_words(self):
    here = lambda i: not self.others[i]['left'] and self.silent(i) < SOON
    try:
      self.write()
      while self.me == 0 and any(map(here, [*self.others])):
        time.sleep(interrupt.PAUSE)
        self.exchange()
    except jax.errors.JaxRuntimeError:
      return

  def explain(self):
    """Ends the program if what failed here is that another is missing."""
    self.doubt = True
    time.sleep(2 * SOON)
    self.doubt = False


def missing(*who):
  """The sentence of who is silent."""
  names = ' and '.join(map(str, who))
  is_ = 'process {} is' if len(who) == 1 else 'processes {} are'
  return (
    f'{is_.format(names)} missing: killed, or out of reach; start all of them '
    'again, and the same command goes on'
  )


def never_met(seconds):
  """The sentence of processes that did not all come."""
  return (
    f'not all processes met within {seconds} s: one was not started, or cannot '
    'reach --coordinator; start all of them, and the same command goes on'
  )


def gone(who):
  """The sentence of who ended before the others."""
  return (
    f'process {who} has ended, and says why; start all of them again, and the '
    'same command goes on'
  )
