"""How a writer waits for another one."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from qtwin.config import address
from qtwin.sqlite.base import DatabaseWrapper
from tests.thread_seconds import within

LOCKED_S = 0.25

pytestmark = pytest.mark.django_db


def database(path: Path, **options: Any) -> DatabaseWrapper:
    given = address.database(str(path))
    defaults: dict[str, Any] = {"AUTOCOMMIT": True, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    defaults |= {"TIME_ZONE": None, "TEST": {}}
    given["OPTIONS"] |= options
    wrapper = DatabaseWrapper(defaults | given, "other")
    wrapper.inc_thread_sharing()
    return wrapper


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.sqlite3"


@pytest.fixture
def other(path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody who writes, and may be asked to end in another thread."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE some (id INTEGER)")
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


def test_it_writes_as_soon_as_the_other_one_is_done(path: Path, other: sqlite3.Connection) -> None:
    wrapper, freed = database(path), []
    wrapper.connect()

    def end() -> None:
        time.sleep(LOCKED_S)
        freed.append(time.perf_counter())
        other.execute("COMMIT")

    late = []
    for _ in range(5):
        ending = threading.Thread(target=end)
        ending.start()
        wrapper._start_transaction_under_autocommit()
        late.append(time.perf_counter() - freed.pop())
        wrapper.connection.execute("COMMIT")
        ending.join()
        other.execute("BEGIN IMMEDIATE")
    assert min(late) < 0.03, "SQLite itself would look again after 78 ms"
    wrapper.close()


def test_it_waits_as_long_as_it_was_told_and_says_so(path: Path, other: sqlite3.Connection) -> None:
    wrapper = database(path, timeout=0.2)
    wrapper.connect()
    with within(0.2), pytest.raises(OperationalError, match="locked"):
        wrapper._start_transaction_under_autocommit()
    (kept,) = wrapper.connection.execute("PRAGMA busy_timeout").fetchone()
    assert kept == 200, "its other statements wait as before"
    wrapper.close()


def test_another_mistake_is_told_at_once(path: Path, other: sqlite3.Connection) -> None:
    other.execute("ROLLBACK")
    wrapper = database(path, timeout=60.0)
    wrapper.connect()
    wrapper.connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="within a transaction"):
        wrapper._start_transaction_under_autocommit()
    wrapper.connection.execute("ROLLBACK")
    wrapper.close()


def test_it_waits_too_while_somebody_mends_the_log(
    path: Path, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.execute("ROLLBACK")
    wrapper, told = database(path), []
    wrapper.connect()

    class Mended:
        """The connection, but the first two transactions come too early."""

        def execute(self, statement: str) -> object:
            told.append(statement)
            if statement.startswith("BEGIN") and told.count(statement) <= 2:
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY_RECOVERY
                raise error
            return connection.execute(statement)

    connection = wrapper.connection
    monkeypatch.setattr(wrapper, "connection", Mended())
    wrapper._start_transaction_under_autocommit()
    monkeypatch.undo()
    assert told.count("BEGIN IMMEDIATE") == 3
    assert connection.in_transaction
    connection.execute("ROLLBACK")
    wrapper.close()
