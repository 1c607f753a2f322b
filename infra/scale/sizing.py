"""What must be bought for load 1, how many databases, and what it costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from infra.scale.busy_hour import Station, stations
from infra.scale.service_times import ServiceTimes
from infra.scale.workload import HOURS_A_YEAR, Prices, Workload

GB = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """For the busiest hour.

    Attributes:
        cores: Of each station that grows.
        shards: Databases, by what the largest to be had bears.
        database_gb: Rows and indexes of a year.
        object_gb: Payloads of a year.
        wal_mb_s: What the database writes ahead in the busiest hour.
        usd_a_year: By what it is for.
    """

    cores: dict[str, int]
    shards: int
    database_gb: float
    object_gb: float
    wal_mb_s: float
    usd_a_year: dict[str, float]


def size(times: ServiceTimes, workload: Workload, prices: Prices, *, seed: int) -> Sizing:
    """The fewest cores at which no station is full, and their price.

    Workers and fits follow the load of the hour, so their bill is that of the average one; web
    processes and the database are there for the busiest all year.
    """
    jobs = workload.jobs
    cores = {
        one.name: fewest(one, seed=seed) for one in stations(times, workload, load=1.0) if one.grows
    }
    database_gb = jobs.per_year * (times.job_bytes + jobs.points * times.point_bytes) / GB
    object_gb = jobs.per_year * jobs.raw_bytes / GB
    follow = (cores["workers"] + cores["fits"]) / jobs.busiest_hour
    return Sizing(
        cores=cores,
        shards=math.ceil(cores["database"] / workload.deployment.largest_database_cores),
        database_gb=database_gb,
        object_gb=object_gb,
        wal_mb_s=workload.jobs_per_s * times.wal_bytes / 1e6,
        usd_a_year={
            "web": cores["web"] * prices.core_hour * HOURS_A_YEAR,
            "workers and fits": follow * prices.core_hour * HOURS_A_YEAR,
            "database": cores["database"] * prices.database_core_hour * HOURS_A_YEAR,
            "database disk": database_gb * prices.disk_gb_month * 12,
            "objects": object_gb * prices.object_gb_month * 12,
        },
    )


def fewest(station: Station, *, seed: int) -> int:
    """Servers with which it is not full; more are never worse, so halving finds them."""
    low, high = 0, max(1, math.ceil(station.offered))
    while station.is_full(seed=seed, servers=high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if station.is_full(seed=seed, servers=middle):
            low = middle
        else:
            high = middle
    return high
