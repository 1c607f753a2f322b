"""Archives that were sent, until they are read.

Each is a file in the data folder, or in the store where workers of other machines share that.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings

from qtwin.projects.storage import store

CHUNK = 2**20
SUFFIX = ".zip"


def keep(identifier: UUID, file: IO[bytes]) -> tuple[int, str]:
    """Keep a file, from its beginning; its size and its SHA-256. It is there whole, or not."""
    path = _path(identifier)
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=SUFFIX, delete=False) as aside:
        try:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                aside.write(chunk)
            aside.flush()
            os.fsync(aside.fileno())
            Path(aside.name).replace(path)
        except BaseException:
            Path(aside.name).unlink(missing_ok=True)
            raise
    if settings.ARTIFACTS:
        _share(path)
    return size, digest.hexdigest()


def _share(path: Path) -> None:
    try:
        store().put(path.read_bytes())
    finally:
        path.unlink()


def opened(identifier: UUID, sha256: str) -> IO[bytes]:
    """The file again.

    Raises:
        FileNotFoundError: If it is not kept here.
    """
    return (store().local(sha256) if settings.ARTIFACTS else _path(identifier)).open("rb")


def discard(identifier: UUID, sha256: str, *, wanted: bool) -> None:
    """Keep it no longer.

    Args:
        wanted: Whether something else has the same bytes in the store.
    """
    if not settings.ARTIFACTS:
        _path(identifier).unlink(missing_ok=True)
    elif not wanted:
        store().discard(sha256)


def discard_left(wanted: set[UUID], *, older_s: float) -> None:
    """Discard what is older and nobody wants: a request that died left it."""
    for path in _stale(older_s):
        with suppress(ValueError):
            if UUID(path.stem) in wanted:
                continue
        path.unlink(missing_ok=True)


def _stale(older_s: float) -> Iterator[Path]:
    before = time.time() - older_s
    for path in _folder().glob(f"*{SUFFIX}"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                yield path


def _path(identifier: UUID) -> Path:
    return _folder() / f"{identifier}{SUFFIX}"


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "uploads"
