"""What was bought: every post and every task, kept in SQLite for ever."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

SCHEMA = """
CREATE TABLE IF NOT EXISTS task (
    id TEXT PRIMARY KEY, token TEXT, tag TEXT, body TEXT NOT NULL, cost INTEGER NOT NULL,
    created REAL NOT NULL, ready REAL NOT NULL, cancelled INTEGER NOT NULL DEFAULT 0,
    extra INTEGER NOT NULL DEFAULT 0, late_s REAL NOT NULL DEFAULT 0, extra_at REAL
);
CREATE UNIQUE INDEX IF NOT EXISTS token_once ON task (token) WHERE token IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_tag ON task (tag);
CREATE TABLE IF NOT EXISTS post (at REAL NOT NULL, tag TEXT, fate TEXT NOT NULL, task TEXT);
"""


class TokenReused(Exception):
    """The token was used before with another body."""


class Bill:
    """Tasks by id, token and tag. A task that was cancelled before it was ready costs nothing.

    A task may cost ``extra`` more, or less, so long after it was first said to be ready.

    Args:
        tokens: Whether a token that was seen before gives the task that it made.
    """

    def __init__(self, path: Path, *, tokens: bool) -> None:
        self._tokens = tokens
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(SCHEMA)

    def post(self, tag: str, fate: str, task: str | None) -> None:
        """Note a post and what became of it."""
        with self._lock:
            self._db.execute("INSERT INTO post VALUES (?, ?, ?, ?)", (time.time(), tag, fate, task))

    def create(
        self, body: dict[str, Any], *, cost: int, seconds: float, extra: int = 0, late_s: float = 0
    ) -> str:
        """Make a task, or find the one that the token made before.

        Args:
            extra: What it costs more, ``late_s`` seconds after somebody was told that it is ready.

        Raises:
            TokenReused: If the token came with another body then.
        """
        text = json.dumps(body, sort_keys=True)
        token = body["token"] if self._tokens else None
        with self._lock:
            known = self._db.execute("SELECT * FROM task WHERE token = ?", (token,)).fetchone()
            if known is not None:
                if known["body"] != text:
                    raise TokenReused(token)
                return str(known["id"])
            now, name = time.time(), uuid4().hex
            bought = (name, token, body["tag"], text, cost, now, now + seconds, 0)
            row = (*bought, extra, late_s, None)
            self._db.execute("INSERT INTO task VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            return name

    def task(self, name: str) -> sqlite3.Row | None:
        with self._lock:
            row: sqlite3.Row | None = self._db.execute(
                "SELECT * FROM task WHERE id = ?", (name,)
            ).fetchone()
            return row

    def tagged(self, tag: str, *, until: float) -> list[sqlite3.Row]:
        """Tasks with a tag that were made before ``until``."""
        with self._lock:
            return self._db.execute(
                "SELECT * FROM task WHERE tag = ? AND created <= ?", (tag, until)
            ).fetchall()

    def tell(self, name: str) -> None:
        """Somebody is told that it is ready: what it costs more shows after a while."""
        with self._lock:
            self._db.execute(
                "UPDATE task SET extra_at = ? + late_s WHERE id = ? AND extra_at IS NULL",
                (time.time(), name),
            )

    def cancel(self, name: str) -> None:
        """Cancel a task that is not ready yet."""
        with self._lock:
            self._db.execute(
                "UPDATE task SET cancelled = 1 WHERE id = ? AND ready > ?", (name, time.time())
            )


def tasks(path: Path) -> list[dict[str, Any]]:
    """Every task that a vendor ever made; ``cost`` is what it charges in the end."""
    cost = "(cost + extra) * (1 - cancelled) AS cost"
    return _rows(path, f"SELECT id, token, tag, {cost}, created FROM task")


def charge(path: Path, *, extra: int) -> None:
    """Charge so much more for every task from now on, or less."""
    with sqlite3.connect(path) as db:
        db.execute("UPDATE task SET extra = ?, extra_at = 0", (extra,))


def posts(path: Path) -> list[dict[str, Any]]:
    """Every post of a task that a vendor ever got."""
    return _rows(path, "SELECT * FROM post ORDER BY at")


def _rows(path: Path, query: str) -> list[dict[str, Any]]:
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in db.execute(query)]
    finally:
        db.close()
