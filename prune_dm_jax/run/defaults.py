"""The configuration of a run: every key, at values for minutes on a CPU.

`configs/<data set>.py` set what is their own, --config.train.steps=2000 any value.
"""

import ml_collections

from prune_dm_jax.pruning import METHODS
from prune_dm_jax.pruning.select import BETA
from prune_dm_jax.run import variants

TWINS = dict(
  by='thumbnails',  # features: of score.backbone, by their cosine
  threshold=0.0,  # of 1 - cosine; 0: from random pairs
  neighbours=8,  # that are looked at first, of each picture
  most=64,  # members of a group; who is nearest to its first one stays
  keep_of_group='largest',  # sharpest | nearest_centre | first
)

JUNK = dict(
  min_side=0,
  max_aspect=0.0,
  min_sharpness=0.0,
  min_contrast=0.0,
  min_entropy=0.0,
  max_one_colour=0.0,
  max_blockiness=0.0,
)
"""What a picture must be to be a candidate; 0: whatever it is."""

OF_METHODS = {
  key: value for row in METHODS.values() for key, value in row.defaults.items()
}
"""Keys of config.score that are of one method, of its row."""

STEPS = dict(
  diffusion='sigma',  # of euler_maruyama: sigma | linear | decreasing
  last_step=0.04,  # of it, without noise; 0: as long as the others
  rtol=1e-3,  # of dopri5, which chooses its steps: so much error in each
  atol=1e-6,
)
"""How the steps of a sample are taken that are not all alike; as SiT does."""


def get_config(variant):
  """All there is to configure; a data set's file sets what is its own."""
  if variant not in variants.VARIANTS:
    raise ValueError(variants.unknown(variant))
  row = variants.VARIANTS[variant]
  config = ml_collections.ConfigDict()
  config.variant = variant
  config.model = row.get('model', 'dit')  # dit | vae | gan
  config.prune_ratio = row['ratio']  # the fraction removed
  config.seed = 0  # of the cell: random pruning and the DiT
  config.shared_seed = 0  # of the split, autoencoder, classifier and k-means
  config.weights = 'weights'  # folder of published networks
  config.store = ''  # folder of features and crops that workdirs share
  config.update(pruning(row))
  config.update(networks())
  config.update(models())
  config.update(schedules())
  config.update(generation())
  config.update(
    runtime=dict(  # changes no bit of a result, but where rounding is said
      log_every=50,
      checkpoint_every=200,
      workers=0,
      batch_size=256,  # rounding of features, errors and samples
      score_batch_size=64,  # on each device; rounding of losses and gradients
      accumulate=1,  # parts that a DiT's step is taken in; rounding
      shard_optimizer=False,  # moments and average divide among devices; rounding
      part_size=4096,
      crops=False,  # pictures of files are kept as they are cropped, in the store
    )
  )
  return config


def pruning(row):
  """The data, how they are scored, and which are kept."""
  return dict(
    data=dict(
      name='',
      path='',
      image_size=0,
      held_out=0.2,  # unless the set itself names those to hold out
      imbalance=1.0,
      max_bad=0.01,  # the share of pictures that may be unusable
      leaks='keep',  # drop: train on no copy of what is held out
      crop='center',  # letterbox: all of it, on white; resize: all, distorted
    ),
    score=OF_METHODS
    | dict(
      num_clusters=20,
      restarts=10,
      normalize=False,
      gradient='fast',  # vmap: for networks that fast does not cover
      kmeans='scikit-learn',  # jax: any size, all devices
      components=0,  # of the features, by PCA before k-means; 0: all
      scores='',  # a file of scores of your own, for the method `given`
      embeddings='',  # a file of features, for the backbone `given`
      inertia_ks=(2, 4, 8, 12, 16, 20, 24, 32, 48, 64),  # of --until=inertia
      **row['score'],
    ),
    # The times and noises of scores; t = 1 is data.
    bank=dict(num_draws=8, t_min=0.05, t_max=0.95, seed=0),
    select=dict(
      keep=row['keep'],  # high | middle | low | strata | gaussian | interval
      beta=BETA,  # dropped first: the highest, but of gaussian the lowest
      allocation=row.get('allocation', 'proportional'),
      within='clusters',  # of the method, if it has any | classes | all as one
      # config | smallest_cluster | twins | threshold
      ratio_from=ratio_from(row),
      threshold=0.0,  # of the score, by ratio_from='threshold': kept from there on
      file='',  # train on this list instead: txt, npz, csv ..., see docs
      only_training=False,  # cut that list to the training split
      twins=row.get('twins', 'keep'),  # drop: of each group one is a candidate
      clusters='',  # of a backbone: inside which a score without decides
      at_least=0,  # of each class and each cluster
      pruned='drop',  # high_noise: it is trained on at such times alone
      noise_from=0.5,  # which those are: 1 - t is this or more; t = 1 is data
      noise_to=0.0,  # of the last that would be kept, the others between; 0: alike
      balance='',  # class | cluster: each is trained on as often, by weights
      begin_with='',  # a list whose examples are kept before any other
    ),
    twins=TWINS,
    junk=JUNK,
  )


def ratio_from(row):
  """What the prune_ratio of a row of VARIANTS is."""
  follows = 'smallest_cluster' if row['ratio'] == variants.FOLLOWS else 'config'
  return row.get('ratio_from', follows)


def networks():
  """The networks that look at pictures, and the one that codes them."""
  return dict(
    classifier=dict(seed=1, steps=300, batch_size=64, learning_rate=1e-3),
    judge=dict(
      network='judge',
      precision='',  # another that judges precision to coverage
      memorization='',  # another that judges distances to training pictures
      seed=2,
      steps=300,
      batch_size=64,
      learning_rate=1e-3,
    ),
    autoencoder=dict(
      widths=(32,),  # f = 2 ** len(widths)
      blocks=2,
      code_dim=4,
      num_codes=256,
      commitment=0.25,
      decay=0.99,
      dead_below=0.03,
      perceptual=0.0,  # weight of LPIPS
      adversarial=0.0,  # weight of what a discriminator says
      adversarial_from=0.25,  # the share of training after which it counts
      steps=500,
      batch_size=64,
      learning_rate=1e-3,
    ),
  )


def models():
  """What can generate, of which a cell trains one."""
  return dict(
    dit=dict(
      size='mini',
      patch=2,
      init='',  # a published DiT as safetensors, to start from
      conditional=True,  # False: the model is told no class
      label_dropout=0.1,
      dtype='float32',
      attention='xla',  # cudnn: on a GPU, in bfloat16; auto: where it can be
    ),
    vae=dict(
      widths=(32, 64),
      blocks=1,
      latent_dim=16,
      temperature=1.0,  # the deviation of what a sample is made of
      beta=6.0,  # 1: the bound; neighbouring pixels here say the same
      learning_rate=2e-3,
      b1=0.9,
      b2=0.999,
    ),
    gan=dict(
      widths=(16, 32),  # a step costs what the DiT's does
      blocks=1,
      latent_dim=32,
      temperature=1.0,
      gamma=1.0,  # of the gradient penalties
      learning_rate=2e-3,
      b1=0.0,
      b2=0.99,
    ),
  )


def schedules():
  """How long the model and its surrogates are trained."""
  return dict(
    train=dict(
      steps=1500,
      exposure='iterations',  # epochs: fewer steps, as fewer are kept
      batch_size=64,
      learning_rate=2e-3,
      ema_decay=0.998,
      warmup=0,  # steps in which the learning rate rises to what it is
      reduce_dtype='float32',  # bfloat16: gradients are sent as half as much
      dynamic='',  # infobatch | easy_to_uniform: passes by what it has learned
      dynamic_share=0.5,  # of what is easy, that is dropped; how uneven it begins
      dynamic_until=0.875,  # of the steps; from there on all are drawn alike
    ),
    surrogate=dict(
      size='mini',
      steps=300,
      batch_size=64,
      learning_rate=2e-3,
      evaluations=10,
      num=1,
      seed=0,
    ),
    moso=dict(
      num_subsets=4,
      epochs=40,
      checkpoints=3,
      subsets_seed=-1,  # -1: they are drawn by surrogate.seed
    ),
  )


def generation():
  """How noise becomes a picture."""
  return dict(
    flow=dict(path='linear', time='uniform'),  # linear | gvp | vp; logit_normal
    sample=dict(
      num=1000,
      step='heun',  # euler | heun | euler_maruyama | dopri5
      num_steps=15,
      guidance='all_channels',  # first_three_channels: as DiT and SiT do
      guidance_weight=1.0,
      other_weights=(),  # by which as many are drawn and judged beside
      seed=0,  # the same labels and noise in every cell
      **STEPS,
    ),
  )
