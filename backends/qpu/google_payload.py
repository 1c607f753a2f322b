"""What is kept of a job: its result byte for byte, its times and its calibration, as JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

SCHEMA_VERSION = 2
MOST_CALIBRATION = 1 << 22
"""Bytes; a longer one is not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A result.

    Attributes:
        job: Name, processor and times.
        calibration: The device's when the job ran: time and metrics; empty where there is none.
        result: Type and bytes of the vendor's message, or the problem with it.
    """

    job: Mapping[str, Any]
    calibration: Mapping[str, Any]
    result: Mapping[str, Any]

    def to_bytes(self) -> bytes:
        document = {
            "schema_version": SCHEMA_VERSION,
            "job": self.job,
            "calibration": self.calibration,
            "result": self.result,
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: It is no such document.
        """
        document = json.loads(payload)
        if not isinstance(document, dict) or document.get("schema_version") != SCHEMA_VERSION:
            raise ValueError("the payload is no result of this backend")
        parts: dict[str, Any] = {
            name: document.get(name) for name in ("job", "calibration", "result")
        }
        for name, part in parts.items():
            if not isinstance(part, dict):
                raise ValueError(f"{name} is no JSON object")
        return cls(**parts)

    def moment(self, name: str) -> datetime:
        """A time of the job, UTC.

        Raises:
            ValueError: There is none.
        """
        return datetime.fromisoformat(str(self.job.get(name))).astimezone(UTC)

    @property
    def processor(self) -> str:
        """On which it ran."""
        return str(self.job.get("processor", ""))


def result(type_name: str, value: bytes) -> dict[str, Any]:
    """What is kept of the vendor's message."""
    return {"type": type_name[:200], "value": base64.b64encode(value).decode()}


def calibration(found: Any) -> dict[str, Any]:
    """What is kept of the client's calibration."""
    if found is None:
        return {}
    metrics = {
        str(name): [
            [[str(target) for target in targets], [_metric(value) for value in values]]
            for targets, values in found[name].items()
        ]
        for name in found
    }
    kept = {"timestamp_ms": int(found.timestamp), "metrics": metrics}
    return kept if len(json.dumps(kept)) <= MOST_CALIBRATION else {}


def _metric(value: Any) -> float | int | str:
    return value if isinstance(value, int | float) else str(value)
