"""Any data set in minutes on a CPU: 32 pixels, the smallest networks, a few
hundred steps. For trying out a layout with a few dozen pictures or more; what
comes out is poor.
"""


def shrink(config):
  """Sets in place what makes a configuration small; returns it."""
  config.data.image_size = 32
  config.score.num_clusters = 4
  config.score.kmeans = 'scikit-learn'
  config.score.inertia_ks = (2, 4, 8)
  for name in ('classifier', 'judge'):
    config[name].update(steps=150, batch_size=32, learning_rate=1e-3)
  config.autoencoder.update(
    widths=(32, 64),
    blocks=1,
    num_codes=256,
    steps=200,
    batch_size=32,
    learning_rate=1e-3,
  )
  config.dit.update(size='mini', dtype='float32')
  for name in ('vae', 'gan'):
    config[name].update(
      widths=(16, 32, 64), blocks=1, latent_dim=32, learning_rate=1e-3
    )
  config.train.update(
    steps=300, batch_size=32, learning_rate=1e-3, ema_decay=0.99
  )
  config.surrogate.update(
    size='mini', steps=100, batch_size=32, learning_rate=1e-3, evaluations=5
  )
  config.moso.update(num_subsets=2, epochs=4, checkpoints=2)
  config.bank.num_draws = 2
  config.sample.update(num=100, step='euler', num_steps=10)
  config.runtime.update(
    log_every=50, checkpoint_every=100, workers=0, part_size=128
  )
  return config
