"""When things come: each by itself, or many at once as campaigns and sweeps send them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def times(
    rate: float, *, for_s: float, together: float, draw: np.random.Generator
) -> NDArray[np.float64]:
    """Sorted seconds of arrivals, shape (N,), about ``rate`` a second in the mean.

    Batches come as a Poisson process; their sizes are geometric with the mean ``together``,
    which is 1 for a plain Poisson process.
    """
    batches = draw.poisson(rate * for_s / together)
    sizes = draw.geometric(1 / together, size=batches)
    return np.sort(np.repeat(draw.uniform(0, for_s, size=batches), sizes))


def work(
    count: int, *, mean_s: float, spread: float, draw: np.random.Generator
) -> NDArray[np.float64]:
    """Log-normal seconds, shape (N,), with this mean and this deviation of the logarithm."""
    return draw.lognormal(np.log(mean_s) - spread**2 / 2, spread, size=count)
