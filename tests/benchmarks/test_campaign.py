"""Ten thousand points in one request, while everything is killed with -9 twice."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.conftest import Bar
from tests.faults.campaign import outlive
from tests.faults.stack import running


def test_ten_thousand_points_outlive_everything(tmp_path: Path, bar: Bar) -> None:
    with running(tmp_path, workers=2, queues="jobs") as qtwin:
        seconds = outlive(qtwin, points=10_000, chunk_points=100, killed_at=[0.1, 0.5])
    bar("campaign", seconds)
