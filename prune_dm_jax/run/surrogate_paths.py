"""Where surrogates are, and what is computed at them, by what they depend on."""


def locate(config, latents, name):
  """field of Paths -> where it is; name(artifact, *what it depends on) -> a path."""
  dit = without(config.dit, 'size', 'init')
  if dit['attention'] in ('xla', 'auto'):  # As before there were others.
    del dit['attention']
  on = (latents, dit, config.flow)
  part = {
    key: config.surrogate[key]
    for key in ('size', 'batch_size', 'learning_rate', 'seed')
  }
  of_one = without(config.surrogate, 'num')
  moso = {**config.moso}
  if moso['subsets_seed'] in (-1, config.surrogate.seed):  # Of its own.
    del moso['subsets_seed']
  full = name('surrogates', *on, config.surrogate)
  halves = name('half_surrogates', *on, of_one)
  subsets = name('subset_surrogates', *on, part, moso)
  bank, way = config.bank, config.score.gradient
  return dict(
    surrogates=full,
    subset_surrogates=subsets,
    losses=name('losses', full.name, bank),
    gradients=name('gradients', full.name, bank, way),
    agreements=name('agreements', subsets.name, bank, way),
    half_surrogates=halves,
    held_out_losses=name('held_out_losses', halves.name, bank),
    influences=name('influences', halves.name, bank),
    class_losses=name('class_losses', full.name, bank),
  )


def without(section, *keys):
  """A section of the configuration as a dict, but for some keys."""
  return {key: section[key] for key in section if key not in keys}
