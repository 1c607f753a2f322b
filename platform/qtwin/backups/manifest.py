"""What a backup consists of, so that each part can be checked before any is used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

from qtwin.backups.errors import BackupError

FILE, ARTIFACTS = "manifest.json", "artifacts.txt"
FORMAT = 1
CHUNK = 2**20
NOT_IN_IT = ("QTWIN_SECRET_KEY_FILE", "QTWIN_CREDENTIAL_KEY_FILE")
"""The files of keys that these variables name: whoever finds a backup must not have them too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of a backup."""

    name: str
    sha256: str
    size: int

    @classmethod
    def of(cls, path: Path) -> Self:
        return cls(name=path.name, sha256=digest_of(path), size=path.stat().st_size)

    def check(self, folder: Path) -> Path:
        """Where it is.

        Raises:
            BackupError: If it is missing or changed.
        """
        path = folder / self.name
        if not path.is_file() or digest_of(path) != self.sha256:
            raise BackupError(f"{path} is missing or changed since the backup was made")
        return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Of one backup.

    Attributes:
        made_at: When the database was read; what it holds is as of then.
        qtwin: The version that made it.
        vendor: ``sqlite`` or ``postgresql``.
        migrations: Every applied one, as ``app.name``.
        listed: Lists digest and size of each stored file, which are beside all backups of a folder.
        missing: Digests that the store had lost already.
    """

    made_at: datetime
    vendor: str
    database: Part
    listed: Part
    artifacts: int
    bytes: int
    migrations: tuple[str, ...]
    missing: tuple[str, ...] = ()
    qtwin: str = version("qtwin")
    not_in_it: tuple[str, ...] = NOT_IN_IT
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        document = asdict(self) | {"made_at": self.made_at.isoformat()}
        (folder / FILE).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The manifest of a backup.

        Raises:
            BackupError: If there is none, or of another format.
        """
        try:
            found: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BackupError(f"{folder} is no backup: {error}") from error
        if found.get("format") != FORMAT:
            raise BackupError(f"{folder} has format {found.get('format')!r}; allowed: {FORMAT}")
        try:
            return cls(
                **{
                    **found,
                    "made_at": datetime.fromisoformat(found["made_at"]),
                    "database": Part(**found["database"]),
                    "listed": Part(**found["listed"]),
                    "migrations": tuple(found["migrations"]),
                    "missing": tuple(found["missing"]),
                    "not_in_it": tuple(found["not_in_it"]),
                }
            )
        except (TypeError, ValueError, KeyError) as error:
            raise BackupError(f"{folder / FILE} is not whole: {error}") from error

    def rows(self, folder: Path) -> Iterator[tuple[str, int]]:
        """Digest and size of each stored file."""
        for line in self.listed.check(folder).read_text(encoding="ascii").splitlines():
            sha256, size = line.split()
            yield sha256, int(size)


def digest_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
