"""What is kept of a finished job: one line of ours about it, then IBM's result byte for byte.

The line is JSON: the job, its metrics, and the device's properties that were in force when it ran,
each as IBM gave it. A result that is longer than we read is kept so far and marked as cut off.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

SCHEMA = "qtwin-ibm-1"
MOST_HEAD_BYTES = 1 << 26


@dataclass(frozen=True, slots=True, kw_only=True)
class IbmPayload:
    """A finished job.

    Attributes:
        properties: Of the device at run; empty where IBM has none.
        result: IBM's bytes.
        whole: Whether these are all.
    """

    job: dict[str, Any]
    metrics: dict[str, Any]
    properties: dict[str, Any]
    result: bytes
    whole: bool = True

    def written(self) -> bytes:
        head = {
            "schema": SCHEMA,
            "job": self.job,
            "metrics": self.metrics,
            "properties": self.properties,
            "whole": self.whole,
        }
        return json.dumps(head, separators=(",", ":")).encode() + b"\n" + self.result

    @classmethod
    def read(cls, payload: bytes) -> IbmPayload:
        """Read what `written` gave.

        Raises:
            ValueError: It is something else, or was cut off.
        """
        line, _, result = payload.partition(b"\n")
        head = json.loads(line) if len(line) <= MOST_HEAD_BYTES else None
        if not isinstance(head, dict) or head.get("schema") != SCHEMA:
            raise ValueError("these bytes are no kept result of IBM")
        if not head["whole"]:
            raise ValueError(f"the result is longer than the {len(result)} bytes that are kept")
        parts = [head[name] for name in ("job", "metrics", "properties")]
        if not all(isinstance(part, dict) for part in parts):
            raise ValueError("job, metrics or properties are no objects")
        return cls(job=parts[0], metrics=parts[1], properties=parts[2], result=result)

    @property
    def device(self) -> str:
        return str(self.job.get("backend", ""))

    @property
    def times(self) -> tuple[datetime, datetime]:
        """When it began to run, and when it ended.

        Raises:
            ValueError: IBM gave no such times.
        """
        stamps = self.metrics.get("timestamps") or {}
        began = stamps.get("running") or stamps.get("created") or self.job.get("created")
        ended = stamps.get("finished") or began
        return moment(began), moment(ended)

    @property
    def calibration_id(self) -> str:
        """As the function of this name."""
        return calibration_id(self.device, self.properties)

    @property
    def calibrated_at(self) -> datetime | None:
        stamp = self.properties.get("last_update_date")
        return None if stamp is None else moment(stamp)


def calibration_id(device: str, properties: Mapping[str, Any]) -> str:
    """Digest of a device's properties; empty where there are none."""
    if not properties:
        return ""
    text = json.dumps(properties, sort_keys=True)
    return f"{device}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def moment(stamp: Any) -> datetime:
    """An aware time in UTC; IBM's have a zone, and mean UTC where they have none.

    Raises:
        ValueError: It is no time.
    """
    found = datetime.fromisoformat(str(stamp))
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
