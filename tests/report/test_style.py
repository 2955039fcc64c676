"""The tokens of colour have the contrast that they are said to have."""

import re

import pytest

from prune_dm_jax.report import style

LIGHT, DARK, PAPER = (
  dict(re.findall(r'--([a-z-]+): (#[0-9a-f]{6})', part))
  for part in re.split('@media .prefers|@media print', style.STYLE)
)


def luminance(colour):
  """WCAG 2's, of #rrggbb."""
  parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
  linear = [
    c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
  ]
  return sum(
    w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
  )


def contrast(one, other):
  low, high = sorted(map(luminance, (one, other)))
  return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_21():
  assert contrast('#000000', '#ffffff') == pytest.approx(21)


@pytest.mark.parametrize('tokens', [LIGHT, LIGHT | DARK, LIGHT | PAPER])
def test_text_has_a_contrast_of_7_and_marks_of_3(tokens):
  for ground in ('ground', 'panel'):
    for text in ('ink', 'quiet', 'link'):
      assert contrast(tokens[text], tokens[ground]) >= 7, (text, ground)
    for mark in ('kept', 'pruned', 'better', 'worse'):
      assert contrast(tokens[mark], tokens[ground]) >= 3, (mark, ground)
  assert contrast(tokens['care'], tokens['care-ground']) >= 7
