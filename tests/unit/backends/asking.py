"""Lattice documents, and what a backend answers about a system."""

from __future__ import annotations

from typing import Any

import numpy as np

from backends import registry
from backends.schema import Experiment, Result, RunOptions


def control(name: str, lower: float = 0.0, upper: float = 20.0) -> dict[str, Any]:
    return {"name": name, "label": name, "unit": "dimensionless", "lower": lower, "upper": upper}


def spins(model: str, sites: Any, geometry: str = "chain", **fields: Any) -> dict[str, Any]:
    return _lattice("spin_lattice", sites, geometry) | {"model": model} | fields


def hubbard(sites: Any, geometry: str = "chain", **fields: Any) -> dict[str, Any]:
    return _lattice("fermi_hubbard", sites, geometry) | fields


def run(
    system: dict[str, Any],
    points: list[list[float]],
    *names: str,
    method: str = "ed",
    backend: str = "exact",
    options: RunOptions | None = None,
) -> Result:
    """Ask for observables by name, at values of the system's own controls."""
    asked = Experiment(
        system=system,
        method=method,
        controls=tuple(entry["name"] for entry in system["controls"]),
        points=np.array(points, dtype=float).reshape(len(points), -1),
        observables=names,
    )
    result = registry.get(backend).submit(asked, options or RunOptions(), token="t")
    assert isinstance(result, Result)
    return result


def solve(
    system: dict[str, Any],
    points: list[list[float]],
    *names: str,
    method: str = "ed",
    backend: str = "exact",
) -> np.ndarray[Any, Any]:
    """The values of ``run``, shape ``(points, names)``, none of which may be missing."""
    result = run(system, points, *names, method=method, backend=backend)
    assert not result.failures
    return result.values


def _lattice(kind: str, sites: Any, geometry: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "schema_version": 1,
        "geometry": geometry,
        "sites": sites,
        "parameters": {},
        "controls": [],
    }
