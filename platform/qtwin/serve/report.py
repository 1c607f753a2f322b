"""The report of a finished campaign: the twin, and how good it is against exact numbers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import Any

import numpy as np

from qtwin.serve.client import Client
from qtwin.serve.errors import CannotGoOn

GRID_POINTS = 89
TABLE_EVERY = 8


def make_report(
    client: Client,
    *,
    demo: dict[str, Any],
    jobs: list[dict[str, Any]],
    twin: dict[str, Any],
) -> dict[str, Any]:
    """Score the twin on a dense grid, with all sources and with one good one left out.

    Args:
        demo: What the demo says of itself: observable, reference, what to check and leave out.
    """
    project, rows, name = client.project(), client.measurements(), demo["observable"]
    control = project["system"]["controls"][0]
    unit = next(o["unit"] for o in project["observables"] if o["name"] == name)
    grid = [[float(x)] for x in np.linspace(control["lower"], control["upper"], GRID_POINTS)]
    checked = {name: [row for row in rows if row["source"] == name] for name in demo["checked"]}
    exact = _exact(demo["key"], project["system"], grid, checked)
    everything = client.predict(name, grid)
    left_out = demo["left_out"]
    landmark = f"{demo['reference']}_at_{demo['landmark']:g}"
    return {
        "project": {"id": project["id"], "name": project["name"]},
        "control": control,
        "observable": {"name": name, "unit": unit},
        "reference": demo["reference"],
        "left_out": left_out,
        "landmark": landmark,
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
            "all": score(everything, exact["curve"], unit),
            f"without_{left_out}": score(
                client.predict(name, grid, without=(left_out,)), exact["curve"], unit
            ),
            "grid": [point[0] for point in grid],
            landmark: _landmark(rows, demo),
            "max_difference": {
                source: max(
                    abs(row["value"] - value)
                    for row, value in zip(checked[source], exact["direct"][source], strict=True)
                )
                for source in demo["checked"]
                if checked[source]
            },
        },
    }


def score(prediction: dict[str, Any], truth: list[float], unit: str) -> dict[str, float]:
    """Error and honesty of a prediction, in the observable's unit."""
    mean, lower, upper = (np.asarray(prediction[key]) for key in ("mean", "lower", "upper"))
    exact = np.asarray(truth)
    error = np.abs(mean - exact)
    return {
        "points": len(exact),
        f"rmse_{unit}": float(np.sqrt(np.mean(error**2))),
        f"max_error_{unit}": float(error.max()),
        "max_error_index": int(error.argmax()),
        "coverage_95": float(np.mean((lower <= exact) & (exact <= upper))),
        f"mean_width_{unit}": float(np.mean(upper - lower)),
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


def _landmark(rows: list[dict[str, Any]], demo: dict[str, Any]) -> float | None:
    for row in rows:
        if row["source"] == demo["reference"] and abs(row["point"][0] - demo["landmark"]) < 1e-9:
            return float(row["value"])
    return None


def _exact(
    demo: str,
    system: dict[str, Any],
    grid: list[list[float]],
    checked: dict[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    """Compute in a process of its own, so that the runner loads no chemistry."""
    asked = {
        "demo": demo,
        "system": system,
        "grid": grid,
        "direct": {name: [row["point"] for row in rows] for name, rows in checked.items()},
    }
    done = subprocess.run(
        [sys.executable, "-m", "qtwin.serve.score"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise CannotGoOn(f"Scoring failed: {last}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
