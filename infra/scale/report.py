"""The answer as text and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from infra.scale.busy_hour import shares
from infra.scale.saturation import Full
from infra.scale.service_times import ServiceTimes
from infra.scale.sizing import Sizing
from infra.scale.workload import Workload

MS = 1000.0


def text(times: ServiceTimes, workload: Workload, full: list[Full], sizing: Sizing) -> str:
    return "\n".join(
        [
            *_measured(times),
            "",
            *_asked(workload),
            "",
            *_full(full),
            "",
            *_bought(sizing),
        ]
    )


def document(
    times: ServiceTimes, workload: Workload, full: list[Full], sizing: Sizing
) -> dict[str, Any]:
    return {
        "service_times": asdict(times),
        "workload": asdict(workload),
        "stations": [
            {
                "name": one.station.name,
                "servers": one.station.servers,
                "busy": one.busy,
                "wait_p95_s": one.p95_s,
                "full_at_load": one.load,
            }
            for one in full
        ],
        "sizing": asdict(sizing),
    }


def _measured(times: ServiceTimes) -> list[str]:
    rows = [
        ("a job is submitted", times.submit_s, times.submit_database_s),
        ("its steps, without the simulation", times.steps_s, times.steps_database_s),
        ("... and for each further share", times.share_s, times.share_database_s),
        ("a page or list", times.page_s, times.page_database_s),
        ("a fit", times.fit_s, times.fit_database_s),
    ]
    return [
        f"measured on one core: {times.machine}",
        f"{'':36}{'Python, ms':>12}{'PostgreSQL, ms':>16}",
        *(f"{name:36}{ours * MS:12.2f}{theirs * MS:16.3f}" for name, ours, theirs in rows),
        f"a message of the broker {times.message_s * 1e6:.0f} us; an event in a web process "
        f"{times.event_s * 1e6:.0f} us, {times.events:.1f} for a job",
        f"bytes: a job {times.job_bytes:.0f}, a measurement {times.point_bytes:.0f}, "
        f"written ahead {times.wal_bytes:.0f}",
    ]


def _asked(workload: Workload) -> list[str]:
    return [
        f"asked: {workload.people.users:,.0f} users, {workload.jobs.per_year:,.0f} jobs a year; "
        "in the busiest hour (load 1)",
        f"{workload.jobs_per_s:.1f} jobs/s in posts of {workload.jobs.per_post:.0f}, "
        f"{workload.pages_per_s:.0f} pages/s, {workload.streams:,.0f} open streams, "
        f"{shares(workload, load=1):.0f} shares of jobs active",
    ]


def _full(full: list[Full]) -> list[str]:
    lines = [f"{'the first to be full':34}{'servers':>8}{'busy':>8}{'p95 wait':>11}{'full at':>10}"]
    for one in full:
        load = "never" if one.load is None else f"{one.load:.2g}x"
        lines.append(
            f"{one.station.name:34}{one.station.servers:8d}{one.busy:8.1%}"
            f"{one.p95_s * MS:8.0f} ms{load:>10}"
        )
    return lines


def _bought(sizing: Sizing) -> list[str]:
    cores = ", ".join(f"{name} {count}" for name, count in sizing.cores.items())
    total = sum(sizing.usd_a_year.values())
    return [
        f"the fewest cores for load 1: {cores}; databases: {sizing.shards}",
        f"a year: database {sizing.database_gb:,.0f} GB, objects {sizing.object_gb:,.0f} GB; "
        f"written ahead {sizing.wal_mb_s:.2f} MB/s",
        *(f"  {name:20}{usd:12,.0f} USD a year" for name, usd in sizing.usd_a_year.items()),
        f"  {'in all':20}{total:12,.0f} USD a year, at assumed prices",
    ]
