"""Where the atoms of a Rydberg array are, and which of them are neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.document import Document, shown
from backends.systems.expression import Expression
from backends.systems.lattice import Bonds, Lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

GEOMETRIES = ("chain", "ring", "square", "custom")
FIELDS = ("geometry", "atoms", "spacing", "positions", "neighbours")
MAX_ATOMS = 256
MOST_DISTANCES = 1_000_000
"""Held in memory at once."""
MIN_DISTANCE_UM = 1.0
"""Below about this the interaction of two Rydberg atoms is no longer C6 / r^6."""


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """Positions of ``n`` atoms in a plane, in micrometres.

    Attributes:
        shape: ``(n,)``, or ``(rows, columns)``: the atom of a square array is
            ``row * columns + column``, at ``x = column * spacing`` and ``y = row * spacing``.
        spacing: Distance of nearest neighbours; None where the positions are given.
        positions: Two coordinates for each atom, of ``custom`` only.
        pairs: Neighbours that a ``custom`` array declares.
    """

    kind: str
    shape: tuple[int, ...]
    spacing: Expression | None = None
    positions: tuple[tuple[Expression, Expression], ...] = ()
    pairs: Bonds = ()

    @classmethod
    def parse(cls, document: Document, controls: Sequence[str]) -> Geometry:
        """Read ``geometry`` and what it needs of `FIELDS`.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        kind = document.choice("geometry", GEOMETRIES)
        unused = ("atoms", "spacing") if kind == "custom" else ("positions", "neighbours")
        for name in unused:
            if document.entry(name, None) is not None:
                raise ProgramRejected(
                    f"{name} with a {kind} geometry; allowed: leave it out",
                    field=document.at(name),
                )
        geometry = _custom(document, controls) if kind == "custom" else _regular(document, controls)
        if not geometry.names:
            geometry.check({}, 1, field=document.at("spacing" if geometry.spacing else "positions"))
        return geometry

    @property
    def atoms(self) -> int:
        return int(np.prod(self.shape))

    @property
    def names(self) -> frozenset[str]:
        """Controls that occur in it."""
        every = [axis for place in self.positions for axis in place]
        every += [self.spacing] if self.spacing else []
        return frozenset().union(*(entry.names for entry in every))

    @cached_property
    def lattice(self) -> Lattice | None:
        """The lattice of a regular array."""
        return None if self.kind == "custom" else Lattice(self.kind, self.shape)

    @property
    def bonds(self) -> Bonds:
        """Nearest neighbours."""
        return self.pairs if self.lattice is None else self.lattice.bonds

    @property
    def signs(self) -> tuple[int, ...] | None:
        """1 and -1 on the two sublattices, 1 on atom 0; None where there are none."""
        return self.lattice.signs if self.lattice and self.bonds else None

    def places(self, columns: Mapping[str, FloatArray], rows: int) -> FloatArray:
        """Positions at ``P`` points, shape ``(P, n, 2)``, micrometres.

        Args:
            columns: For each control, its values, shape ``(P,)``.
            rows: P.
        """
        if self.spacing is None:
            axes = [[axis.values(columns, rows) for axis in place] for place in self.positions]
            given: FloatArray = np.moveaxis(np.array(axes), 2, 0)
            return given
        scaled: FloatArray = self.spacing.values(columns, rows)[:, None, None] * self._unit
        return scaled

    @cached_property
    def _unit(self) -> FloatArray:
        """Positions at a spacing of 1, shape ``(n, 2)``."""
        number = np.arange(self.atoms, dtype=np.float64)
        if self.kind == "ring":
            angle = 2 * np.pi * number / self.atoms
            circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
            return np.asarray(0.5 / np.sin(np.pi / self.atoms) * circle)
        across = self.shape[-1]
        return np.stack([number % across, number // across], axis=1)

    def distances(self, columns: Mapping[str, FloatArray], rows: int) -> FloatArray:
        """Of each pair ``i < j``, in order of ``i`` and then ``j``, shape ``(P, n(n-1)/2)``."""
        return _distances(self.places(columns, rows))

    def check(self, columns: Mapping[str, FloatArray], rows: int, *, field: str = "") -> None:
        """Refuse atoms that are too near each other, or nowhere.

        Args:
            field: Pointer of the error; by default that of the point.

        Raises:
            ProgramRejected: Names the two atoms and their distance.
        """
        nearest, pairs = self.nearest(columns, rows)
        for row in np.flatnonzero(~(np.isfinite(nearest) & (nearest >= MIN_DISTANCE_UM))):
            sides = np.triu_indices(max(self.atoms, 2), 1)
            one, two = (int(side[pairs[row]]) for side in sides)
            raise ProgramRejected(
                f"atoms {one} and {two} are {nearest[row]:g} um apart; allowed: at least "
                f"{MIN_DISTANCE_UM:g} um",
                field=field or f"/points/{row}",
            )

    def nearest(
        self, columns: Mapping[str, FloatArray], rows: int
    ) -> tuple[FloatArray, NDArray[np.int64]]:
        """Smallest distance at ``P`` points, um, and the number of its pair, each ``(P,)``.

        Needs memory for a few points at a time only; of one atom the distance is taken as 1e9.
        """
        pairs = self.atoms * (self.atoms - 1) // 2
        if not pairs:
            alone = np.isfinite(self.places(columns, rows)).all(axis=(1, 2))
            return np.where(alone, 1e9, np.nan), np.zeros(rows, dtype=np.int64)
        if self.spacing is not None:
            unit = _distances(self._unit[None])[0]
            pair = int(unit.argmin())
            spacing = self.spacing.values(columns, rows)
            return spacing * unit[pair], np.full(rows, pair)
        found, numbers = np.empty(rows), np.empty(rows, dtype=np.int64)
        places, block = self.places(columns, rows), max(1, MOST_DISTANCES // pairs)
        for start in range(0, rows, block):
            part = slice(start, start + block)
            distances = _distances(places[part])
            numbers[part] = distances.argmin(axis=1)  # that of a NaN, where there is one
            found[part] = distances[np.arange(len(distances)), numbers[part]]
        return found, numbers

    def to_dict(self) -> dict[str, Any]:
        """The fields that `parse` reads."""
        if self.spacing is None:
            places = [[axis.source for axis in place] for place in self.positions]
            pairs = {"neighbours": [list(pair) for pair in self.pairs]} if self.pairs else {}
            return {"geometry": self.kind, "positions": places, **pairs}
        atoms = self.shape[0] if len(self.shape) == 1 else list(self.shape)
        return {"geometry": self.kind, "atoms": atoms, "spacing": self.spacing.source}


def _distances(places: FloatArray) -> FloatArray:
    """Of each pair, shape ``(P, n(n-1)/2)``, from places of shape ``(P, n, 2)``."""
    first, second = np.triu_indices(places.shape[1], 1)
    x, y = places[:, first, 0] - places[:, second, 0], places[:, first, 1] - places[:, second, 1]
    distances: FloatArray = np.hypot(x, y)
    return distances


def _regular(document: Document, controls: Sequence[str]) -> Geometry:
    kind = document.choice("geometry", GEOMETRIES)
    spacing = Expression.parse(document.entry("spacing", None), controls, at=document.at("spacing"))
    if kind != "square":
        least = 3 if kind == "ring" else 1
        shape: tuple[int, ...] = (document.integer("atoms", least, MAX_ATOMS),)
    else:
        shape = _rows_and_columns(document)
    return Geometry(kind=kind, shape=shape, spacing=spacing)


def _rows_and_columns(document: Document) -> tuple[int, ...]:
    entry = document.required("atoms")
    pair = isinstance(entry, list | tuple) and len(entry) == 2
    if not pair or not all(type(n) is int and 1 <= n <= MAX_ATOMS for n in entry):
        pair = False
    if not pair or entry[0] * entry[1] > MAX_ATOMS:
        raise ProgramRejected(
            f"atoms = {shown(entry)} of a square array; allowed: [rows, columns], {MAX_ATOMS} "
            "atoms at most",
            field=document.at("atoms"),
        )
    return tuple(entry)


def _custom(document: Document, controls: Sequence[str]) -> Geometry:
    places = []
    for index, entry in enumerate(document.items("positions", 1, MAX_ATOMS)):
        at = f"{document.at('positions')}/{index}"
        if not isinstance(entry, list | tuple) or len(entry) != 2:
            raise ProgramRejected(f"{entry!r}; allowed: [x, y] in um", field=at)
        x, y = (Expression.parse(e, controls, at=f"{at}/{axis}") for axis, e in enumerate(entry))
        places.append((x, y))
    pairs = []
    for index, entry in enumerate(document.items("neighbours", 0, MAX_ATOMS**2, ())):
        good = isinstance(entry, list | tuple) and len(entry) == 2
        if not good or not all(type(q) is int and 0 <= q < len(places) for q in entry):
            good = False
        if not good or entry[0] == entry[1]:
            raise ProgramRejected(
                f"{entry!r}; allowed: two different atoms of 0 to {len(places) - 1}",
                field=f"{document.at('neighbours')}/{index}",
            )
        pairs.append((min(entry), max(entry)))
    return Geometry(
        kind="custom",
        shape=(len(places),),
        positions=tuple(places),
        pairs=tuple(sorted(set(pairs))),
    )
