"""What one group of measurements does to a stored fit, for the predictor process."""

from __future__ import annotations

from typing import Any

import numpy as np

from qtwin.fusion.questions.influence import influence
from qtwin.fusion.star.posterior import StarFit
from qtwin.twins.predictor.document import read_document


def influenced(asked: dict[str, Any], fit: StarFit) -> dict[str, Any]:
    """The belief at a point, and what it would be without some observations.

    Hyperparameters are held, so it is not quite what a refit without them would say.
    """
    data, _ = read_document(asked["data"])
    x = np.array([asked["point"]], dtype=np.float64)
    rows = np.array(asked["rows"], dtype=np.int64)
    told = fit.predict(x)
    moved = influence(fit, data, [rows], x)
    mean, by = float(told.mean[0]), float(moved.mean[0, 0])
    return {
        "with": {"mean": mean, "std": float(told.std[0])},
        "without": {"mean": mean - by, "std": float(moved.std[0, 0])},
    }
