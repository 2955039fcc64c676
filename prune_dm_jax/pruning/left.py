"""What the rules that draw along an order do first: they drop a share at an end."""


def number_left(size, number, beta):
  """How many are left without the share beta; as many at least as are kept."""
  return max(size - int(size * beta), number)
