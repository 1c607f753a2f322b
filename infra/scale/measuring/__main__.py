"""Measure, and write a file."""

from __future__ import annotations

import os
import platform as python
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra.scale.measuring.messages import message_s, valkey
from infra.scale.measuring.postgres import postgres
from infra.scale.service_times import ServiceTimes
from qtwin.serve import folder

TURNS_OF_A_JOB = 2
"""One to start it, and one to see that nothing is left to do."""


def main() -> None:
    out = Path(sys.argv[1])
    with TemporaryDirectory(prefix="qtwin-scale-") as made, postgres(Path(made)) as (data, address):
        home = Path(made)
        folder.prepare(home)
        with valkey(home) as (url, process):
            os.environ |= folder.environment(home, url) | {"QTWIN_DATABASE": address}
            measure(data, lambda: message_s(url, process)).write(out)


def measure(data: Path, message: Callable[[], float]) -> ServiceTimes:
    """Everything once, in the order in which a job goes."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from infra.scale.measuring.platform import Platform
    from workers.sandbox import shared

    platform = Platform(data)
    submit = platform.submissions()
    steps = platform.steps()
    shared().close()
    fit, (share_s, share_database_s), pages = platform.fit(), platform.share(), platform.pages()
    event_s, events = platform.events()
    job_bytes, point_bytes = platform.bytes()
    return ServiceTimes(
        submit_s=submit.ours_s,
        submit_database_s=submit.database_s,
        ledger_s=submit.ours_s + submit.database_s,
        steps_s=steps.ours_s,
        steps_database_s=steps.database_s,
        share_s=TURNS_OF_A_JOB * share_s,
        share_database_s=TURNS_OF_A_JOB * share_database_s,
        page_s=pages.ours_s,
        page_database_s=pages.database_s,
        fit_s=fit.ours_s,
        fit_database_s=fit.database_s,
        message_s=message(),
        event_s=event_s,
        events=events,
        job_bytes=job_bytes,
        point_bytes=point_bytes,
        wal_bytes=submit.wal_bytes + steps.wal_bytes,
        machine="; ".join(
            (
                _processor(),
                f"PostgreSQL {_server(connection)}",
                f"Python {python.python_version()}",
            )
        ),
    )


def _server(connection: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return python.machine()


if __name__ == "__main__":
    main()
