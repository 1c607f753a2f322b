"""The techniques of a name such as ``zne+readout+fake-ibm``, and the order in which they go."""

from __future__ import annotations

from itertools import pairwise

from backends.errors import UnknownBackend
from backends.mitigation.cdr import CliffordDataRegression
from backends.mitigation.decoupling import DynamicalDecoupling
from backends.mitigation.postselect import PostSelection
from backends.mitigation.readout import Readout
from backends.mitigation.technique import Technique
from backends.mitigation.twirling import Twirling
from backends.mitigation.zne import ZeroNoiseExtrapolation

TECHNIQUES: dict[str, type[Technique]] = {
    one.name: one
    for one in (
        CliffordDataRegression,
        DynamicalDecoupling,
        PostSelection,
        Readout,
        Twirling,
        ZeroNoiseExtrapolation,
    )
}
SEPARATOR = "+"


def split(name: str) -> tuple[tuple[Technique, ...], str]:
    """Techniques, outermost first, and the name of the inner backend.

    Raises:
        UnknownBackend: A technique is unknown, or out of its order.
    """
    *prefixes, inner = name.split(SEPARATOR)
    for prefix in prefixes:
        if prefix not in TECHNIQUES:
            raise UnknownBackend(
                f"unknown mitigation {prefix!r} in {name[:80]!r}; allowed: {', '.join(TECHNIQUES)}"
            )
    techniques = tuple(TECHNIQUES[prefix]() for prefix in prefixes)
    ranks = [technique.rank for technique in techniques]
    if any(outer >= within for outer, within in pairwise(ranks)):
        raise UnknownBackend(
            f"{name[:80]!r} is out of order; allowed: {order()}, each at most once"
        )
    return techniques, inner


def order() -> str:
    """The order for people: techniques of one place are alternatives."""
    ranks = sorted({one.rank for one in TECHNIQUES.values()})
    return " + ".join(
        " or ".join(sorted(name for name, one in TECHNIQUES.items() if one.rank == rank))
        for rank in ranks
    )
