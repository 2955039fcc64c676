"""What is kept follows from something else, or is refused in a sentence."""

import pytest

from configs import digits
from prune_dm_jax.run import checks

THRESHOLD = {
  'select.ratio_from': 'threshold', 'select.within': 'all', 'prune_ratio': -1.0,
}  # fmt: skip


def checked(variant, **settings):
  config = digits.get_config(variant)
  config.update_from_flattened_dict(settings)
  checks.check(config, devices=1)


def test_a_threshold_is_taken():
  checked('semdedup_pixels', **THRESHOLD)


@pytest.mark.parametrize(
  ('variant', 'settings', 'said'),
  [
    ('semdedup_pixels', {'prune_ratio': 0.5}, 'add --config.prune_ratio=-1'),
    ('semdedup_pixels', {'select.within': 'clusters'}, 'end of all scores; take all'),
    ('semdedup_pixels_mid', {}, "keep is 'middle', but a threshold"),
    ('gist_pixels', {}, 'gist must be told how many'),
    ('gist_pixels', {'select.ratio_from': 'smallest_cluster'}, 'take config'),
    ('random', {'select.within': 'each'}, 'choose from clusters, classes, all'),
    ('semdedup_pixels', {'select.at_least': 2}, 'at_least is 2, .* take 0'),
    ('semdedup_pixels', {'select.begin_with': 'a.txt'}, "'a.txt', .* take ''"),
    ('cluster_pixels_balanced', {'select.ratio_from': 'smallest_cluster'},
     "within is 'all', of which the smallest cluster"),
  ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_would_do(variant, settings, said):
  with pytest.raises(ValueError, match=said):
    checked(variant, **(THRESHOLD | settings))
