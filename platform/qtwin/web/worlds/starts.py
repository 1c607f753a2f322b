"""Documents of worlds to start from: of each kind one that fits the project, to be edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends import systems
from backends.errors import ProgramRejected
from backends.systems import RydbergArray, SpinLattice
from qtwin.fusion.base import Role
from qtwin.projects.models import Project
from qtwin.training.documents import KINDS
from qtwin.web.worlds.device import device_of

MOST_QUBITS = 12
"""Of a control world."""
MEANINGS = {
    "control": "Shape the pulses of a driven system, seeing shots.",
    "search": "Choose where to measure, and with which source, under a budget.",
    "mitigation": "Choose noise gains, shots and circuits to reach an error at the least cost.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A kind of world, with a sentence."""

    kind: str
    meaning: str


STARTS = tuple(Start(kind=kind, meaning=MEANINGS[kind]) for kind in KINDS)


def start_of(project: Project, kind: str) -> dict[str, Any]:
    """A document of a kind."""
    if kind == "search":
        return _search(project)
    if kind == "mitigation":
        return _mitigation(project)
    return _control(project.system)


def _control(document: Mapping[str, Any]) -> dict[str, Any]:
    try:
        system = systems.load(document)
    except ProgramRejected:
        return _pulses()
    if isinstance(system, RydbergArray) and system.qubits <= MOST_QUBITS:
        return _array(system)
    if isinstance(system, SpinLattice) and system.qubits <= MOST_QUBITS:
        return _anneal(system)
    return _pulses()


def _array(system: RydbergArray) -> dict[str, Any]:
    """The atoms where they are in the middle of the controls' ranges."""
    rows = system.geometry.places(system.columns(system.middle), 1)[0]
    steps = np.diff(rows, axis=0)
    chain = len(rows) > 1 and bool(np.allclose(steps, steps[0]))
    geometry: dict[str, Any] = {"geometry": "custom", "positions": np.round(rows, 6).tolist()}
    if chain:
        spacing = round(float(np.hypot(*steps[0])), 6)
        geometry = {"geometry": "chain", "atoms": len(rows), "spacing": spacing}
    return _schedule(
        {"kind": "rydberg_array", "schema_version": 1, **geometry},
        duration=3.0,
        controls={
            "rabi": {"lower": 0, "upper": 15.8, "ends": [0, 0]},
            "detuning": {"lower": -40, "upper": 60, "ends": [-40, 60]},
        },
        goal={"measure": "z2_probability"}
        if chain
        else {"measure": "fidelity", "target": "1" * len(rows)},
    )


def _anneal(system: SpinLattice) -> dict[str, Any]:
    lattice = system.lattice
    shape = list(lattice.shape)
    return _schedule(
        {
            "kind": "spin_lattice",
            "schema_version": 1,
            "model": "ising",
            "geometry": lattice.geometry,
            "sites": shape[0] if len(shape) == 1 else shape,
            "periodic": lattice.periodic,
        },
        duration=6.0,
        controls={
            "J": {"lower": 0, "upper": 1, "ends": [0, 1]},
            "hx": {"lower": 0, "upper": 1, "ends": [1, 0]},
        },
        goal={"measure": "energy"},
    )


def _pulses() -> dict[str, Any]:
    return _schedule(
        {"kind": "pulses", "schema_version": 1, "qubits": 1},
        duration=0.5,
        controls={
            "x0": {"lower": -20, "upper": 20, "ends": [0, 0]},
            "y0": {"lower": -20, "upper": 20, "ends": [0, 0]},
        },
        goal={"measure": "fidelity", "target": "1"},
    )


def _schedule(
    system: dict[str, Any], *, duration: float, controls: dict[str, Any], goal: dict[str, Any]
) -> dict[str, Any]:
    schedule = {"duration": duration, "segments": 8, "controls": controls, "shape": "linear"}
    return {
        "kind": "control",
        "schema_version": 1,
        "system": system,
        "schedule": schedule,
        "goal": goal,
        "costs": {"time": 0, "energy": 0},
        "shots": 200,
        "rounds": 1,
    }


def _search(project: Project) -> dict[str, Any]:
    """Every source of the project, a reference ten times as dear as another."""
    sources = [
        {"name": source.name, "cost": 10.0 if source.role == Role.REFERENCE else 1.0}
        for source in project.sources.order_by("name")
    ]
    return {
        "kind": "search",
        "schema_version": 1,
        "goal": {"kind": "minimum", "tolerance": 0.01},
        "budget": 40.0,
        "sources": sources,
    }


def _mitigation(project: Project) -> dict[str, Any]:
    return {
        "kind": "mitigation",
        "schema_version": 1,
        "device": device_of(project),
        "target": 0.02,
        "budget": 200_000,
        "gains": [1, 3, 5],
        "shots": [100, 20_000],
        "circuits": [1, 32],
        "steps": 12,
    }
