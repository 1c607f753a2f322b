"""What ends a backup or its restoration; the message is for who runs the server."""

from __future__ import annotations


class BackupError(Exception):
    """Nothing was put back; a backup that was begun is not there."""
