"""The report of a finished campaign: the twin, and how good it is against exact numbers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import Any

import numpy as np

from infra.dev.client import Client
from infra.dev.errors import CannotGoOn
from infra.dev.options import ROOT

GRID_POINTS = 89
TABLE_EVERY = 8
CHECKED = ("hf", "mp2", "ccsd")
EQUILIBRIUM = 0.7414


def make_report(
    client: Client, *, jobs: list[dict[str, Any]], twin: dict[str, Any]
) -> dict[str, Any]:
    """Score the twin on a dense grid, with all sources and with CCSD left out."""
    project, rows = client.project(), client.measurements()
    control = project["system"]["controls"][0]
    grid = [[float(x)] for x in np.linspace(control["lower"], control["upper"], GRID_POINTS)]
    checked = {name: [row for row in rows if row["source"] == name] for name in CHECKED}
    exact = _exact(project["system"], grid, checked)
    everything = client.predict(grid)
    return {
        "project": {"id": project["id"], "name": project["name"]},
        "jobs": [
            {key: job[key] for key in ("id", "source", "state", "points_done", "points_total")}
            for job in jobs
        ],
        "twin": {
            "version": twin["version"],
            "claim": everything["claim"],
            "evidence": twin["evidence"],
            "evidence_by_source": dict(sorted(Counter(row["source"] for row in rows).items())),
            "table": _table(grid, everything, exact["curve"])[::TABLE_EVERY],
        },
        "score": {
            "all": score(everything, exact["curve"]),
            "without_ccsd": score(client.predict(grid, without=("ccsd",)), exact["curve"]),
            "grid": [point[0] for point in grid],
            "fci_at_0.7414": _fci_at_equilibrium(rows),
            "max_difference": {
                name: max(
                    abs(row["value"] - value)
                    for row, value in zip(checked[name], exact["direct"][name], strict=True)
                )
                for name in CHECKED
                if checked[name]
            },
        },
    }


def score(prediction: dict[str, Any], truth: list[float]) -> dict[str, float]:
    """Error and honesty of a prediction, hartree."""
    mean, lower, upper = (np.asarray(prediction[key]) for key in ("mean", "lower", "upper"))
    exact = np.asarray(truth)
    error = np.abs(mean - exact)
    return {
        "points": len(exact),
        "rmse_hartree": float(np.sqrt(np.mean(error**2))),
        "max_error_hartree": float(error.max()),
        "max_error_index": int(error.argmax()),
        "coverage_95": float(np.mean((lower <= exact) & (exact <= upper))),
        "mean_width_hartree": float(np.mean(upper - lower)),
    }


def _table(
    grid: list[list[float]], prediction: dict[str, Any], truth: list[float]
) -> list[dict[str, Any]]:
    columns = (prediction[key] for key in ("mean", "std", "lower", "upper"))
    return [
        {
            "point": point,
            "mean": mean,
            "std": std,
            "lower": lower,
            "upper": upper,
            "reference": reference,
        }
        for point, mean, std, lower, upper, reference in zip(grid, *columns, truth, strict=True)
    ]


def _fci_at_equilibrium(rows: list[dict[str, Any]]) -> float | None:
    for row in rows:
        if row["source"] == "fci" and abs(row["point"][0] - EQUILIBRIUM) < 1e-9:
            return float(row["value"])
    return None


def _exact(
    system: dict[str, Any], grid: list[list[float]], checked: dict[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    """Compute in a process of its own, so that the runner loads no chemistry."""
    asked = {
        "system": system,
        "grid": grid,
        "direct": {name: [row["point"] for row in rows] for name, rows in checked.items()},
    }
    done = subprocess.run(
        [sys.executable, "-m", "infra.dev.score"],
        input=json.dumps(asked),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise CannotGoOn(f"Scoring failed: {last}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
