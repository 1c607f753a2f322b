"""Scores of a belief against the truth, and where the developers' data are."""

from __future__ import annotations

import csv
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from qtwin.fusion.base import FloatArray, Prediction

_log = logging.getLogger(__name__)

_DATA = Path(__file__).parents[2].parent / "shared" / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """RMSE, coverage of the 95 % interval, its mean full width, mean sigma and rms z."""

    rmse: float
    coverage: float
    width: float
    sigma: float
    rms_z: float


def score(belief: Prediction, truth: FloatArray, label: str) -> Score:
    """Score a belief; the figures go to the log (``--log-cli-level=INFO`` shows them)."""
    error = belief.mean - truth
    found = Score(
        rmse=float(np.sqrt(np.mean(error**2))),
        coverage=float(np.mean((belief.lower <= truth) & (truth <= belief.upper))),
        width=float(np.mean(belief.upper - belief.lower)),
        sigma=float(np.mean(belief.std)),
        rms_z=float(np.sqrt(np.mean((error / belief.std) ** 2))),
    )
    _log.info("%s: %s", label, found)
    return found


def read_table(*path: str) -> list[dict[str, str]]:
    """Rows of a table beside the repository; skips the test where the folder is absent."""
    file = _DATA.joinpath(*path)
    if not file.exists():
        pytest.skip(f"the developers' table {'/'.join(path)} is not beside this repository")
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream))
