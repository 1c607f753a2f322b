"""How much an archive may hold, so that a small file cannot fill a disk or the memory."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bytes are counted while they are unpacked; what the archive says of itself is not believed.

    Attributes:
        total_bytes: Of all members, unpacked.
        artifact_bytes: Of one artifact.
        line_bytes: Of one row of a table.
        members: Number of files.
    """

    total_bytes: int = 2048 * MIB
    artifact_bytes: int = 256 * MIB
    line_bytes: int = 16 * MIB
    members: int = 100_000


UPLOAD = Limits(total_bytes=512 * MIB, artifact_bytes=64 * MIB, members=20_000)
"""Of what comes over HTTP."""
