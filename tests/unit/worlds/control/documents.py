"""Documents of control worlds, small enough for every test."""

from __future__ import annotations

from typing import Any

RYDBERG: dict[str, Any] = {
    "kind": "control",
    "schema_version": 1,
    "system": {
        "kind": "rydberg_array", "schema_version": 1, "geometry": "chain", "atoms": 3,
        "spacing": 6.0,
    },
    "schedule": {
        "duration": 1.2,
        "segments": 4,
        "controls": {
            "rabi": {"lower": 0, "upper": 15.8, "ends": [0, 0]},
            "detuning": {"lower": -30, "upper": 50},
        },
    },
    "goal": {"measure": "z2_probability"},
    "shots": 50,
}  # fmt: skip
SPACED: dict[str, Any] = {
    **RYDBERG,
    "schedule": {**RYDBERG["schedule"], "duration": {"lower": 0.6, "upper": 1.5}},
    "costs": {"time": 0.1, "energy": 0.001},
    "rounds": 2,
}
ANNEAL: dict[str, Any] = {
    "kind": "control",
    "schema_version": 1,
    "system": {
        "kind": "spin_lattice", "schema_version": 1, "model": "ising", "geometry": "chain",
        "sites": 3, "parameters": {"J": [-1.0, -0.5], "hz": 0.1},
    },
    "schedule": {
        "duration": 3.0,
        "segments": 3,
        "controls": {
            "hx": {"lower": 0, "upper": 2, "ends": [2, 0]},
            "J": {"lower": 0, "upper": 1, "ends": [0, 1]},
        },
    },
    "goal": {"measure": "energy"},
    "shots": 50,
}  # fmt: skip
PULSE: dict[str, Any] = {
    "kind": "control",
    "schema_version": 1,
    "system": {"kind": "pulses", "schema_version": 1, "qubits": 1},
    "schedule": {
        "duration": 1.0,
        "segments": 3,
        "controls": {"x0": {"lower": -8, "upper": 8}, "y0": {"lower": -8, "upper": 8}},
    },
    "goal": {"measure": "fidelity", "target": "1"},
    "shots": 50,
}
PAIR: dict[str, Any] = {
    "kind": "control",
    "schema_version": 1,
    "system": {"kind": "pulses", "schema_version": 1, "qubits": 2, "coupling": 5.0},
    "schedule": {
        "duration": 1.0,
        "segments": 3,
        "controls": {name: {"lower": -8, "upper": 8} for name in ("x0", "y0", "x1", "z1")},
    },
    "goal": {"measure": "fidelity", "target": "ghz"},
    "shots": 50,
    "rounds": 2,
}
ALL = {"rydberg": RYDBERG, "spaced": SPACED, "anneal": ANNEAL, "pulse": PULSE, "pair": PAIR}
