"""127 qubits: raw runs at three noise gains and two Clifford points against published mitigation.

Data of Kim et al., Nature 618, 500 (2023). The two Clifford points are stabilizer values, known at
no cost; scored at the other measured angles, where the published mitigation has RMSE 0.0286 over
all thirteen.
"""

from __future__ import annotations

import numpy as np
import pytest

from qtwin.fusion import fit_star
from qtwin.fusion.base import Observations, Role, SourceSpec
from tests.statistical.scoring import Score, read_table, score

SEEDS = range(3)
BOUNDS = np.array([[0.0, np.pi / 2]])
CLIFFORD = ((0.0, 0.0), (1.5707, 1.0))
SOURCES = (
    SourceSpec(name="eagle-raw", role=Role.DEVICE),
    SourceSpec(name="stabilizer", role=Role.REFERENCE),
    SourceSpec(name="mps", role=Role.APPROXIMATION),
    SourceSpec(name="isotns", role=Role.APPROXIMATION),
)

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    return read_table("eagle_kicked_ising", "weight10_5steps.csv")


def _observations(rows: Rows, *, networks: bool) -> Observations:
    nan = float("nan")
    table = [(angle, value, 0.0, 1, nan, nan) for angle, value in CLIFFORD]
    for row in rows:
        if row["source"] == "eagle-raw":
            gain = float(row["noise_gain"])
            table.append(
                (float(row["theta_h"]), float(row["value"]), float(row["std"]), 0, gain, 0.0)
            )
    for index, name in ((2, "mps"), (3, "isotns")):
        curve = [row for row in rows if networks and row["source"] == name][::8]
        table += [
            (float(row["theta_h"]), float(row["value"]), 0.0, index, nan, nan) for row in curve
        ]
    values = np.array(table)
    return Observations(
        x=values[:, :1],
        bounds=BOUNDS,
        y=values[:, 1],
        std=values[:, 2],
        source=values[:, 3].astype(np.int64),
        sources=SOURCES,
        gain=values[:, 4],
        mixed_value=values[:, 5],
        value_bounds=(-1.0, 1.0),
    )


def _scores(rows: Rows, *, networks: bool) -> list[Score]:
    exact = {
        round(float(r["theta_h"]), 4): float(r["value"]) for r in rows if r["source"] == "exact"
    }
    angles = sorted({float(r["theta_h"]) for r in rows if r["source"] == "eagle-raw"})[1:-1]
    truth = np.array([exact[angle] for angle in angles])
    data, points = _observations(rows, networks=networks), np.array(angles)[:, None]
    return [
        score(fit_star(data, seed=seed).predict(points), truth, f"eagle {networks=} seed {seed}")
        for seed in SEEDS
    ]


def test_raw_runs_and_two_clifford_points_beat_published_mitigation(rows: Rows) -> None:
    scores = _scores(rows, networks=False)
    assert np.mean([found.rmse for found in scores]) <= 0.012
    assert all(found.rmse <= 0.014 for found in scores)  # of a seed; processors differ by 0.001
    assert 0.7 <= np.mean([found.rms_z for found in scores]) <= 1.3
    assert all(found.coverage >= 0.9 for found in scores)


def test_biased_tensor_networks_do_no_harm(rows: Rows) -> None:
    scores = _scores(rows, networks=True)
    assert np.mean([found.rmse for found in scores]) <= 0.012
    assert all(found.coverage >= 0.9 for found in scores)
