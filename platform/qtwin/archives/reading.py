"""Reading an archive that nobody vouches for.

Nothing is unpacked to a path that the archive names: members are known by their names, artifacts
by their digests. All are measured and checked before the first row is believed.
"""

from __future__ import annotations

import hashlib
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any

from qtwin.archives import text
from qtwin.archives.crate import METADATA
from qtwin.archives.errors import ArchiveError
from qtwin.archives.limits import Limits

CHUNK = 2**20
KNOWN = re.compile(
    r"ro-crate-metadata\.json|data/[a-z]{1,40}\.(?:jsonl|csv|json)|artifacts/[0-9a-f]{64}"
)
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Reader:
    """A checked archive; use it as a context manager.

    Raises:
        ArchiveError: It is no zip file, holds what no export holds, is too large, or bytes are not
            those that its metadata describes.
    """

    def __init__(self, file: IO[bytes], limits: Limits) -> None:
        self._limits = limits
        try:
            self._zip = zipfile.ZipFile(file)
        except BROKEN as error:
            raise ArchiveError("", f"not a zip file ({error})") from None
        self._infos = self._listed()
        self._left = limits.total_bytes
        self.metadata: dict[str, Any] = self._metadata()
        self._verify()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *raised: object) -> None:
        self._zip.close()

    def artifact(self, sha256: str) -> bytes:
        """The bytes under a digest."""
        name = f"artifacts/{sha256}"
        if name not in self._infos:
            raise ArchiveError(name, "is missing")
        data = b"".join(self._chunks(name, self._limits.artifact_bytes))
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ArchiveError(name, "its bytes do not have the digest that it is named by")
        return data

    def document(self, name: str) -> Any:
        """A member that is one JSON document."""
        if name not in self._infos:
            raise ArchiveError(name, "is missing")
        data = b"".join(self._chunks(name, self._limits.artifact_bytes))
        try:
            return text.read(data)
        except ValueError as error:
            raise ArchiveError(name, str(error)) from None

    def lines(self, name: str) -> Iterator[tuple[int, Any]]:
        """Rows of a table with their numbers, counted from 1."""
        if name not in self._infos:
            raise ArchiveError(name, "is missing")
        limit = self._limits.line_bytes
        with self._zip.open(name) as stream:
            number = 0
            while line := stream.readline(limit + 1):
                number += 1
                if len(line) > limit:
                    raise ArchiveError(name, f"line {number} is longer than {limit} bytes")
                try:
                    yield number, text.read(line)
                except ValueError as error:
                    raise ArchiveError(name, f"line {number}: {error}") from None

    def _listed(self) -> dict[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        if len(infos) > self._limits.members:
            raise ArchiveError("", f"{len(infos)} files; allowed: {self._limits.members}")
        for info in infos:
            _check_entry(info)
        counted = Counter(info.filename for info in infos)
        for name in (name for name, times in counted.items() if times > 1):
            raise ArchiveError(name, "is there twice")
        return {info.filename: info for info in infos}

    def _metadata(self) -> dict[str, Any]:
        found = self.document(METADATA)
        graph = found.get("@graph") if isinstance(found, dict) else None
        if not isinstance(graph, list) or not all(isinstance(item, dict) for item in graph):
            raise ArchiveError(METADATA, "is no RO-Crate: it has no @graph")
        return {str(item.get("@id")): item for item in graph}

    def _verify(self) -> None:
        """Every member is described, every file that is described is there, all bytes agree."""
        described = {name for name, item in self.metadata.items() if item.get("@type") == "File"}
        present = set(self._infos) - {METADATA}
        for name in sorted(described ^ present):
            missing = name in described
            raise ArchiveError(name[:200], "is missing" if missing else "is not in the metadata")
        for name in sorted(present):
            digest, size = hashlib.sha256(), 0
            for chunk in self._chunks(name, self._limits.total_bytes):
                digest.update(chunk)
                size += len(chunk)
            said = self.metadata[name]
            if said.get("contentSize") != str(size):
                raise ArchiveError(name, f"{size} bytes; described: {said.get('contentSize')}")
            if said.get("sha256") != digest.hexdigest():
                raise ArchiveError(name, "its bytes are not those that the metadata describes")
            self._left -= size
            if self._left < 0:
                raise ArchiveError("", f"unpacks to over {self._limits.total_bytes} bytes")

    def _chunks(self, name: str, limit: int) -> Iterator[bytes]:
        limit, size = min(limit, self._limits.total_bytes), 0
        try:
            with self._zip.open(name) as stream:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise ArchiveError(name, f"unpacks to over {limit} bytes")
                    yield chunk
        except BROKEN as error:
            raise ArchiveError(name, f"cannot be unpacked ({error})") from None


def _check_entry(info: zipfile.ZipInfo) -> None:
    """Refuse names and kinds of entries that no export writes."""
    name = info.filename[:200]
    if KNOWN.fullmatch(info.filename) is None:
        raise ArchiveError(name, "is no file of a project's archive")
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
        raise ArchiveError(name, "is no plain file")
    if info.flag_bits & 0x1:
        raise ArchiveError(name, "is encrypted")
    if info.compress_type not in PACKED:
        raise ArchiveError(name, f"is packed by method {info.compress_type}; allowed: 0 and 8")
