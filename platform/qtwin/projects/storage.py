"""The storage port: content-addressed bytes, on the file system for now."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Protocol

from django.conf import settings


class Corrupt(Exception):
    """Stored bytes no longer match their digest."""


class Store(Protocol):
    """Write-once bytes by SHA-256."""

    def put(self, data: bytes) -> str:
        """Keep ``data`` and return its hexadecimal SHA-256; repeating it changes nothing."""
        ...

    def get(self, sha256: str) -> bytes:
        """The bytes again.

        Raises:
            FileNotFoundError: If nothing is kept under that digest.
            Corrupt: If what is kept no longer matches it.
        """
        ...

    def try_write(self) -> None:
        """Write something and forget it.

        Raises:
            OSError: If nothing can be kept now.
        """
        ...


class FileStore:
    """Files named by digest, in 256 folders; written aside, synced and renamed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
        return sha256

    def get(self, sha256: str) -> bytes:
        data = self.path(sha256).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Corrupt(sha256)
        return data

    def try_write(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.root) as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())


def store() -> Store:
    """The configured store."""
    return FileStore(Path(settings.DATA_DIR) / "artifacts")
