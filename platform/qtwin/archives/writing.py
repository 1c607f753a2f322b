"""Writing an archive: members one after the other, measured while they are written."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from qtwin.archives import text
from qtwin.archives.crate import Member

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The only time in a member's header, so that it says nothing of the machine."""
MODE = 0o100644 << 16


class Writer:
    """Keeps a `Member` for each file that was written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self.members: list[Member] = []

    def close(self) -> None:
        self._zip.close()

    def lines(self, name: str, what: str, rows: Iterable[Any]) -> None:
        """One JSON document per line."""
        self.add(name, what, "application/jsonl", (text.write(row) + b"\n" for row in rows))

    def add(
        self, name: str, what: str, encoding: str, chunks: Iterable[bytes], *, pack: bool = True
    ) -> None:
        """A member of any bytes.

        Args:
            pack: False for bytes that are compressed already.
        """
        digest, size = hashlib.sha256(), 0
        with self._opened(name, pack=pack) as stream:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                stream.write(chunk)
        self.members.append(
            Member(name=name, what=what, encoding=encoding, size=size, sha256=digest.hexdigest())
        )

    def finish(self, name: str, document: Any) -> None:
        """The last member, which describes the others."""
        with self._opened(name, pack=True) as stream:
            stream.write(text.write(document))
        self.close()

    @contextmanager
    def _opened(self, name: str, *, pack: bool) -> Iterator[IO[bytes]]:
        info = zipfile.ZipInfo(name, date_time=EPOCH)
        info.external_attr = MODE
        info.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
        with self._zip.open(info, "w", force_zip64=True) as stream:
            yield stream
