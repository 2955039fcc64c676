"""Pages in a real browser: what runs there, and what does not."""

import html
import re
import shutil
import subprocess

import pytest

from prune_dm_jax.report import gallery
from prune_dm_jax.report import page

BROWSER = shutil.which('chromium') or shutil.which('google-chrome')
PIXEL = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='
KEYS = ('first', '<b>second</b>', 'third')

pytestmark = [
  pytest.mark.slow,
  pytest.mark.skipif(not BROWSER, reason='there is no chromium to open pages'),
]


def after(tmp_path, *, then='', part=''):
  """The document of a gallery of three pictures once its script has run."""
  images = [gallery.image(PIXEL, key, 'kept', ['rank 3']) for key in KEYS]
  text = page.page(
    't', '', [('', [gallery.strip(images), part])], style=gallery.STYLE,
    end=gallery.LARGER, script=gallery.SCRIPT + then,
  )  # fmt: skip
  (tmp_path / 'page.html').write_text(text)
  options = ('--headless', '--no-sandbox', f'--user-data-dir={tmp_path}/own')
  command = [BROWSER, *options, '--dump-dom', f'file://{tmp_path}/page.html']
  done = subprocess.run(command, capture_output=True, text=True, timeout=300)
  return done.stdout


def test_a_picture_is_shown_larger_with_what_it_says_and_keys_go_on(tmp_path):
  right = (
    "box.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}));"
  )
  text = after(tmp_path, then=f'all[0].click(); {right}')
  (dialog,) = re.findall('<dialog.*</dialog>', text, re.S)
  assert ' open=""' in dialog and f'src="{PIXEL}"' in dialog
  assert f'<p>{html.escape(KEYS[1])}\nrank 3</p>' in dialog
  assert text.count('tabindex="0"') == len(KEYS)


def test_no_script_of_anyone_else_runs_and_nothing_is_loaded(tmp_path):
  evil = (
    '<script>document.body.id = "taken"</script>'
    '<img src="x" onerror="document.body.id = \'taken\'">'
  )
  text = after(tmp_path, part=evil)
  assert 'id="taken"' not in text and text.count('tabindex="0"') == len(KEYS)
