"""A page in headless Chromium, by its DevTools protocol over two pipes.

with browser.opened(path) as tab:
  tab.run('document.title')
  tab.press('Escape')
  assert tab.errors == []
"""

import contextlib
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

PROGRAM = shutil.which('chromium') or shutil.which('google-chrome')

WHY_NOT = 'there is no chromium to open pages'

OPTIONS = (
  '--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe',
  '--hide-scrollbars', '--no-first-run',
)  # fmt: skip


KEYS = {'Escape': 27, 'ArrowLeft': 37, 'ArrowRight': 39}
"""Their numbers, without which the browser itself does nothing for them."""


class Tab:
  """One page; what went wrong in it is in `errors`."""

  def __init__(self, ask, tell):
    self.ask, self.tell, self.numbers = ask, tell, itertools.count(1)
    self.rest, self.errors, self.session, self.loaded = b'', [], '', 0
    found = self.call('Target.createTarget', url='about:blank')
    own = self.call(
      'Target.attachToTarget', targetId=found['targetId'], flatten=True
    )
    self.session = own['sessionId']
    for domain in ('Page', 'Runtime', 'Log'):
      self.call(f'{domain}.enable')

  def call(self, method, **params):
    """What a method of the protocol answers."""
    number = next(self.numbers)
    message = {'id': number, 'method': method, 'params': params}
    if self.session:
      message['sessionId'] = self.session
    os.write(self.ask, json.dumps(message).encode() + b'\0')
    while True:
      answer = self.read()
      if answer.get('id') == number:
        assert 'error' not in answer, (method, answer)
        return answer['result']

  def read(self):
    """The next message."""
    while b'\0' not in self.rest:
      some = os.read(self.tell, 2**20)
      assert some, 'the browser has ended'
      self.rest += some
    message, _, self.rest = self.rest.partition(b'\0')
    found = json.loads(message)
    method, params = found.get('method'), found.get('params', {})
    if method == 'Runtime.exceptionThrown':
      self.errors.append(params['exceptionDetails'])
    if method == 'Log.entryAdded' and params['entry']['level'] == 'error':
      self.errors.append(params['entry'])
    self.loaded += method == 'Page.loadEventFired'
    return found

  def go(self, path):
    """Opens a file, or about:blank, and waits until it is loaded."""
    before, uri = self.loaded, str(path)
    if not uri.startswith('about:'):
      uri = pathlib.Path(path).resolve().as_uri()
    self.call('Page.navigate', url=uri)
    while self.loaded == before:
      self.read()

  def run(self, script):
    """The value of JavaScript; of a promise, what it comes to."""
    answer = self.call(
      'Runtime.evaluate', expression=script, awaitPromise=True,
      returnByValue=True,
    )  # fmt: skip
    assert 'exceptionDetails' not in answer, answer
    return answer['result'].get('value')

  def press(self, key):
    """A key, as of the keyboard."""
    own = {'text': key} if len(key) == 1 else {}
    code = KEYS.get(key, 0)
    for kind in ('keyDown', 'keyUp'):
      self.call(
        'Input.dispatchKeyEvent', type=kind, key=key, code=key,
        windowsVirtualKeyCode=code, **own,
      )  # fmt: skip

  def size(self, width, height=800):
    self.call(
      'Emulation.setDeviceMetricsOverride', width=width, height=height,
      deviceScaleFactor=1, mobile=False,
    )  # fmt: skip

  def media(self, media='screen', scheme='light'):
    """As on 'screen' or in 'print', and 'light' or 'dark'."""
    scheme = {'name': 'prefers-color-scheme', 'value': scheme}
    self.call('Emulation.setEmulatedMedia', media=media, features=[scheme])

  def script(self, on):
    self.call('Emulation.setScriptExecutionDisabled', value=not on)


@contextlib.contextmanager
def opened(path=''):
  """A context of a Tab, on a page if one is given."""
  (its_ear, ask), (tell, its_mouth) = os.pipe(), os.pipe()
  with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as own:
    command = [PROGRAM, *OPTIONS, f'--user-data-dir={own}']
    plain = ' '.join(command)
    process = subprocess.Popen(
      ['bash', '-c', f'exec {plain} 3<&{its_ear} 4>&{its_mouth}'],
      pass_fds=(its_ear, its_mouth), stderr=subprocess.DEVNULL,
      stdout=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(its_ear)
    os.close(its_mouth)
    try:
      tab = Tab(ask, tell)
      if path:
        tab.go(path)
      yield tab
    finally:
      os.close(ask)
      os.close(tell)
      process.terminate()
      process.wait()
