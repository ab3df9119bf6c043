"""What a peer on the network is too slow with."""

from typing import Literal

Slowness = Literal["Headers", "Body", "Reader"]
"""The headers that it sends, their body, or the reading of its answer."""
