"""A curve and a plane whose functionals are known."""

from __future__ import annotations

import numpy as np
import pytest

from qtwin.fusion.base import Observations
from qtwin.fusion.star.posterior import StarFit
from tests.unit.fusion.functionals.truths import bowl, curve
from tests.unit.fusion.synthetic import NAN, REFERENCE, conditioned


@pytest.fixture(scope="module")
def fit() -> StarFit:
    return conditioned(curve())


@pytest.fixture(scope="module")
def plane() -> StarFit:
    bounds = np.array([[0.0, 2.0], [10.0, 40.0]])
    grid = np.stack(np.meshgrid(np.linspace(0, 2, 8), np.linspace(10, 40, 8)), -1).reshape(-1, 2)
    return conditioned(
        Observations(
            x=grid,
            bounds=bounds,
            y=bowl(grid),
            std=np.zeros(64),
            source=np.zeros(64, dtype=np.int64),
            sources=(REFERENCE,),
            gain=np.full(64, NAN),
            mixed_value=np.full(64, NAN),
        )
    )
