"""A dissociation curve that nobody has to compute."""

from __future__ import annotations

import numpy as np


def truth(x: float) -> float:
    """A Morse curve like that of H2."""
    return float((1 - np.exp(-1.6 * (x - 0.74))) ** 2) * 0.17 - 1.137
