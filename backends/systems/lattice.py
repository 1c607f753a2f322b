"""Which sites of a lattice are neighbours, and how its sites are numbered."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from backends.errors import ProgramRejected
from backends.systems.document import Document, shown

Bonds = tuple[tuple[int, int], ...]

GEOMETRIES = ("chain", "ring", "ladder", "square", "triangular", "heavy_hex")
PERIODIC = ("chain", "ladder", "square", "triangular")
MAX_SITES = 256


@dataclass(frozen=True)
class Lattice:
    """Sites and their neighbours.

    Attributes:
        shape: ``(sites,)``, or ``(rows, columns)``: a site of a square or triangular lattice is
            ``row * columns + column``.
    """

    geometry: str
    shape: tuple[int, ...]
    periodic: bool = False

    @classmethod
    def parse(cls, document: Document, *, most: int = MAX_SITES) -> Lattice:
        """Read ``geometry``, ``sites`` (at most ``most``) and ``periodic``.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        geometry = document.choice("geometry", GEOMETRIES)
        periodic = document.boolean("periodic", default=False)
        if periodic and geometry not in PERIODIC:
            raise ProgramRejected(
                f"periodic = true with a {geometry}; allowed with {', '.join(PERIODIC)}",
                field=document.at("periodic"),
            )
        lattice = cls(geometry, _shape(document, geometry, most), periodic)
        reason = lattice.fault(most)
        if reason:
            raise ProgramRejected(
                f"sites = {document.entry('sites', None)!r} for a {geometry}; allowed: {reason}",
                field=document.at("sites"),
            )
        return lattice

    def to_dict(self) -> dict[str, Any]:
        """The fields that `parse` reads."""
        shape = self.shape[0] if len(self.shape) == 1 else list(self.shape)
        periodic = {"periodic": True} if self.periodic else {}
        return {"geometry": self.geometry, "sites": shape, **periodic}

    def fault(self, most: int) -> str:
        """What is allowed instead, or nothing where the lattice exists."""
        low = {"ring": 3, "ladder": 4}.get(self.geometry, 2)
        if min(self.shape) < (3 if self.periodic else 1):
            return "at least 3 along a periodic direction" if self.periodic else "1 or more"
        if self.geometry == "ladder" and (self.sites % 2 or (self.periodic and self.sites < 6)):
            return "an even number of at least 4 sites, 6 if periodic"
        if not low <= self.sites <= most:
            return f"{low} to {most} sites"
        return ""

    @cached_property
    def sites(self) -> int:
        """Number of sites."""
        if self.geometry == "heavy_hex":
            return len(heavy_hex(*self.shape)[0])
        return self.shape[0] * (self.shape[1] if len(self.shape) == 2 else 1)

    @cached_property
    def bonds(self) -> Bonds:
        """Nearest neighbours, each pair once, smaller site first, in ascending order."""
        return _pairs(self._near())

    @cached_property
    def next_bonds(self) -> Bonds:
        """Second neighbours: along a line two sites on, in two dimensions across the diagonal.

        Raises:
            ValueError: The geometry has no such notion here.
        """
        if self.geometry == "square":
            offsets = ((1, 1), (1, -1))
            return _pairs(pair for step in offsets for pair in self._grid(*step))
        ends = self.geometry == "ring" or self.periodic
        if self.geometry not in {"chain", "ring"} or (ends and self.sites < 5):
            raise ValueError("allowed: chain, square, or ring of at least 5 sites")
        last = self.sites if ends else self.sites - 2
        return _pairs((site, (site + 2) % self.sites) for site in range(last))

    @cached_property
    def signs(self) -> tuple[int, ...] | None:
        """1 and -1 on the two sublattices, 1 on site 0; None where a bond joins equal ones."""
        signs = [0] * self.sites
        for first in range(self.sites):
            queue = deque([] if signs[first] else [first])
            signs[first] = signs[first] or 1
            while queue:
                site = queue.popleft()
                for pair in self.bonds:
                    if site in pair:
                        other = sum(pair) - site
                        if signs[other] == signs[site]:
                            return None
                        if not signs[other]:
                            signs[other] = -signs[site]
                            queue.append(other)
        return tuple(signs)

    def _near(self) -> Iterator[tuple[int, int]]:
        if self.geometry in {"chain", "ring"}:
            ends = self.geometry == "ring" or self.periodic
            for site in range(self.sites if ends else self.sites - 1):
                yield site, (site + 1) % self.sites
        elif self.geometry == "ladder":
            yield from ((site, site + 1) for site in range(0, self.sites, 2))
            last = self.sites if self.periodic else self.sites - 2
            yield from ((site, (site + 2) % self.sites) for site in range(last))
        elif self.geometry == "heavy_hex":
            yield from heavy_hex(*self.shape)[1]
        else:
            steps = [(0, 1), (1, 0)] + [(1, -1)] * (self.geometry == "triangular")
            yield from (pair for step in steps for pair in self._grid(*step))

    def _grid(self, down: int, right: int) -> Iterator[tuple[int, int]]:
        rows, columns = self.shape
        for row, column in product(range(rows), range(columns)):
            r, c = row + down, column + right
            if self.periodic or (0 <= r < rows and 0 <= c < columns):
                yield row * columns + column, r % rows * columns + c % columns


def _shape(document: Document, geometry: str, most: int) -> tuple[int, ...]:
    if geometry not in {"square", "triangular", "heavy_hex"}:
        return (document.integer("sites", 2, most),)
    entry = document.required("sites")
    if type(entry) is int and 1 < entry <= most and geometry != "heavy_hex":
        side = round(entry**0.5)
        if side * side == entry:
            return side, side
    if isinstance(entry, list) and len(entry) == 2:
        rows, columns = entry
        if all(type(n) is int and 1 <= n <= most for n in entry):
            return rows, columns
    square = "" if geometry == "heavy_hex" else " or a square number,"
    raise ProgramRejected(
        f"sites = {shown(entry)} for a {geometry}; allowed: [rows, columns],{square} {most} "
        "sites at most",
        field=document.at("sites"),
    )


def _pairs(pairs: Iterable[tuple[int, int]]) -> Bonds:
    return tuple(sorted({(min(pair), max(pair)) for pair in pairs}))


def heavy_hex(rows: int, columns: int) -> tuple[list[Any], list[tuple[int, int]]]:
    """Rows joined by bridges at every fourth column, from 0 and from 2 in turn; no loose corners.

    With 7 rows of 15 these are the 127 qubits of an IBM Eagle in its own numbering.
    """
    bridges = [range(2 * (row % 2), columns, 4) for row in range(rows - 1)]
    loose = set()
    if rows > 1 and columns > 1:
        ends = ((0, bridges[0]), (rows - 1, bridges[-1]))
        loose = {(row, c) for row, joined in ends for c in (0, columns - 1) if c not in joined}
    places: list[Any] = []
    for row in range(rows):
        places += [(row, c) for c in range(columns) if (row, c) not in loose]
        places += [(row, c, "bridge") for c in (bridges[row] if row < rows - 1 else ())]
    number = {place: site for site, place in enumerate(places)}
    pairs = [
        (number[row, c], number[row, c + 1])
        for row, c in product(range(rows), range(columns - 1))
        if (row, c) in number and (row, c + 1) in number
    ]
    for place in places:
        if len(place) == 3:
            row, c, _ = place
            pairs += [(number[row, c], number[place]), (number[place], number[row + 1, c])]
    return places, pairs
