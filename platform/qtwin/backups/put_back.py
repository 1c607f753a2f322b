"""A backup is put back into an empty installation: checked, and standing still."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from qtwin.backups.database import database
from qtwin.backups.errors import BackupError
from qtwin.backups.manifest import Manifest
from qtwin.backups.standstill import Stopped, stand_still
from qtwin.jobs.audit import audit
from qtwin.projects.storage import Away, Corrupt, FileStore, store

Say = Callable[[str], object]


def backup_put_back(place: Path, *, say: Say) -> Stopped:
    """Check a backup, fill the empty database and the store, migrate, stand still, audit.

    Args:
        say: Hears of each step.

    Raises:
        BackupError: If something is wrong. Until the database is filled, nothing has changed but
            that the store may keep more.
    """
    manifest = Manifest.read(place)
    _fits(manifest)
    path = manifest.database.check(place)
    say(f"{manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, of QTwin {manifest.qtwin}: it is whole")
    try:
        put = _store(manifest, place)
    except Away as error:
        raise BackupError(str(error)) from error
    say(f"{put} stored files are there, each checked by its digest")
    database().load(path)
    try:
        call_command("migrate", verbosity=0)
        stopped = stand_still(noted=True)
    except BaseException:
        say("The database is filled, and does not stand still: run after_restore before a worker.")
        raise
    findings = audit(read_bytes=True)
    lost = [line for line in findings if not line.startswith("artifact ")]
    if lost or len(findings) > len(lost) + _lost(manifest):
        raise BackupError("\n".join(["what was put back is not sound:", *findings]))
    return stopped


def _lost(manifest: Manifest) -> int:
    """Rows of artifacts whose bytes were lost before the backup was made."""
    from qtwin.projects.models import Artifact

    return Artifact.objects.filter(sha256__in=manifest.missing).count()


def _fits(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise BackupError(
            f"it is a backup of {manifest.vendor}, the database is {connection.vendor}; allowed: "
            "the same kind"
        )
    if not database().is_empty():
        raise BackupError("the database is not empty; a backup is put back into an empty one only")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if newer := sorted(set(manifest.migrations) - known):
        raise BackupError(
            f"it is of a newer QTwin, {manifest.qtwin}: this one knows nothing of {newer[0]}"
        )


def _store(manifest: Manifest, place: Path) -> int:
    kept, live, put = FileStore(place.parent / "artifacts"), store(), 0
    lost = set(manifest.missing)
    for sha256, _ in manifest.rows(place):
        if sha256 in lost:
            continue
        try:
            live.put(kept.get(sha256))
        except (FileNotFoundError, Corrupt) as error:
            raise BackupError(
                f"{kept.path(sha256)} is missing or changed since the backup was made"
            ) from error
        put += 1
    return put
