"""Data sets. A source is one file and one line in SOURCES.

A source has `keys` (unique str, sorted: they define the index), `labels` [N]
int32 (-1 is none), `class_names`, `image(i)` -> uint8 [H, W, C], `fingerprint`.
"""

from prune_dm_jax.data import digits

SOURCES = {'digits': digits.Digits}
