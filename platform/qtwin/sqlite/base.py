"""A database of Django whose writers wait for each other no longer than they must.

SQLite lets one write at a time, and looks for its turn again after 1, 2, 5, 10, 15, 20 and then
every 25 ms. A worker writes for a few milliseconds, so that most of that is slept through.
"""

from __future__ import annotations

import sqlite3
import time

from django.db.backends.sqlite3 import base

__all__ = ["DatabaseWrapper"]

SHORTEST_S, LONGEST_S = 0.0003, 0.003
"""Between two looks: twice as long each time."""
KIND = 0xFF
"""Of an error: the rest says why, such as that somebody mends the log after a crash."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Begins a transaction as soon as nobody else is in one."""

    def _start_transaction_under_autocommit(self) -> None:
        """Raise ``OperationalError`` where that takes longer than the option ``timeout``."""
        timeout_s = float(self.settings_dict["OPTIONS"].get("timeout", 5.0))
        self.connection.execute("PRAGMA busy_timeout=0")
        try:
            self._take_turn(time.monotonic() + timeout_s)
        finally:
            self.connection.execute(f"PRAGMA busy_timeout={round(1000 * timeout_s)}")

    def _take_turn(self, deadline: float) -> None:
        wait_s = SHORTEST_S
        begin = f"BEGIN {self.transaction_mode or ''}"  # type: ignore[attr-defined]  # stubs lack it
        while time.monotonic() < deadline:
            try:
                self.connection.execute(begin)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & KIND != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(wait_s)
                wait_s = min(2 * wait_s, LONGEST_S)
            else:
                return
        super()._start_transaction_under_autocommit()  # type: ignore[misc]  # stubs lack it
