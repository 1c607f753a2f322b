"""The data folder: writable, ours alone while we run, with its keys."""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qtwin.serve.errors import CannotStart

KEYS = {"secret_key": 48, "credential_key": 32}
"""Random bytes in each key."""


def prepare(folder: Path) -> None:
    """Make the folder, its log folder and its keys.

    Raises:
        CannotStart: If it cannot be written to.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
        for name, size in KEYS.items():
            _make_key(folder / name, size)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CannotStart(
            f"Cannot write to the data folder {folder}: {reason}. Choose another with --data-dir."
        ) from error


def _make_key(path: Path, size: int) -> None:
    """Write a new key that only its owner can read, unless there is one."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(base64.urlsafe_b64encode(secrets.token_bytes(size)))


@contextmanager
def owned(folder: Path) -> Iterator[None]:
    """Hold the folder against a second runner.

    Raises:
        CannotStart: If another runner holds it.
    """
    handle = os.open(folder / "runner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"QTwin is already running on {folder}. Stop it, or choose another --data-dir."
            ) from None
        yield
    finally:
        os.close(handle)


def environment(folder: Path, broker_url: str) -> dict[str, str]:
    """The environment of everything that the runner starts."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "qtwin.config.settings",
        "PYTHONUNBUFFERED": "1",
        "QTWIN_DATA_DIR": str(folder),
        "QTWIN_DATABASE": str(folder / "qtwin.sqlite3"),
        "QTWIN_BROKER_URL": broker_url,
        "QTWIN_SECRET_KEY_FILE": str(folder / "secret_key"),
        "QTWIN_CREDENTIAL_KEY_FILE": str(folder / "credential_key"),
    }
