"""The raw result of a job as it is kept: the bits of every shot, times and calibration, as JSON."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A result.

    Attributes:
        job: Name, processor and times.
        calibration: The device's when the job ran: time and metrics; empty where there is none.
        results: For each circuit with its values: shots, width, and bits, packed, in the order of
            shots, the last qubit first.
    """

    job: Mapping[str, Any]
    calibration: Mapping[str, Any]
    results: Sequence[Any]

    def to_bytes(self) -> bytes:
        document = {
            "schema_version": SCHEMA_VERSION,
            "job": self.job,
            "calibration": self.calibration,
            "results": self.results,
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
        job, results = document.get("job"), document.get("results")
        calibration = document.get("calibration")
        if not isinstance(job, dict) or not isinstance(calibration, dict):
            raise ValueError("job or calibration is no JSON object")
        if not isinstance(results, list):
            raise ValueError("results is no list")
        return cls(job=job, calibration=calibration, results=results)

    def moment(self, name: str) -> datetime:
        """A time of the job, UTC.

        Raises:
            ValueError: There is none.
        """
        return datetime.fromisoformat(str(self.job.get(name))).astimezone(UTC)

    @property
    def calibrated_at(self) -> datetime | None:
        """When the device was calibrated, UTC.

        Raises:
            ValueError: The time is no whole number.
        """
        stamp = self.calibration.get("timestamp_ms")
        if stamp is None:
            return None
        if type(stamp) is not int or not 0 <= stamp < 1e14:
            raise ValueError(f"timestamp_ms = {str(stamp)[:80]}")
        return datetime.fromtimestamp(stamp / 1000, UTC)


def written(result: Any) -> dict[str, Any]:
    """What is kept of one result of the client; what has another form is refused when parsed."""
    measured = result.measurements
    try:
        columns = [measured[str(k)] for k in range(len(measured))]
        bits = np.concatenate(columns, axis=1).astype(np.uint8)
        shots, qubits = bits.shape
    except (LookupError, ValueError) as error:
        return {"problem": f"measurements of another form: {str(error)[:200]}"}
    packed = base64.b64encode(np.packbits(bits).tobytes()).decode()
    return {"shots": shots, "qubits": qubits, "bits": packed}


def calibration(found: Any) -> dict[str, Any]:
    """What is kept of the client's calibration."""
    if found is None:
        return {}
    metrics = {
        str(name): [
            [[str(target) for target in targets], [float(value) for value in values]]
            for targets, values in found[name].items()
        ]
        for name in found
    }
    return {"timestamp_ms": int(found.timestamp), "metrics": metrics}


def counts(result: Any, *, qubits: int, shots: int) -> dict[str, int]:
    """Bit strings with qubit 0 rightmost, with how often they were seen.

    Raises:
        ValueError: Width, shots or bits are not those that were asked for.
    """
    if not isinstance(result, dict):
        raise ValueError("the result of a circuit is no JSON object")
    if "problem" in result:
        raise ValueError(str(result["problem"])[:300])
    if result.get("qubits") != qubits:
        raise ValueError(f"{str(result.get('qubits'))[:80]} qubits instead of {qubits}")
    if result.get("shots") != shots:
        raise ValueError(f"{str(result.get('shots'))[:80]} shots of one circuit instead of {shots}")
    packed = base64.b64decode(str(result.get("bits")), validate=True)
    if len(packed) != -(-shots * qubits // 8):
        raise ValueError(f"{len(packed)} bytes for {shots} shots of {qubits} qubits")
    flat = np.unpackbits(np.frombuffer(packed, dtype=np.uint8))
    if flat[shots * qubits :].any():
        raise ValueError("there are bits after the last shot")
    rows = (flat[: shots * qubits] + ord("0")).reshape(shots, qubits)
    seen = Counter(row.tobytes().decode() for row in rows)
    return dict(sorted(seen.items()))
