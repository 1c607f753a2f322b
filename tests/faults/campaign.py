"""A campaign that is run while everything which runs it is killed with -9."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.faults.stack import Running

KILLED = ("worker", "sweeper", "broker", "web")
SYSTEM: dict[str, Any] = {
    "kind": "pauli_sum",
    "schema_version": 1,
    "qubits": 1,
    "terms": {"X0": "-field", "Z0": 0.3},
    "controls": [{"name": "field", "unit": "dimensionless", "lower": 0.0, "upper": 2.0}],
}
SOURCE = {"name": "ed", "role": "reference", "backend": "exact", "method": "ed"}


def outlive(qtwin: Running, *, points: int, chunk_points: int, killed_at: Sequence[float]) -> float:
    """Run a campaign of so many points; returns how long its request took, in seconds.

    Asserts that each point is measured once, and is what the closed form says. Its source costs
    next to nothing, so that what takes time is what is killed.

    Args:
        killed_at: Shares of the points at which everything is killed.
    """
    made = _post(qtwin, "/api/v1/projects", {"name": "many", "system": SYSTEM})
    project = f"/api/v1/projects/{made['id']}"
    _post(qtwin, f"{project}/sources", SOURCE)
    _post(qtwin, f"{project}/jobs", {"source": "ed", "points": [2.0]})  # imports the backend
    grid = {"grid": {"field": {"from": 0.0, "to": 2.0, "count": points}}}
    sweep = {"sources": ["ed"], "points": grid, "chunk_points": chunk_points}
    body, key = {"name": "many", "sweep": sweep}, {"Idempotency-Key": "many"}
    began = time.perf_counter()
    campaign = _post(qtwin, f"{project}/campaigns", body, **key)["id"]
    seconds = time.perf_counter() - began
    address = f"/api/v1/campaigns/{campaign}"
    for share in killed_at:
        _kill_everything(qtwin, project, after=share * points, of=points)
    assert _post(qtwin, f"{project}/campaigns", body, **key)["id"] == campaign
    qtwin.wait(lambda: _campaign(qtwin, address)["state"] != "running")
    done = _campaign(qtwin, address)
    assert (done["state"], done["reason"]) == ("done", f"All {points} points are measured.")
    _check_table(qtwin, address, jobs=-(-points // chunk_points))
    _check_numbers(qtwin, project, points)
    return seconds


def _post(qtwin: Running, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    response = qtwin.http.post(path, json=body, headers=headers)
    assert response.status_code in {200, 201, 202}, response.text
    document: dict[str, Any] = response.json()
    return document


def _campaign(qtwin: Running, address: str) -> dict[str, Any]:
    document: dict[str, Any] = qtwin.http.get(address).json()
    return document


def _kill_everything(qtwin: Running, project: str, *, after: float, of: int) -> None:
    """As soon as so many points are measured; the campaign itself looks less often."""
    qtwin.wait(lambda: _measured(qtwin, project) > after)
    assert _measured(qtwin, project) < of, "killed too late to say anything"
    for name in KILLED:
        qtwin.kill(name)
    qtwin.wait(qtwin.answers)


def _measured(qtwin: Running, project: str) -> int:
    return int(qtwin.http.get(f"{project}/twin").json()["evidence"])


def _check_table(qtwin: Running, address: str, *, jobs: int) -> None:
    runs = [run for entry in qtwin.rows(f"{address}/entries") for run in entry["runs"]]
    assert len({run["job"] for run in runs}) == len(runs) == jobs
    assert {run["state"] for run in runs} == {"succeeded"}


def _check_numbers(qtwin: Running, project: str, points: int) -> None:
    rows = qtwin.rows(f"{project}/measurements")
    seen = Counter(row["point"][0] for row in rows)
    assert sorted(seen) == np.linspace(0.0, 2.0, points).tolist()
    assert set(seen.values()) == {1}
    x, values = np.array([(row["point"][0], row["value"]) for row in rows]).T
    np.testing.assert_allclose(values, -np.hypot(x, 0.3), atol=1e-9)
