"""By which weights of guidance a model draws: that of the cell, and others beside it.

  <cell>/samples               by config.sample.guidance_weight
  <cell>/samples_guidance_1.5  by one of config.sample.other_weights

All have the labels and the noise of the first.
"""

FIRST = 'samples'


def weights(run):
  """The name of a folder in the cell -> the weight, the cell's own first."""
  options = run.config.sample
  more = options.other_weights if run.config.model == 'dit' else ()
  others = {f'{FIRST}_guidance_{w:g}': w for w in more}
  return {FIRST: options.guidance_weight} | others


def by(run, weight):
  """The run, as if the weight were that of the cell."""
  config = run.config.copy_and_resolve_references()
  config.sample.guidance_weight = weight
  return run._replace(config=config)


def words(name):
  """What metrics.json calls the pictures of a folder."""
  return name.replace('_guidance_', ' at guidance ')
