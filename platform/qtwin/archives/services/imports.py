"""An archive that was sent becomes a project: recorded at once, read by a worker, or refused."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from functools import partial
from typing import IO, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import Team, User
from qtwin.accounts.selectors import teams_writable_by
from qtwin.archives import dispatch, uploads
from qtwin.archives.errors import ArchiveError
from qtwin.archives.limits import UPLOAD
from qtwin.archives.models import Import
from qtwin.archives.services.load import project_import
from qtwin.projects.models import Artifact

MOST_OPEN = 5
MOST_TRIES = 3
LEFT_S = 24 * 3600.0
"""Age of an upload without a row; a request takes less."""


class ImportLost(Exception):
    """Somebody else holds the import now; nothing was written."""


class ImportRefused(Exception):
    """The archive is not even recorded; the message says why."""


def import_begin(
    file: IO[bytes], *, team: Team, by: User | None, key: str = ""
) -> tuple[Import, bool]:
    """Keep an archive, to be read by a worker.

    Args:
        key: Idempotency-Key, or empty. The same key and bytes give the same import again.

    Returns:
        The import, and whether it is new.

    Raises:
        ArchiveError: If it is no zip file.
        ImportRefused: If the key was used with other bytes, or the team has too many under way.
    """
    if not zipfile.is_zipfile(file):
        raise ArchiveError("", "not a zip file")
    pk = new_id()
    size, sha256 = uploads.keep(pk, file)
    kept = False
    try:
        known = _known(team, key, sha256)
        if known is None:
            known = _record(pk, team=team, created_by=by, key=key, size=size, sha256=sha256)
        kept = known.pk == pk
        return known, kept
    except IntegrityError:  # a parallel post of the same key was faster
        known = _known(team, key, sha256)
        if known is None:
            raise
        return known, False
    finally:
        if not kept:
            _discard(pk, sha256)


def _known(team: Team, key: str, sha256: str) -> Import | None:
    known = Import.objects.filter(team=team, key=key).first() if key else None
    if known is not None and known.sha256 != sha256:
        raise ImportRefused(f"Idempotency-Key {key!r} was used with another archive")
    return known


@transaction.atomic
def _record(pk: UUID, **fields: Any) -> Import:
    under_way = Import.objects.filter(team=fields["team"], state__in=Import.OPEN).count()
    if under_way >= MOST_OPEN:
        raise ImportRefused(f"{under_way} imports have not ended; allowed: {MOST_OPEN} at a time")
    made = Import.objects.create(id=pk, **fields)
    transaction.on_commit(partial(dispatch.hint, pk))
    return made


def import_claim(import_id: UUID | str, *, owner: str, lease_s: float) -> Import | None:
    """Take a due import: one UPDATE. None when it is not to be had."""
    due = Import.objects.filter(pk=import_id, state__in=Import.OPEN, lease_until__lt=Now())
    if not due.update(
        state=Import.State.RUNNING,
        fence=F("fence") + 1,
        lease_owner=owner,
        lease_until=Now() + timedelta(seconds=lease_s),
    ):
        return None
    held = Import.objects.filter(pk=import_id, lease_owner=owner)
    return held.select_related("team", "created_by").first()


def import_renew(row: Import, *, lease_s: float) -> bool:
    """Keep the lease; False when it was lost."""
    return bool(_held(row).update(lease_until=Now() + timedelta(seconds=lease_s)))


def import_run(row: Import) -> None:
    """Read a claimed archive to its end: its project, or what is wrong with it.

    The project and the word that it is done are one transaction, so that a worker that dies leaves
    nothing, and another one begins anew.

    Raises:
        ImportLost: If somebody else has it; nothing was written then.
    """
    try:
        if row.fence > MOST_TRIES:
            raise ArchiveError("", f"{MOST_TRIES} workers in a row died while they read it")
        with _opened(row) as file:
            project_import(
                file,
                team=row.team,
                by=_author(row),
                limits=UPLOAD,
                within=lambda made: _end(
                    row, state=Import.State.DONE, project=made.project, ids_kept=made.ids_kept
                ),
            )
    except ArchiveError as error:
        _end(row, state=Import.State.FAILED, member=error.member[:200], detail=error.detail)
    _discard(row.pk, row.sha256)
    opened = Import.objects.filter(state__in=Import.OPEN).values_list("pk", flat=True)
    uploads.discard_left(set(opened), older_s=LEFT_S)


def _discard(identifier: UUID, sha256: str) -> None:
    waiting = Import.objects.filter(sha256=sha256, state__in=Import.OPEN)
    wanted = waiting.exists() or Artifact.objects.filter(sha256=sha256).exists()
    uploads.discard(identifier, sha256, wanted=wanted)


def _opened(row: Import) -> IO[bytes]:
    try:
        return uploads.opened(row.pk, row.sha256)
    except FileNotFoundError:
        raise ArchiveError("", "its file is gone; send it again") from None


def _author(row: Import) -> User:
    """Who sent it, if they may still make projects there."""
    by = row.created_by
    if by is None or not teams_writable_by(by).filter(pk=row.team_id).exists():
        raise ArchiveError("", "who sent it may no longer make projects in the team")
    return by


def _end(row: Import, **fields: Any) -> None:
    if not _held(row).update(finished_at=Now(), lease_owner="", **fields):
        raise ImportLost(f"import {row.pk} at fence {row.fence}")


def _held(row: Import) -> Any:
    return Import.objects.filter(pk=row.pk, fence=row.fence, state=Import.State.RUNNING)
