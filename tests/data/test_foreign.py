"""What is no picture is called by what it is."""

import pytest

from prune_dm_jax.data import decode
from prune_dm_jax.data import foreign

BEGINS = {
  'HEIF': b'\0\0\0\x18ftypheic',
  'HEIF, ': b'\0\0\0\x1cftypmif1',
  'AVIF': b'\0\0\0\x20ftypavif',
  'JPEG XL': b'\0\0\0\x0cJXL \r\n\x87\n',
  'JPEG XL,': b'\xff\x0a\xfa',
  'JPEG 2000, which is not read': b'\0\0\0\x0cjP  \r\n\x87\n',
  'a film': b'\0\0\0\x20ftypisom',
  'a PDF': b'%PDF-1.7',
  'an archive': b'PK\3\4',
  'XML, as servers': b'<?xml version="1.0"?>\n<Error><Code>AccessDenied',
  'JSON, as servers': b'{"error": "not found"}',
  'an SVG': b'<?xml version="1.0"?>\n<!-- x -->\n<svg/>',
  'not a picture': b'this is a text',
}


@pytest.mark.parametrize('what', BEGINS)
def test_what_a_file_is_in_place_of_a_picture_is_said(what):
  data = BEGINS[what] + bytes(40)
  with pytest.raises(ValueError) as error:
    decode.picture(data)
  assert foreign.named(str(error.value), data).startswith(what)


def test_what_is_known_better_stays():
  assert foreign.named('truncated', b'%PDF') == 'truncated'


@pytest.mark.parametrize('known', [(), ('HEIF',)])
def test_a_format_that_is_read_here_is_torn(known, monkeypatch):
  monkeypatch.setattr(foreign.newer, 'FORMATS', known)
  said = foreign.named('not a picture', BEGINS['HEIF'])
  assert said == ('HEIF, but torn' if known else foreign.INSTALL['HEIF'])
