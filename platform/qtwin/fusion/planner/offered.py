"""Which offers a plan can weigh."""

from __future__ import annotations

from collections.abc import Mapping

from qtwin.fusion.base import Observations, Role
from qtwin.fusion.planner.offer import Offer


def offered(data: Observations, offers: Mapping[str, Offer]) -> dict[str, Offer]:
    """Offers whose noise is known: devices need a run first, other sources are exact until then.

    Raises:
        ValueError: An offer names no source, or none is left.
    """
    names = {spec.name for spec in data.sources}
    for name in offers:
        if name not in names:
            raise ValueError(f"no source {name!r}; allowed: {', '.join(sorted(names))}")
    fresh = _fresh_devices(data)
    known = {name: offers[name] for name in sorted(offers) if name not in fresh}
    if not known:
        raise ValueError("no source with a cost that has run before; a plan needs at least one")
    return known


def left_out(data: Observations, offers: Mapping[str, Offer]) -> tuple[str, ...]:
    """Sentences about the others."""
    return tuple(
        f"{name} has no run yet, so its noise is unknown and it is left out"
        for name in sorted(_fresh_devices(data) & set(offers))
    )


def _fresh_devices(data: Observations) -> set[str]:
    run = {data.sources[i].name for i in data.source}
    return {s.name for s in data.sources if s.role is Role.DEVICE and s.name not in run}
