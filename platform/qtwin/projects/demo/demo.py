"""What a demo project consists of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A project whose sources each really compute.

    Attributes:
        key: What ``--demo`` calls it.
        observable: The one that its jobs measure.
        bodies: What is posted, job by job.
        reference: The source that is exact.
        left_out: A good source without which the twin is scored too.
        checked: Sources whose measurements are compared with a second computation.
        landmark: A point at which the reference's value is well known.
    """

    key: str
    name: str
    description: str
    system: dict[str, Any]
    observable: str
    sources: tuple[dict[str, Any], ...]
    bodies: tuple[dict[str, Any], ...]
    reference: str
    left_out: str
    checked: tuple[str, ...]
    landmark: float

    def jobs(self) -> list[dict[str, Any]]:
        """Bodies to post, each with an Idempotency-Key made of its content."""
        asked = [body | {"observables": [self.observable]} for body in self.bodies]
        return [{"idempotency_key": self._idempotency_key(body), "body": body} for body in asked]

    def report(self) -> dict[str, Any]:
        """What the runner's report needs to know of it."""
        return {
            "key": self.key,
            "observable": self.observable,
            "reference": self.reference,
            "left_out": self.left_out,
            "checked": list(self.checked),
            "landmark": self.landmark,
        }

    def _idempotency_key(self, body: dict[str, Any]) -> str:
        """A second run repeats its keys; another version of the demo has others, no conflict."""
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        return f"demo-{self.key}-{body['source']}-{digest[:16]}"


def sources(*rows: Sequence[Any]) -> tuple[dict[str, Any], ...]:
    """Bodies of sources from rows of name, label, role, backend, method and settings."""
    keys = ("name", "label", "role", "backend", "method", "settings")
    return tuple(dict(zip(keys, row, strict=True)) for row in rows)
