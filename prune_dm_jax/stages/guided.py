"""By which weights of guidance a model draws: that of the cell, and others beside it.

All have the labels and the noise of the first; see report/guidance.py for folders.
"""

from prune_dm_jax.report import guidance


def weights(run):
  """The name of a folder in the cell -> the weight, the cell's own first."""
  options = run.config.sample
  more = options.other_weights if run.config.model == 'dit' else ()
  others = {guidance.folder(weight): weight for weight in more}
  return {guidance.FIRST: options.guidance_weight} | others


def by(run, weight):
  """The run, as if the weight were that of the cell."""
  config = run.config.copy_and_resolve_references()
  config.sample.guidance_weight = weight
  return run._replace(config=config)
