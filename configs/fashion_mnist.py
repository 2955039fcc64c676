"""Fashion-MNIST: 60,000 real pictures of clothes in ten classes, on a CPU.

  apt-get download dataset-fashion-mnist
  dpkg-deb -x dataset-fashion-mnist*.deb data
  python -m prune_dm_jax.main --config=configs/fashion_mnist.py:random \
    --config.data.path=data/usr/share/datasets/fashion-mnist

`:random,small` takes minutes. The 10,000 test pictures are held out. How the DiT
trains and samples, in four minutes of one core, was chosen on another autoencoder
and judge, of --config.shared_seed=1; docs/measured.md has the tries.
"""

from configs import common
from configs import small
from prune_dm_jax.run import defaults


def get_config(argument='cluster_classifier'):
  variant, shrunk = common.parts(argument)
  config = defaults.get_config(variant)
  config.data.name = 'fashion_mnist'
  config.data.image_size = 28
  config.classifier.steps = 2000
  config.judge.steps = 2000
  config.autoencoder.widths = (32,)  # f = 2: 14x14 codes
  config.autoencoder.steps = 2000
  config.vae.latent_dim = 32
  config.flow.time = 'logit_normal'
  config.train.steps = 4000
  config.train.batch_size = 16
  config.train.learning_rate = 4e-3
  config.train.warmup = 100
  config.train.ema_decay = 0.999
  config.sample.guidance_weight = 2.0
  config.sample.num_steps = 8
  config.surrogate.steps = 1000
  config.runtime.checkpoint_every = 500
  return small.shrink(config) if shrunk else config
