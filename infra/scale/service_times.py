"""How much of each resource one of everything takes, as measured on one core of one machine."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTimes:
    """CPU seconds of a process of ours and of PostgreSQL, bytes, and the machine that told them.

    Attributes:
        submit_s: A job of a post of many, in the web process.
        submit_database_s: The same in PostgreSQL.
        ledger_s: Seconds that one submission may hold its team's row of budget: all that it takes.
        steps_s: All steps of a job without its simulation, in a worker.
        steps_database_s: The same in PostgreSQL, while one share of jobs is active.
        share_s: What a job's steps take more for each further share (a user's jobs of one
            project) that is active at that time.
        share_database_s: The same in PostgreSQL.
        page_s: A page or a request that reads.
        page_database_s: The same in PostgreSQL.
        fit_s: A fit of a twin, in a worker.
        fit_database_s: The same in PostgreSQL.
        message_s: A message of the broker, in the broker.
        event_s: An event, in each web process that has streams open.
        events: Events of a job.
        job_bytes: A job's rows and their indexes.
        point_bytes: A measurement's.
        wal_bytes: What a job writes ahead.
        machine: Processor, PostgreSQL and Python.
    """

    submit_s: float
    submit_database_s: float
    ledger_s: float
    steps_s: float
    steps_database_s: float
    share_s: float
    share_database_s: float
    page_s: float
    page_database_s: float
    fit_s: float
    fit_database_s: float
    message_s: float
    event_s: float
    events: float
    job_bytes: float
    point_bytes: float
    wal_bytes: float
    machine: str

    @classmethod
    def read(cls, path: Path) -> Self:
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
