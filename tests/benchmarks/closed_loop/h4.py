"""A chain of four hydrogen atoms, stretched, from five real sources.

The prices are those of the study behind the planner: 100 for a full configuration interaction, 20
for 4000 shots of a noisy device and for CCSD, 5 for MP2, 1 for Hartree-Fock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import numpy as np

from backends import registry
from backends.schema import Experiment, Result, RunOptions
from qtwin.fusion.base import FloatArray, Observations, Role, SourceSpec
from qtwin.fusion.planner import Offer, Price

BOUNDS = np.array([[0.5, 2.6]])
GRID = np.linspace(0.5, 2.6, 81)
"""Spacings in angstrom where runs may be made (every second) and the curve is scored."""

SHOTS = 4000
SYSTEM: dict[str, Any] = {
    "kind": "molecule",
    "schema_version": 1,
    "atoms": [
        {"element": "H", "position": [0, 0, place]}
        for place in (0, "spacing", "2*spacing", "3*spacing")
    ],
    "charge": 0,
    "spin": 0,
    "basis": "sto-3g",
    "mapping": "parity",
    "controls": [
        {"name": "spacing", "label": "Spacing", "unit": "angstrom", "lower": 0.5, "upper": 2.6}
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How one source is run, and at which price."""

    backend: str
    method: str
    role: Role
    offer: Offer
    settings: Mapping[str, Any] = field(default_factory=dict)


def _classical(method: str, price: float, role: Role = Role.APPROXIMATION) -> Source:
    return Source(backend="pyscf", method=method, role=role, offer=Offer(price=Price(run=price)))


SOURCES = {
    "FCI": _classical("fci", 100.0, Role.REFERENCE),
    "CCSD": _classical("ccsd", 20.0),
    "MP2": _classical("mp2", 5.0),
    "HF": _classical("hf", 1.0),
    "QPU": Source(
        backend="fake-ibm",
        method="vqe",
        role=Role.DEVICE,
        offer=Offer(price=Price(run=4.0, shot=0.004)),
        settings={"device": "FakeMarrakesh", "ansatz": "pair", "layers": 1},
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement; ``shots`` is 0 for a solver."""

    source: str
    spacing: float
    value: float
    std: float
    mixed: float
    shots: int

    @property
    def cost(self) -> float:
        """What it took."""
        return SOURCES[self.source].offer.price.of(self.shots)


@cache
def measure(source: str, spacing: float, shots: int, seed: int) -> Row:
    """Run a source; solvers take neither shots nor a seed."""
    noisy = SOURCES[source].role is Role.DEVICE
    if not noisy and (shots or seed):
        return measure(source, spacing, 0, 0)
    result = _run(source, np.array([spacing]), shots, seed)
    mixed = np.nan if result.mixed_values is None else float(result.mixed_values[0, 0])
    return Row(
        source=source,
        spacing=spacing,
        value=float(result.values[0, 0]),
        std=float(result.std_errors[0, 0]) if noisy else 0.0,
        mixed=mixed if noisy else np.nan,
        shots=shots,
    )


@lru_cache(maxsize=1)
def exact_curve() -> FloatArray:
    """FCI on the whole grid, shape ``(81,)``, hartree: what everything is scored against."""
    return _run("FCI", GRID, 0, 0).values[:, 0]


def observations(rows: list[Row]) -> Observations:
    """The measurements as the model takes them."""
    names = list(SOURCES)
    source = np.array([names.index(row.source) for row in rows])
    return Observations(
        x=np.array([[row.spacing] for row in rows]),
        bounds=BOUNDS,
        y=np.array([row.value for row in rows]),
        std=np.array([row.std for row in rows]),
        source=source,
        sources=tuple(SourceSpec(name=name, role=s.role) for name, s in SOURCES.items()),
        gain=np.where(source == names.index("QPU"), 1.0, np.nan),
        mixed_value=np.array([row.mixed for row in rows]),
    )


def shots_of(rows: list[Row]) -> FloatArray:
    """Shots of each measurement, NaN for solvers."""
    return np.array([float(row.shots) if row.shots else np.nan for row in rows])


def _run(name: str, spacings: FloatArray, shots: int, seed: int) -> Result:
    source = SOURCES[name]
    experiment = Experiment(
        system=SYSTEM,
        method=source.method,
        settings=source.settings,
        controls=("spacing",),
        points=spacings[:, None],
        observables=("energy",),
    )
    options = RunOptions(shots=shots, seed=seed) if shots else RunOptions()
    result = registry.get(source.backend).submit(experiment, options, token="closed-loop")
    assert isinstance(result, Result)
    assert not result.failures
    return result
