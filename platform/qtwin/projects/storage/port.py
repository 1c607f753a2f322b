"""The storage port: write-once bytes by their digest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a store lists of one thing that it keeps.

    Attributes:
        size: Bytes.
        since: When it was put there.
    """

    sha256: str
    size: int
    since: datetime


class Store(Protocol):
    """Write-once bytes by SHA-256.

    Every function may raise `Away`.
    """

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

    def local(self, sha256: str) -> Path:
        """A file of this machine that holds the bytes, for another process to read soon.

        Raises:
            FileNotFoundError: If nothing is kept under that digest.
            Corrupt: If what was fetched no longer matches it.
        """
        ...

    def kept(self) -> Iterator[Kept]:
        """Whatever is kept, in no order; what comes or goes meanwhile may be missing."""
        ...

    def try_write(self) -> None:
        """Write something and forget it, to see that it can be done now."""
        ...

    def discard(self, sha256: str) -> None:
        """Keep it no longer; it may be gone already."""
        ...
