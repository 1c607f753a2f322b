"""Where the atoms, spins or qubits of a world are, from its document."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backends import systems
from backends.errors import ProgramRejected
from backends.systems import RydbergArray, SpinLattice
from backends.systems.rydberg_geometry import FIELDS
from qtwin.drawing.sites import Point
from qtwin.drawing.sites import sites as of_lattice

ARRAY = ("kind", "schema_version", "controls", *FIELDS)
STILL = {"rabi": 1.0, "detuning": 0.0}
WORDS = {"atom": "Atom", "spin": "Spin", "qubit": "Qubit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """Places in units of the least distance, y downward.

    Attributes:
        kind: ``atom``, ``spin`` or ``qubit``.
        pairs: Sites that are joined by a line.
    """

    kind: str
    places: tuple[Point, ...]
    pairs: tuple[tuple[int, int], ...] = ()

    @property
    def word(self) -> str:
        """What one of them is called."""
        return WORDS[self.kind]


def sites_of(document: Mapping[str, Any], count: int) -> Sites:
    """Of the ``count`` sites of a system document; in a row where it does not say."""
    kind = {"rydberg_array": "atom", "spin_lattice": "spin"}.get(str(document.get("kind")), "qubit")
    found = _loaded(document)
    if found is not None and len(found.places) == count:
        return found
    row = tuple((float(site), 0.0) for site in range(count))
    pairs = () if kind == "atom" else tuple((site, site + 1) for site in range(count - 1))
    return Sites(kind=kind, places=row, pairs=pairs)


def _loaded(document: Mapping[str, Any]) -> Sites | None:
    given = dict(document)
    if given.get("kind") == "rydberg_array":  # its pulse is the agent's
        given = {name: given[name] for name in ARRAY if name in given} | STILL
    try:
        system = systems.load(given)
        if isinstance(system, RydbergArray):
            columns = system.columns(system.middle)
            rows = system.geometry.places(columns, 1)[0].tolist()
            return Sites(kind="atom", places=scaled([(x, -y) for x, y in rows]))
        if isinstance(system, SpinLattice):
            lattice = system.lattice
            near = tuple(pair for pair in lattice.bonds if _near(of_lattice(lattice), pair))
            return Sites(kind="spin", places=tuple(of_lattice(lattice)), pairs=near)
    except (ProgramRejected, ValueError, KeyError):
        return None
    return None


def _near(places: Sequence[Point], pair: tuple[int, int]) -> bool:
    return math.dist(places[pair[0]], places[pair[1]]) < 1.5


def scaled(places: Sequence[Point]) -> tuple[Point, ...]:
    """So that the nearest two are 1 apart."""
    pairs = ((a, b) for i, a in enumerate(places) for b in places[:i])
    least = min((math.dist(a, b) for a, b in pairs), default=1.0) or 1.0
    return tuple((x / least, y / least) for x, y in places)
