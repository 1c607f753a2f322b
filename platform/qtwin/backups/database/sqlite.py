"""SQLite, by its online backup: a copy as of one moment, while others write."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from qtwin.backups.database.port import ARTIFACTS
from qtwin.backups.errors import BackupError

ASIDE = ("", "-wal", "-shm", "-journal")
PUT_BACK = "INSERT INTO jobs_restore (created_at) VALUES (?)"


class Sqlite:
    file = "database.sqlite3"

    def save(self, folder: Path) -> list[tuple[str, int]]:
        if not _path().exists():
            raise BackupError(f"there is no database {_path()}")
        copy = folder / self.file
        with closing(sqlite3.connect(_path())) as live, closing(sqlite3.connect(copy)) as kept:
            live.backup(kept)
            kept.execute("PRAGMA journal_mode=DELETE")
            (said,) = kept.execute("PRAGMA integrity_check(1)").fetchone()
            if said != "ok":
                raise BackupError(f"the database is damaged: {said}")
            return [(str(sha256), int(size)) for sha256, size in kept.execute(ARTIFACTS)]

    def is_empty(self) -> bool:
        if not _path().exists():
            return not any(Path(f"{_path()}{end}").exists() for end in ASIDE)
        with closing(sqlite3.connect(_path())) as live:
            return not live.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()

    def load(self, path: Path) -> None:
        connection.close()
        target = _path()
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        shutil.copyfile(path, part)
        try:
            with closing(sqlite3.connect(part)) as kept, kept:
                kept.execute(PUT_BACK, (datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),))
        except sqlite3.Error as error:
            part.unlink()
            raise BackupError(f"the database cannot be put back: {error}") from error
        _sync(part)
        for end in ASIDE[1:]:
            Path(f"{target}{end}").unlink(missing_ok=True)
        part.replace(target)


def _path() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
