"""Arrays of Rydberg atoms, and the same evolution from scipy alone."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from backends import registry
from backends.schema import Experiment, Result, RunOptions
from tests.unit.backends.dense import X, Y, on

C6 = 5.42e6

N = np.diag([0.0, 1.0])


def control(name: str, unit: str, lower: float, upper: float) -> dict[str, Any]:
    return {"name": name, "unit": unit, "lower": lower, "upper": upper}


SWEEP: dict[str, Any] = {
    "kind": "rydberg_array",
    "schema_version": 1,
    "geometry": "chain",
    "atoms": 7,
    "spacing": 5.5,
    "rabi": {"times": [0, 0.2, 1.8, 2.0], "values": [0, 15, 15, 0]},
    "detuning": {"times": [0, 0.2, 1.8, 2.0], "values": [-30, -30, "final", "final"]},
    "state": {"kind": "evolved"},
    "controls": [control("final", "rad/us", -30, 60)],
}

SINGLE: dict[str, Any] = {
    **SWEEP,
    "atoms": 1,
    "rabi": 12,
    "detuning": "final",
    "state": {"kind": "evolved", "time": "t"},
    "controls": [control("final", "rad/us", -30, 60), control("t", "us", 0, 4)],
}


def values(
    system: dict[str, Any],
    points: Any,
    *observables: str,
    method: str = "evolution",
    backend: str = "exact",
    **changes: Any,
) -> np.ndarray:
    asked = Experiment(
        system=system,
        method=method,
        controls=tuple(entry["name"] for entry in system["controls"]),
        points=np.array(points, dtype=np.float64),
        observables=observables,
        **changes,
    )
    result = registry.get(backend).submit(asked, RunOptions(), token="t")
    assert isinstance(result, Result)
    return result.values


class Reference:
    """Dense matrices of an array at given places, um."""

    def __init__(self, places: np.ndarray) -> None:
        atoms = len(places)
        self.x = sum(on(X, q, qubits=atoms) for q in range(atoms))
        self.y = sum(on(Y, q, qubits=atoms) for q in range(atoms))
        self.n = sum(on(N, q, qubits=atoms) for q in range(atoms))
        self.pairs: Any = np.zeros((2**atoms, 2**atoms))
        for i in range(atoms):
            for j in range(i):
                coupling = C6 / np.linalg.norm(places[i] - places[j]) ** 6
                self.pairs = self.pairs + coupling * on(N, i, j, qubits=atoms)

    def matrix(self, rabi: float, detuning: float, phase: float = 0.0) -> np.ndarray:
        drive = np.cos(phase) * self.x - np.sin(phase) * self.y
        return np.asarray(rabi / 2 * drive - detuning * self.n + self.pairs)

    def swept(self, drive: Any, edges: list[float]) -> np.ndarray:
        """State after a drive ``time -> rabi, detuning, phase``, smooth between the edges."""
        state = np.zeros(len(self.pairs), dtype=np.complex128)
        state[0] = 1.0
        for low, high in pairwise(edges):
            inside = [low + 1e-12, high - 1e-12]

            def slope(now: float, psi: np.ndarray, inside: Any = inside) -> np.ndarray:
                return np.asarray(-1j * (self.matrix(*drive(np.clip(now, *inside))) @ psi))

            run = solve_ivp(slope, (low, high), state, method="DOP853", rtol=1e-10, atol=1e-11)
            state = run.y[:, -1]
        return state


def chain(atoms: int, spacing: float) -> np.ndarray:
    return np.array([[spacing * q, 0.0] for q in range(atoms)])
