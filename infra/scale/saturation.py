"""At which load each station is full, as the deployment stands."""

from __future__ import annotations

from dataclasses import dataclass

from infra.scale.busy_hour import Station, stations
from infra.scale.service_times import ServiceTimes
from infra.scale.workload import Workload

HIGHEST = 4096.0
FINE = 1.05
"""Loads are told apart to 5 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Full:
    """A station, what it does at load 1, and the load that it does not bear.

    Attributes:
        busy: Share of its time, at load 1.
        p95_s: What 95 of 100 wait at most, at load 1, in seconds.
        load: Where it is full; None if it never is up to the highest load tried.
    """

    station: Station
    busy: float
    p95_s: float
    load: float | None


def saturation(times: ServiceTimes, workload: Workload, *, seed: int) -> list[Full]:
    """Every station, the first to be full first."""
    found = [
        Full(
            station=one,
            busy=(waits := one.simulate(seed=seed)).busy,
            p95_s=waits.p95_s,
            load=_load(times, workload, one.name, seed=seed),
        )
        for one in stations(times, workload, load=1.0)
    ]
    return sorted(found, key=lambda full: full.load or 2 * HIGHEST)


def _load(times: ServiceTimes, workload: Workload, name: str, *, seed: int) -> float | None:
    """By halving the loads between one that it bears and one that it does not."""

    def full(load: float) -> bool:
        (one,) = (s for s in stations(times, workload, load=load) if s.name == name)
        return one.is_full(seed=seed)

    if not full(HIGHEST):
        return None
    low, high = 1 / HIGHEST, HIGHEST
    while high / low > FINE:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if full(middle) else (middle, high)
    return high
