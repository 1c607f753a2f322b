"""What a stretch takes: CPU seconds of this process and of PostgreSQL, bytes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil
from django.db import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Of one of ``count`` equal things."""

    ours_s: float
    database_s: float
    wal_bytes: float


class Meter:
    """``with Meter(data) as meter: ...`` and then ``meter.each(count)``.

    PostgreSQL's part is that of all of its processes, so nothing else may ask it meanwhile. Its
    clock ticks a hundred times a second: a stretch must be long against that.
    """

    def __init__(self, data: Path) -> None:
        self._postmaster = int((data / "postmaster.pid").read_text().split()[0])

    def __enter__(self) -> Self:
        self._began = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        ended = self._now()
        self._used = [end - start for start, end in zip(self._began, ended, strict=True)]

    def each(self, count: int) -> Used:
        ours, database, wal = (used / count for used in self._used)
        return Used(ours_s=ours, database_s=database, wal_bytes=wal)

    def _now(self) -> tuple[float, float, float]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
            (wal,) = cursor.fetchone() or (0,)
        return time.process_time(), self._database(), float(wal)

    def _database(self) -> float:
        family = psutil.Process(self._postmaster)
        return sum(_cpu(one) for one in [family, *family.children(recursive=True)])


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
