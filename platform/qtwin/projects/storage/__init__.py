"""Where stored bytes are: in files of this machine, or in a bucket that several machines share."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from qtwin.projects.storage.files import FileStore
from qtwin.projects.storage.port import Kept, Store
from qtwin.stored import Away, Corrupt, Erased

__all__ = ["Away", "Corrupt", "Erased", "FileStore", "Kept", "Store", "store"]


def store() -> Store:
    """The configured store."""
    folder = Path(settings.DATA_DIR)
    if not settings.ARTIFACTS:
        return FileStore(folder / "artifacts")
    from qtwin.projects.storage.bucket import configured  # loads boto3

    return configured(folder / "near")
