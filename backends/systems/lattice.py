"""Which sites of a lattice are neighbours."""

from __future__ import annotations

from collections.abc import Callable

Bonds = tuple[tuple[int, int], ...]

GEOMETRIES: tuple[str, ...] = ("chain", "ring", "ladder", "square")


def bonds(geometry: str, sites: int) -> Bonds:
    """Nearest neighbours, each pair once, smaller site first.

    A ladder numbers its rungs ``(0, 1), (2, 3), …``; a square lattice has open edges and numbers
    its rows from left to right.

    Raises:
        ValueError: The geometry does not exist at this size; the message says which sizes do.
    """
    return tuple(sorted({(min(pair), max(pair)) for pair in _MAKERS[geometry](sites)}))


def next_bonds(geometry: str, sites: int) -> Bonds:
    """Second neighbours along a chain or ring.

    Raises:
        ValueError: The geometry has no such notion here.
    """
    if geometry == "chain":
        return tuple((site, site + 2) for site in range(sites - 2))
    if geometry == "ring" and sites >= 5:
        pairs = ((site, (site + 2) % sites) for site in range(sites))
        return tuple(sorted({(min(pair), max(pair)) for pair in pairs}))
    raise ValueError("allowed: chain, or ring of at least 5 sites")


def _chain(sites: int) -> list[tuple[int, int]]:
    return [(site, site + 1) for site in range(sites - 1)]


def _ring(sites: int) -> list[tuple[int, int]]:
    if sites < 3:
        raise ValueError("a ring has at least 3 sites")
    return [(site, (site + 1) % sites) for site in range(sites)]


def _ladder(sites: int) -> list[tuple[int, int]]:
    if sites < 4 or sites % 2:
        raise ValueError("a ladder has an even number of at least 4 sites")
    rungs = [(site, site + 1) for site in range(0, sites, 2)]
    return rungs + [(site, site + 2) for site in range(sites - 2)]


def _square(sites: int) -> list[tuple[int, int]]:
    side = round(sites**0.5)
    if side * side != sites:
        raise ValueError("a square lattice has 4, 9 or 16 sites")
    across = [(site, site + 1) for site in range(sites) if (site + 1) % side]
    return across + [(site, site + side) for site in range(sites - side)]


_MAKERS: dict[str, Callable[[int], list[tuple[int, int]]]] = {
    "chain": _chain,
    "ring": _ring,
    "ladder": _ladder,
    "square": _square,
}
