"""What a backup needs of a database."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

ARTIFACTS = (
    "SELECT DISTINCT sha256, size FROM projects_artifact WHERE kind <> 'erased' ORDER BY sha256"
)
"""What the database speaks of; asked of the very state that is in the backup."""


class Database(Protocol):
    """Django's default database."""

    file: str

    def save(self, folder: Path) -> list[tuple[str, int]]:
        """Write it into ``folder`` as ``file``, as of one moment, while others go on writing.

        Returns:
            Digest and size of each stored file of which it speaks.
        """
        ...

    def is_empty(self) -> bool:
        """Whether nothing would be overwritten."""
        ...

    def load(self, path: Path) -> None:
        """Fill the empty database; all of it, or nothing.

        From then on it knows that it was put back (`qtwin.jobs.models.Restore`).

        Raises:
            BackupError: If it was not filled.
        """
        ...
