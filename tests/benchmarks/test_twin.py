"""Speed of a fit and of a page's prediction, on measurements of the size of the demo and larger."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from qtwin.fusion import fit_star, load_fit
from qtwin.fusion.base import Observations, Role, SourceSpec
from tests.benchmarks.conftest import Bar

SOURCES = (
    SourceSpec(name="exact", role=Role.REFERENCE),
    SourceSpec(name="cheap", role=Role.APPROXIMATION),
    SourceSpec(name="cheaper", role=Role.APPROXIMATION),
    SourceSpec(name="device", role=Role.DEVICE),
)


def observations(rows: int) -> Observations:
    """Four sources of one smooth curve, one reference in twenty rows."""
    rng = np.random.default_rng(5)
    source = np.array([0 if row % 20 == 0 else 1 + row % 3 for row in range(rows)])
    x = rng.random(rows)
    device = source == 3
    truth = np.sin(6 * x) + x
    y = truth + np.where(source == 1, 0.1 * np.cos(4 * x), 0) + np.where(source == 2, 0.3 * x, 0)
    std = np.where(device, 0.02, 0.0)
    return Observations(
        x=x[:, None],
        bounds=np.array([[0.0, 1.0]]),
        y=np.where(device, 0.8 * truth + 0.1, y) + std * rng.standard_normal(rows),
        std=std,
        source=source,
        sources=SOURCES,
        gain=np.where(device, 1.0, np.nan),
        mixed_value=np.where(device, 0.5, np.nan),
    )


def cpu_seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.mark.parametrize("rows", [120, 200])
def test_seconds_of_a_fit(rows: int, bar: Bar) -> None:
    data = observations(rows)
    bar(f"fit {rows}", cpu_seconds(lambda: fit_star(data)))


def test_milliseconds_of_a_pages_prediction(bar: Bar) -> None:
    fit = load_fit(fit_star(observations(120)).to_bytes())
    x = np.linspace(0, 1, 200)[:, None]
    fit.predict(x)
    times = [cpu_seconds(lambda: fit.predict(x)) for _ in range(7)]
    bar("page", 1e3 * float(np.median(times)))
