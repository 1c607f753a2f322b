"""``python -m tests.upgrade.locking``: a change of a table that somebody reads for many seconds."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from tests.faults.embedded import embedded

READS_S, WAIT, PAUSE_S = 4.0, "1s", 0.5
LOCK = "LOCK TABLE jobs_job IN ACCESS EXCLUSIVE MODE"


def main() -> None:
    with (
        embedded("postgres", backends={}),
        patch("qtwin.migrating.locks.WAIT", WAIT),
        patch("qtwin.migrating.locks.PAUSE_S", PAUSE_S),
        patch("django.core.management.commands.migrate.Command.handle", _change),
    ):
        found = {"waited": _beside_a_reader(), "gave_up": _given_up(), "after": _lock_timeout()}
    print(json.dumps(found))  # noqa: T201 - the output


def _change(self: Any, *_: Any, **__: Any) -> None:
    """Instead of Django's: as a migration that adds a column."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)


def _beside_a_reader() -> dict[str, Any]:
    """One reads for seconds, many read for moments, and a migration wants the table."""
    from django.core.management import call_command

    began, stop, longest, said = threading.Event(), threading.Event(), [0.0], io.StringIO()
    threads = [
        _thread(lambda: _read_for(READS_S, began)),
        _thread(lambda: _read_often(stop, longest)),
    ]
    began.wait()
    start = time.perf_counter()
    call_command("migrate", verbosity=0, stderr=said)
    took = time.perf_counter() - start
    stop.set()
    for thread in threads:
        thread.join()
    return {"took": took, "longest_read": longest[0], "said": said.getvalue().splitlines()}


def _given_up() -> str:
    """What is said where the reader stays."""
    from django.core.management import CommandError, call_command

    began = threading.Event()
    reader = _thread(lambda: _read_for(READS_S, began))
    began.wait()
    try:
        with patch("qtwin.migrating.locks.TRIES", 2):
            call_command("migrate", verbosity=0, stderr=io.StringIO())
    except CommandError as error:
        return str(error)
    finally:
        reader.join()
    return ""


def _thread(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        from django.db import connection

        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def _read_for(seconds: float, began: threading.Event) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM jobs_job")
        began.set()
        time.sleep(seconds)


def _read_often(stop: threading.Event, longest: list[float]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        while not stop.wait(0.05):
            start = time.perf_counter()
            cursor.execute("SELECT count(*) FROM jobs_job")
            longest[0] = max(longest[0], time.perf_counter() - start)


def _lock_timeout() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
