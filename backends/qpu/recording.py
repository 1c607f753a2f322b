"""A recording: what hardware said once, with where it was published, as one JSON document.

Two kinds, told apart by ``kind``: a *table* of numbers, and a *payload*, the bytes of a vendor's
result with the experiment that it answers, which the vendor's own adapter reads. Either way a
recording is the same R rows.

Shapes use ``R`` for recorded rows, ``C`` for controls and ``O`` for observables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backends.schema.calibration import CalibrationSnapshot
from backends.schema.experiment import FloatArray

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recording:
    """What was recorded.

    Attributes:
        citation: Where it was published, or who measured it.
        controls: Names of the columns of ``points``.
        observables: Names of the columns of ``values``.
        points: Shape ``(R, C)``, canonical units.
        knobs: Of each row, by name.
        values: Shape ``(R, O)``; NaN in rows of ``failures``.
        std_errors: One sigma, shape ``(R, O)``; NaN in rows of ``failures``.
        mixed_values: Shape ``(R, O)``, NaN where it is not known.
        rows: Number of each row in the file that it comes from.
        shots: Of each row; None where it is not known.
        epochs: Calibration of each row; empty where it is not known.
        failures: Why a row has no number.
        versions: Of the software that made or read the numbers, as far as it is known.
        details: What the run said of itself, JSON values only.
        remote_id: The vendor's name of the run; empty where it is not known.
        calibration: Of the device at run; None where it is not known, as ``calibrated_at``.
        started_at: None where it is not known, as ``finished_at``.
    """

    citation: str
    licence: str
    controls: tuple[str, ...]
    observables: tuple[str, ...]
    points: FloatArray
    knobs: tuple[Mapping[str, float], ...]
    values: FloatArray
    std_errors: FloatArray
    mixed_values: FloatArray
    rows: tuple[int, ...]
    shots: tuple[int | None, ...]
    epochs: tuple[str, ...]
    failures: Mapping[int, str]
    versions: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    remote_id: str = ""
    calibration: CalibrationSnapshot | None = None
    calibrated_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


def document_of(payload: bytes) -> dict[str, Any]:
    """The JSON object in a recording's bytes.

    Raises:
        ValueError: It is none, or of another schema.
    """
    document = json.loads(payload)
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version != SCHEMA_VERSION:
        raise ValueError(f"a recording of schema {version!r:.20}; allowed: {SCHEMA_VERSION}")
    return dict(document)


def bytes_of(document: Mapping[str, Any]) -> bytes:
    """The bytes by whose digest a recording goes."""
    whole = {"schema_version": SCHEMA_VERSION, **document}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
