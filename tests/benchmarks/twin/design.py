"""Designs of the cases: one committed file each, so that everybody scores the same data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray, Role

FOLDER = Path(__file__).with_name("designs")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDesign:
    """How one source is sampled.

    Attributes:
        name: Of the source; the column of its table.
        role: How it sees the truth.
        points: How many, a Latin hypercube of its own; 0 where the case has its own rule.
        at: Controls of its points, where they are given one by one.
        cost: Of one point, in units of the case.
        shots: Of a device, per point.
        noise: Known standard deviation of each value, in the observable's unit.
        mixed: Orbitals and electrons of the pair Hamiltonian that a device ran, for its mixed
            value; None where that is 0.
        learn_scale: Whether its scale against the truth is unknown, as in the literature's pairs.
    """

    name: str
    role: Role
    points: int = 0
    at: tuple[float, ...] = ()
    cost: float = 1.0
    shots: int = 0
    noise: float = 0.0
    mixed: tuple[int, int] | None = None
    learn_scale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """One case.

    Attributes:
        case: Its name.
        kind: Which module makes its data: function, table, lih, eagle or scale.
        title: One line for people.
        data: Name of the function, or file of the table.
        bounds: Lower and upper bound of each control.
        value_bounds: Physical bounds of the observable.
        sources: The reference first, then from the highest fidelity to the lowest.
        seeds: How many runs, seeds 0, 1, …
        quick_seeds: How many with ``--quick``.
        normaliser: RMSE is divided by it, in the observable's unit.
        equal_cost: Whether references alone at equal cost are a method of the case.
    """

    case: str
    kind: str
    title: str
    data: str = ""
    bounds: tuple[tuple[float, float], ...]
    value_bounds: tuple[float, float] = (-np.inf, np.inf)
    sources: tuple[SourceDesign, ...]
    seeds: int
    quick_seeds: int
    normaliser: float
    equal_cost: bool = False

    @property
    def box(self) -> FloatArray:
        """Bounds of the controls, shape ``(D, 2)``."""
        return np.array(self.bounds, dtype=np.float64)

    @property
    def affordable(self) -> int:
        """How many reference points cost as much as all points of the case."""
        whole = sum(source.points * source.cost for source in self.sources)
        return int(whole // self.sources[0].cost)


def read_design(file: Path) -> Design:
    """Read one design.

    Raises:
        TypeError: A field is unknown or missing.
    """
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    document["sources"] = tuple(_source(source) for source in document["sources"])
    for name in ("bounds", "value_bounds"):
        if name in document:
            document[name] = _frozen(document[name])
    return Design(**document)


def _source(document: dict[str, Any]) -> SourceDesign:
    fields = {name: _frozen(value) for name, value in document.items()}
    return SourceDesign(**fields | {"role": Role(document["role"])})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def read_designs() -> dict[str, Design]:
    """All designs by case, in the order of their file names."""
    designs = [read_design(file) for file in sorted(FOLDER.glob("*.json"))]
    return {design.case: design for design in designs}
