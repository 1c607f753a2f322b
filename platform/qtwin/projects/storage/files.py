"""Stored bytes as files of this machine."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from qtwin.projects.storage.port import Kept
from qtwin.stored import Away, Corrupt

DIGITS = 64


class FileStore:
    """Files named by digest, in 256 folders; written aside, synced and renamed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.path(sha256)
        try:
            if not path.exists():
                _write(path, data)
        except OSError as error:
            raise Away(f"The store takes nothing: {error.strerror or error}.") from error
        return sha256

    def get(self, sha256: str) -> bytes:
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Away(f"The store gives nothing: {error.strerror or error}.") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Corrupt(sha256)
        return data

    def local(self, sha256: str) -> Path:
        path = self.path(sha256)
        if not path.exists():
            raise FileNotFoundError(sha256)
        return path

    def kept(self) -> Iterator[Kept]:
        for path in self.root.glob("??/*"):
            if len(path.name) != DIGITS:  # what a killed process left aside
                continue
            with suppress(FileNotFoundError):
                told = path.stat()
                since = datetime.fromtimestamp(told.st_mtime, UTC)
                yield Kept(sha256=path.name, size=told.st_size, since=since)

    def try_write(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.root) as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())

    def discard(self, sha256: str) -> None:
        self.path(sha256).unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
