"""The raw result of a task, as it is kept: everything that the vendor will not tell for ever.

One JSON document with the task as GetQuantumTask gave it, the device's calibration when the result
was fetched, and every object of the result in S3, byte for byte (bytes that are no UTF-8 are
escaped, and come back the same).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

SCHEMA_VERSION = 1
RESULT = "results.json"
KEPT = (
    "quantumTaskArn",
    "deviceArn",
    "status",
    "shots",
    "numSuccessfulShots",
    "createdAt",
    "endedAt",
    "tags",
    "associations",
    "actionMetadata",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A result.

    Attributes:
        task: What GetQuantumTask says, as far as it is in `KEPT`.
        calibration: The device's, or empty.
        objects: Text of each object, by its path below the task's folder.
        problem: Why objects are missing; empty where none is.
    """

    task: Mapping[str, Any]
    calibration: Mapping[str, Any] = field(default_factory=dict)
    objects: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    def to_bytes(self) -> bytes:
        document = {
            "schema_version": SCHEMA_VERSION,
            "task": {name: _plain(self.task[name]) for name in KEPT if name in self.task},
            "calibration": self.calibration,
            "objects": self.objects,
            "problem": self.problem,
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: It is no such document, or the vendor's result is incomplete.
        """
        document = json.loads(payload)
        if document.get("schema_version") != SCHEMA_VERSION:
            raise ValueError(f"schema_version = {document.get('schema_version')!r}")
        if document["problem"]:
            raise ValueError(document["problem"])
        return cls(
            task=document["task"],
            calibration=document["calibration"],
            objects=document["objects"],
        )

    def document(self, path: str) -> dict[str, Any]:
        """One object, read as JSON.

        Raises:
            ValueError: It is missing, no JSON object, or holds a number that is not finite.
        """
        if path not in self.objects:
            raise ValueError(f"there is no {path}")
        found = json.loads(self.objects[path], parse_constant=_refuse)
        if not isinstance(found, dict):
            raise ValueError(f"{path} is no JSON object")
        return found

    def moment(self, name: str) -> datetime:
        """A time of the task, UTC.

        Raises:
            ValueError: There is none.
        """
        return datetime.fromisoformat(str(self.task.get(name))).astimezone(UTC)

    def shots(self) -> int:
        """Shots of the task in all."""
        shots = self.task.get("shots")
        if type(shots) is not int:
            raise ValueError(f"shots = {shots!r}")
        return shots


def text(data: bytes) -> str:
    """Bytes as text that gives them back; see the module."""
    return data.decode("utf-8", errors="surrogateescape")


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no finite number")
