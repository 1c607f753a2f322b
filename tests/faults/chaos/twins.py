"""Calm, then chaotic: the twin is a function of what was measured, not of how it came in."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np

from infra.dev.options import ROOT

TOLERANCE = 1e-10
GRID = [[0.4 + 0.05 * step] for step in range(40)]


def read() -> dict[str, Any]:
    """What the fit depends on, without ids and times, new in every run; and what the fit says."""
    from qtwin import fusion
    from qtwin.projects.models import Project
    from qtwin.twins.evidence import evidence_of

    project = Project.objects.get()
    evidence = evidence_of(project, project.observables.get(name="energy"))
    assert evidence is not None
    rows = [
        [
            m.source_revision.source.name,
            m.source_revision.source.role,
            m.point,
            m.knobs,
            m.value,
            m.std,
            m.mixed_value,
            m.unit,
            m.shots,
            m.epoch,
        ]
        for m in evidence.measurements
    ]
    fit = fusion.fit_star(evidence.observations(), seed=0)
    told = fit.predict(np.array(GRID))
    return {"rows": rows, "mean": told.mean.tolist(), "std": told.std.tolist()}


def run(seed: int) -> dict[str, Any]:
    """Both runs in processes of their own, and what differs."""
    calm, chaotic = (_run(name, seed) for name in ("calm", "chaotic"))
    one, other = calm["twin"], chaotic["twin"]
    apart = max(float(np.max(np.abs(np.subtract(one[k], other[k])))) for k in ("mean", "std"))
    problems = [*calm["problems"], *chaotic["problems"]]
    moved = sum(a != b for a, b in zip(one["rows"], other["rows"], strict=False))
    same = sorted(one["rows"]) == sorted(other["rows"])
    problems += [] if same else ["the measurements differ"]
    problems += [] if moved else ["they came in the same order, so nothing is shown"]
    problems += [] if apart <= TOLERANCE else [f"predictions differ by {apart:g}"]
    return {
        "seed": seed,
        "measurements": len(one["rows"]),
        "reordered": moved,
        "apart": apart,
        "kills": chaotic["kills"],
        "crashes": chaotic["crashes"],
        "problems": problems,
    }


def _run(scenario: str, seed: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.faults.chaos", scenario, "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
