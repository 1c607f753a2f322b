"""The stations of a platform, and what comes to each in the busiest hour.

``load`` multiplies all that people do; 1 is the workload as it is written down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infra.scale import arrivals
from infra.scale.service_times import ServiceTimes
from infra.scale.station import Waits, serve
from infra.scale.workload import Workload

HOUR_S = 3600.0
MOST = 60_000
"""Arrivals at one station: at a high load, part of the hour is enough."""
BUSY = 0.8
"""Share of a station's time past which there is no room for a bad minute."""
MESSAGES = 4
"""Of the broker for each job: its steps, and hints that find nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One kind of thing that comes to a station.

    Attributes:
        rate: How many come a second.
        seconds: What one takes, on average.
        together: How many come at once.
        spread: Of the logarithm of what one takes.
    """

    rate: float
    seconds: float
    together: float = 1.0
    spread: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One resource.

    Attributes:
        servers: Its cores; 1 where everything goes through one row or process.
        patience_s: 95 of 100 must not wait longer.
        grows: Whether more of it can be had by buying more.
    """

    name: str
    servers: int
    patience_s: float
    flows: tuple[Flow, ...]
    grows: bool = True

    @property
    def offered(self) -> float:
        """Busy servers, if there were enough."""
        return sum(flow.rate * flow.seconds for flow in self.flows)

    def simulate(self, *, seed: int, servers: int | None = None) -> Waits:
        """The waits of an hour, or of as much of it as has enough arrivals."""
        draw = np.random.default_rng(seed)
        rate = sum(flow.rate for flow in self.flows)
        for_s = min(HOUR_S, MOST / rate)
        at, seconds = _together(
            [_one(flow, for_s=for_s, draw=draw) for flow in self.flows if flow.rate > 0]
        )
        return serve(at, seconds, servers=servers or self.servers)

    def is_full(self, *, seed: int, servers: int | None = None) -> bool:
        cores = servers or self.servers
        if self.offered > BUSY * cores:
            return True
        return self.simulate(seed=seed, servers=cores).p95_s > self.patience_s


def stations(times: ServiceTimes, workload: Workload, *, load: float) -> Iterator[Station]:
    """Of the deployment that the workload names."""
    people, jobs, cores = workload.people, workload.jobs, workload.deployment
    rate, pages = load * workload.jobs_per_s, load * workload.pages_per_s
    others = max(shares(workload, load=load) - 1, 0)
    steps_s = times.steps_s + times.share_s * others
    steps_database_s = times.steps_database_s + times.share_database_s * others
    events = Flow(rate=rate * times.events, seconds=times.event_s, together=jobs.per_post)
    submissions = Flow(rate=rate, seconds=times.submit_s, together=jobs.per_post)
    yield Station(
        name="web",
        servers=int(cores.web_cores),
        patience_s=0.1,
        flows=(Flow(rate=pages, seconds=times.page_s), submissions, events),
    )
    yield Station(
        name="database",
        servers=int(cores.database_cores),
        patience_s=0.05,
        flows=(
            Flow(rate=pages, seconds=times.page_database_s),
            Flow(rate=rate, seconds=times.submit_database_s, together=jobs.per_post),
            Flow(rate=rate, seconds=steps_database_s),
            Flow(rate=rate * jobs.fits, seconds=times.fit_database_s),
        ),
    )
    yield Station(
        name="workers",
        servers=int(cores.worker_cores),
        patience_s=60.0,
        flows=(
            Flow(
                rate=rate * (1 - jobs.remote_share),
                seconds=jobs.work_s + steps_s,
                together=jobs.per_post,
                spread=jobs.work_spread,
            ),
            Flow(rate=rate * jobs.remote_share, seconds=steps_s, together=jobs.per_post),
        ),
    )
    yield Station(
        name="fits",
        servers=int(cores.fit_cores),
        patience_s=60.0,
        flows=(Flow(rate=rate * jobs.fits, seconds=times.fit_s),),
    )
    yield Station(
        name="broker",
        servers=1,
        patience_s=0.05,
        grows=False,
        flows=(Flow(rate=rate * MESSAGES, seconds=times.message_s, together=jobs.per_post),),
    )
    yield Station(
        name="events in one web process",
        servers=1,
        patience_s=2.0,
        grows=False,
        flows=(events,),
    )
    yield Station(
        name="budget row of the largest team",
        servers=1,
        patience_s=20.0,
        grows=False,
        flows=(
            Flow(
                rate=rate * people.largest_team_share,
                seconds=times.ledger_s,
                together=jobs.per_post,
            ),
        ),
    )


def shares(workload: Workload, *, load: float) -> float:
    """Shares of jobs that are active at a time, by Little's law: posts times how long they stay.

    A post stays as long as the longest of its simulations, about twice the mean for each e-fold of
    its size, or as long as a vendor keeps it.
    """
    jobs = workload.jobs
    posts = load * workload.jobs_per_s / jobs.per_post
    stay_s = jobs.work_s * (1 + 2 * np.log(jobs.per_post))
    vendor_s = jobs.remote_hours * HOUR_S
    return float(posts * ((1 - jobs.remote_share) * stay_s + jobs.remote_share * vendor_s))


def _one(
    flow: Flow, *, for_s: float, draw: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    at = arrivals.times(flow.rate, for_s=for_s, together=flow.together, draw=draw)
    return at, arrivals.work(at.size, mean_s=flow.seconds, spread=flow.spread, draw=draw)


def _together(
    flows: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    at = np.concatenate([arrived for arrived, _ in flows])
    seconds = np.concatenate([service for _, service in flows])
    order = np.argsort(at, kind="stable")
    return at[order], seconds[order]
