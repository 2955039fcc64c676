"""Your own pictures: a folder of them or a .zip of one, a class a folder.

  prune-dm data PATH
  python -m prune_dm_jax.main --config=configs/image_folder.py:cluster_pixels \
    --config.data.path=PATH --until=gallery

`:cluster_pixels,small` runs on a CPU. Pictures that are in no folders have no
class: `--config.dit.conditional=False`.
"""

from configs import common
from configs import small
from prune_dm_jax.run import defaults


def get_config(argument='cluster_pixels'):
  variant, shrunk = common.parts(argument)
  config = defaults.get_config(variant)
  config.data.name = 'image_folder'
  config.data.image_size = 64
  for name in ('classifier', 'judge'):
    config[name].update(steps=5000, batch_size=128)
  config.autoencoder.update(
    widths=(64, 128),  # f = 4
    num_codes=4096,
    steps=20_000,
    learning_rate=3e-4,
  )
  config.dit.size = 'S'
  for name in ('vae', 'gan'):
    config[name].update(
      widths=(64, 128, 256, 256),
      blocks=2,
      latent_dim=128,
      learning_rate=2e-4,
    )
  config.train.update(
    steps=100_000, batch_size=128, learning_rate=1e-4, ema_decay=0.9999
  )
  config.surrogate.update(
    size='S', steps=5000, batch_size=128, learning_rate=1e-4
  )
  config.sample.num = 4000
  config.runtime.checkpoint_every = 1000
  return small.shrink(config) if shrunk else config
