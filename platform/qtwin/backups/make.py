"""A backup is made: the database as of one moment, and every file of which it speaks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from qtwin.backups.database import database
from qtwin.backups.errors import BackupError
from qtwin.backups.manifest import ARTIFACTS, Manifest, Part
from qtwin.projects.storage import Away, Corrupt, FileStore, store

STAMP = "%Y-%m-%dT%H-%M-%SZ"


def backup_make(folder: Path) -> tuple[Path, Manifest]:
    """Make one in a folder of its own within ``folder``; stored files are there once for all.

    The database comes first: files are stored before it speaks of them, so that none is too new.

    Raises:
        BackupError: If it was not made; nothing of it is there then but stored files.
    """
    made_at = datetime.now(UTC)
    place = folder / made_at.strftime(STAMP)
    part = folder / f".{place.name}.part"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.mkdir(mode=0o700)
        manifest = _make(part, FileStore(folder / "artifacts"), made_at)
        manifest.write(part)
        _sync(part)
        part.rename(place)
    except (OSError, Away) as error:
        raise BackupError(f"no backup was made: {error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return place, manifest


def migrations() -> tuple[str, ...]:
    """Every migration that the database has, as ``app.name``."""
    applied = MigrationRecorder(connection).applied_migrations()
    return tuple(sorted(f"{app}.{name}" for app, name in applied))


def _make(part: Path, kept: FileStore, made_at: datetime) -> Manifest:
    known, kind = migrations(), database()
    rows = kind.save(part)
    missing = _copy(rows, kept)
    listed = part / ARTIFACTS
    listed.write_text("".join(f"{sha256} {size}\n" for sha256, size in rows), encoding="ascii")
    return Manifest(
        made_at=made_at,
        vendor=connection.vendor,
        database=Part.of(part / kind.file),
        listed=Part.of(listed),
        artifacts=len(rows),
        bytes=sum(size for _, size in rows),
        migrations=known,
        missing=missing,
    )


def _copy(rows: Sequence[tuple[str, int]], kept: FileStore) -> tuple[str, ...]:
    """Copy what is not there yet, each checked; returns what the store has lost."""
    live, missing = store(), []
    for sha256, size in rows:
        path = kept.path(sha256)
        if path.exists() and path.stat().st_size == size:
            continue
        try:
            kept.put(live.get(sha256))
        except (FileNotFoundError, Corrupt):
            missing.append(sha256)
    return tuple(missing)


def _sync(folder: Path) -> None:
    for path in [*folder.iterdir(), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
