"""What training has in common whatever was kept: steps, or passes over it."""

EXPOSURES = {
  'iterations': lambda steps, kept, whole: steps,
  'epochs': lambda steps, kept, whole: max(1, round(steps * kept / whole)),
}
"""(steps for the whole set, number kept, by weight, number in the whole) -> steps."""
