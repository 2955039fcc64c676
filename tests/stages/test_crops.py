"""config.data.crop: every stage sees the same pictures."""

import numpy as np
import pytest
from photographs import crop as photograph
from photographs import encoded
from photographs import put

from configs import image_folder
from prune_dm_jax.data import images
from prune_dm_jax.run import opening
from prune_dm_jax.stages import features
from prune_dm_jax.stages import fitting
from prune_dm_jax.stages import shown as shown_lib
from prune_dm_jax.stages import strips

SIZE = 32


def opened(folder, pictures, crop):
  files = {f'{i:02d}.png': encoded(p, 'PNG') for i, p in enumerate(pictures)}
  config = image_folder.get_config('random,small')
  config.update_from_flattened_dict({
    'data.path': str(put(folder / 'set', files)), 'data.crop': crop,
  })  # fmt: skip
  return opening.open_run(config, folder)


def seen(run, folder):
  """What training, features, the report and the gallery have of a run."""
  index = np.arange(len(run.source))
  features.write(run, 'pixels', folder)
  shown = strips.Shown(
    index, run.source.labels, None, None, None, index >= 0, None, None, {}
  )
  return {
    'training': fitting.reader(run)(index)['image'],
    'features': np.load(folder / 'features.npy'),
    'report': shown_lib.as_trained_on(run, index),
    'gallery': [str(i) for i in strips.pictures(run, shown, index, SIZE)],
  }


@pytest.mark.parametrize('crop', images.CROPS)
def test_a_crop_is_as_if_the_files_had_been_cropped_before(crop, tmp_path):
  pictures = [photograph(i) for i in range(5)]
  cropped = [images.CROPS[crop](p, SIZE) for p in pictures]
  runs = {
    'now': opened(tmp_path / 'now', pictures, crop),
    'before': opened(tmp_path / 'before', cropped, 'center'),
  }
  now, before = (seen(run, tmp_path / name) for name, run in runs.items())
  for name, expected in before.items():
    np.testing.assert_array_equal(now[name], expected, err_msg=name)
