"""The headers of a .tar: read as others read them, and none is taken on trust."""

import io
import tarfile

import pytest
from layouts import tar

from prune_dm_jax.data.walks import tar_files
from prune_dm_jax.data.walks import tar_headers

FORMATS = {
  'ustar': tarfile.USTAR_FORMAT,
  'GNU': tarfile.GNU_FORMAT,
  'PAX': tarfile.PAX_FORMAT,
}
LONG = ('x' * 90 + '/' + 'y' * 95, 'a/' + 'z' * 300 + '/größe.jpg')


def written(form, names, **fields):
  file = io.BytesIO()
  with tarfile.open(fileobj=file, mode='w', format=FORMATS[form]) as archive:
    for i, name in enumerate(names):
      info = tarfile.TarInfo(name)
      info.size = 300 * (i + 1)
      for field, value in fields.items():
        setattr(info, field, value)
      archive.addfile(info, io.BytesIO(bytes([i + 1]) * info.size))
  return file.getvalue()


def members(data):
  return list(tar_headers.members(io.BytesIO(data), 0, len(data)))


def files(data):
  return [(m.name, m.begin, m.size) for m in members(data) if not m.kind]


@pytest.mark.parametrize('form', FORMATS)
def test_members_are_where_tarfile_finds_them(form):
  long = LONG[:1] if form == 'ustar' else LONG
  data = written(form, ['a/0.jpg', *long, './b/1.jpg'])
  with tarfile.open(fileobj=io.BytesIO(data)) as archive:
    expected = [(m.name, m.offset_data, m.size) for m in archive]
  assert files(data) == expected and len(expected) == 3 + len(long) - 1


@pytest.mark.parametrize('form', FORMATS)
def test_a_flipped_bit_of_a_header_is_an_error_or_changes_nothing(form):
  data = written(form, ['a/0.jpg', 'a/1.jpg'])
  whole, silent = files(data), 0
  for bit in range(8 * 512):
    flipped = bytearray(data)
    flipped[1024 + bit // 8] ^= 1 << bit % 8
    try:
      assert files(bytes(flipped)) == whole
      silent += 1
    except tar_headers.Torn:
      continue
  assert silent < 32  # Blanks of the sum itself.


def test_of_every_torn_archive_all_is_there_or_it_is_refused():
  data = tar({f'{i}.jpg': bytes([i + 1]) * 5000 for i in range(9)})
  whole = files(data)
  end = whole[-1][1] + 5120 + 512  # One block of the end mark.
  for cut in range(0, len(data), 512):
    if cut >= end:
      assert files(data[:cut]) == whole
    else:
      with pytest.raises(tar_headers.Torn):
        members(data[:cut])


def test_a_zeroed_page_over_a_header_is_refused():
  data = tar({f'{i}.jpg': bytes([i + 1]) * 5000 for i in range(9)})
  headers = [begin - 512 for _, begin, _ in files(data)]
  for page in range(0, headers[-1] + 512, 4096):
    zeroed = data[:page] + bytes(4096) + data[page + 4096 :]
    if any(page <= header < page + 4096 for header in headers):
      with pytest.raises(tar_headers.Torn):
        members(zeroed)
    else:
      assert members(zeroed) == members(data)


END = {
  b'': 'no end mark: it is cut at byte 1024',
  bytes(511): 'no end mark',
  bytes(512): '',
  bytes(10240): '',
  bytes(512) + b'x' * 512: 'an end mark at byte 1024, but more after it',
  bytes(1024) + tar({'b': b'1'}): 'several archives in one',
}


@pytest.mark.parametrize('end', END, ids=range(len(END)))
def test_the_end_is_a_block_of_zeros_and_only_zeros(end):
  data = tar({'a': b'1'})[:1024] + end
  if END[end]:
    with pytest.raises(tar_headers.Torn, match=END[end]):
      members(data)
  else:
    assert files(data) == [('a', 512, 1)]


def test_a_sparse_file_is_none_and_what_follows_it_is_read():
  old = written('GNU', ['a/0.jpg'], type=tarfile.GNUTYPE_SPARSE)
  new = written('PAX', ['a/0.jpg'], pax_headers={'GNU.sparse.size': '9'})
  rest = written('GNU', ['a/1.jpg'])
  for data in (old, new):
    found = members(data.rstrip(b'\0') + bytes(212) + rest)
    assert [(m.name, m.kind) for m in found] == [
      ('a/0.jpg', 'a sparse file'),
      ('a/1.jpg', ''),
    ]


def test_what_a_device_or_a_label_is_called_makes_it_no_picture(tmp_path):
  path = tmp_path / 'a.tar'
  for kind in (tarfile.CHRTYPE, tarfile.FIFOTYPE, b'V'):
    path.write_bytes(written('GNU', ['a.jpg'], type=kind, size=0))
    assert tar_files.walk(path).bad == {'a.jpg': 'not a file'}


def test_a_size_of_pax_has_the_last_word():
  data = written('PAX', ['a'], size=600, pax_headers={'size': '1000'})
  assert [size for _, _, size in files(data)] == [1000]


TORN = {
  'a fact that is none': ('path=', 'pbth='),
  'a length that is too long': ('22 ', '92 '),
  'a length that is too short': ('22 ', '12 '),
}


@pytest.mark.parametrize('what', TORN)
def test_a_damaged_extended_header_is_refused(what):
  was, becomes = (text.encode() for text in TORN[what])
  data = written('PAX', ['a/ö/0123.jpg'])
  assert data.count(was) == 1
  with pytest.raises(tar_headers.Torn, match='a damaged extended header'):
    members(data.replace(was, becomes))
