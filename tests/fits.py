"""How many samples a fit of a twin takes, for tests of what is done with it or of its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from qtwin.fusion.base import FloatArray
from qtwin.fusion.star import fit
from qtwin.fusion.star.covariance import Problem
from qtwin.fusion.star.marginal import marginalise

STEPS = 160
_whole = marginalise


@contextmanager
def quick() -> Iterator[None]:
    """Search once for the optimum, and walk from it for a few steps: a ninth of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit, "marginalise", _few)
        yield


@contextmanager
def whole() -> Iterator[None]:
    """As in a product."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit, "marginalise", _whole)
        yield


def _few(
    problem: Problem, rng: np.random.Generator, *, steps: int, keep: int, restarts: int
) -> FloatArray:
    return _whole(problem, rng, steps=min(steps, STEPS), keep=keep, restarts=min(restarts, 1))
