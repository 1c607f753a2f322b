"""A fit of a thousand measurements against scikit-learn (bar 10 of the performance design)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from qtwin.fusion import fit_star
from qtwin.fusion.base import Observations, Role, SourceSpec
from qtwin.fusion.threads import ONE_THREAD
from tests.benchmarks.conftest import Bar
from tests.benchmarks.test_twin import cpu_seconds

ROUNDS = 5


def measured(n: int, std: float) -> Observations:
    """One noisy source over two controls."""
    rng = np.random.default_rng(0)
    x = rng.random((n, 2))
    return Observations(
        x=x,
        bounds=np.array([[0.0, 1.0]] * 2),
        y=np.sin(6 * x[:, 0]) + x[:, 1] ** 2 + std * rng.standard_normal(n),
        std=np.full(n, std),
        source=np.zeros(n, dtype=np.int64),
        sources=(SourceSpec(name="solver", role=Role.REFERENCE),),
        gain=np.full(n, np.nan),
        mixed_value=np.full(n, np.nan),
    )


def library_seconds(data: Observations) -> float:
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("sklearn_gp.py")],
        input=json.dumps(np.column_stack([data.x, data.y]).tolist()),
        env={**os.environ, **ONE_THREAD},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def test_a_fit_of_a_thousand_against_scikit_learn(bar: Bar) -> None:
    data = measured(1000, 0.05)
    rounds = [(cpu_seconds(lambda: fit_star(data)), library_seconds(data)) for _ in range(ROUNDS)]
    ratio = float(np.median([ours / theirs for ours, theirs in rounds]))
    bar("10", ratio)
