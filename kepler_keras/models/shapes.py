"""What a builder is told of the views."""

from collections.abc import Mapping

# The shape of one example of each view that the entry names, by the view's name, in its order:
# (n_cadences, channels), (bins, channels), (rows, bins, channels) or (k,) for plain features.
Shapes = Mapping[str, tuple[int, ...]]
