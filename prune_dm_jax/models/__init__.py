"""Generative models of a cell, and the parts that they are made of."""

MODELS = ('dit', 'vae', 'gan')
"""Names of the generative models; variants of the last two begin with theirs."""
