"""Room for files that were fetched from far: the least recently used ones go first."""

from __future__ import annotations

from django.conf import settings

from qtwin.projects.storage.files import FileStore


def make_room(near: FileStore, *, besides: str) -> None:
    """Discard what was not used for longest, until the rest is as small as the settings say.

    Args:
        besides: Digest of what somebody is about to read.
    """
    rows = sorted(near.kept(), key=lambda row: row.since)
    left = sum(row.size for row in rows) - int(settings.NEAR_BYTES)
    for row in rows:
        if left <= 0:
            return
        if row.sha256 != besides:
            near.discard(row.sha256)
            left -= row.size
