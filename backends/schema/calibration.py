"""What a device said of its own errors at one time."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

SCHEMA_VERSION = 1
MOST_BYTES = 1 << 20
MOST_NAME, MOST_GATE = 80, 24
SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
"""In a unit, as vendors write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QubitCalibration:
    """One qubit; None is what the device does not say.

    Attributes:
        reads_1_of_0: Probability that a 0 is read as 1.
        reads_0_of_1: Probability that a 1 is read as 0.
    """

    t1_s: float | None = None
    t2_s: float | None = None
    reads_1_of_0: float | None = None
    reads_0_of_1: float | None = None

    def __post_init__(self) -> None:
        _check("t1_s", self.t1_s, math.inf)
        _check("t2_s", self.t2_s, math.inf)
        _check("reads_1_of_0", self.reads_1_of_0, 1.0)
        _check("reads_0_of_1", self.reads_0_of_1, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCalibration:
    """One gate on one or two qubits, or on any that it can act on.

    Attributes:
        qubits: None at all where the device says one error of all of them.
        error: Average gate infidelity; 1 where the device says that the gate does not work.
        duration_s: None where the device does not say.
    """

    name: str
    qubits: tuple[int, ...]
    error: float
    duration_s: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= MOST_GATE or len(self.qubits) > 2:
            raise ValueError(f"gate {self.name!r:.40} on {len(self.qubits)} qubits")
        for qubit in self.qubits:
            _index(qubit)
        _check("error", self.error, 1.0)
        _check("duration_s", self.duration_s, math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationSnapshot:
    """A device's errors as of one calibration.

    Attributes:
        identifier: The same as `Provenance.calibration_id`.
        gates: In the order of their names and qubits.
        taken_at: Aware time of the calibration; None where the device does not say.
        facts: Numbers of a device that has no gates, by dotted name.
    """

    device: str
    identifier: str
    taken_at: datetime | None
    qubits: Mapping[int, QubitCalibration] = field(default_factory=dict)
    gates: tuple[GateCalibration, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (self.device, self.identifier):
            if not isinstance(name, str) or not 1 <= len(name) <= MOST_NAME:
                raise ValueError(f"{name!r:.100}: allowed are 1 to {MOST_NAME} characters")
        if self.taken_at is not None and self.taken_at.tzinfo is None:
            raise ValueError("the time of a calibration must carry a zone")
        if not all(math.isfinite(value) for value in self.facts.values()):
            raise ValueError("a fact is not finite")
        ordered = tuple(sorted(self.gates, key=lambda one: (one.name, one.qubits)))
        object.__setattr__(self, "gates", ordered)

    def to_dict(self) -> dict[str, Any]:
        """JSON values, in a canonical order."""
        return {
            "schema_version": SCHEMA_VERSION,
            "device": self.device,
            "identifier": self.identifier,
            "taken_at": None if self.taken_at is None else _utc(self.taken_at),
            "qubits": [
                [index, one.t1_s, one.t2_s, one.reads_1_of_0, one.reads_0_of_1]
                for index, one in sorted(self.qubits.items())
            ],
            "gates": [
                [one.name, list(one.qubits), one.error, one.duration_s] for one in self.gates
            ],
            "facts": dict(sorted(self.facts.items())),
        }

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":")).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of `to_bytes`."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @classmethod
    def from_dict(cls, document: Any) -> Self:
        """Read what `to_dict` wrote; it may come from anybody.

        Raises:
            ValueError: It is something else.
        """
        try:
            if document["schema_version"] != SCHEMA_VERSION:
                raise ValueError(f"schema_version = {document['schema_version']!r:.40}")
            taken = document["taken_at"]
            return cls(
                device=document["device"],
                identifier=document["identifier"],
                taken_at=None if taken is None else datetime.fromisoformat(taken),
                qubits={_index(row[0]): _qubit(row) for row in document["qubits"]},
                gates=tuple(_gate(row) for row in document["gates"]),
                facts={str(name): float(value) for name, value in document["facts"].items()},
            )
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise ValueError(f"no calibration: {type(error).__name__}") from None


def bounded(snapshot: CalibrationSnapshot) -> CalibrationSnapshot | None:
    """The snapshot; None if it is larger than is kept, or says nothing."""
    says = snapshot.qubits or snapshot.gates or snapshot.facts
    return snapshot if says and len(snapshot.to_bytes()) <= MOST_BYTES else None


def _qubit(row: Any) -> QubitCalibration:
    _, t1, t2, reads_1, reads_0 = row
    return QubitCalibration(t1_s=t1, t2_s=t2, reads_1_of_0=reads_1, reads_0_of_1=reads_0)


def _gate(row: Any) -> GateCalibration:
    name, qubits, error, duration = row
    places = tuple(map(_index, qubits))
    return GateCalibration(name=name, qubits=places, error=error, duration_s=duration)


def _index(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"no qubit: {value!r:.40}")
    return value


def _check(name: str, value: Any, most: float) -> None:
    if value is None and name != "error":
        return
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not 0.0 <= value <= most:
        raise ValueError(f"{name} = {value!r:.40}; allowed: 0 to {most:g}")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
