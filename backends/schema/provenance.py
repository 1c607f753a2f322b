"""Where a result came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from backends.schema.calibration import CalibrationSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who produced a result, when, and with which versions and calibration.

    Attributes:
        versions: Package name to version, of everything that decides the numbers.
        started_at: Aware UTC time at which the run started.
        calibration_id: Identifies the device calibration that was in force at run.
        calibration: What that calibration says; None where nobody knows.
        details: Further facts, JSON values only (seeds, transpiled depth, group count).
    """

    backend: str
    versions: dict[str, str]
    started_at: datetime
    finished_at: datetime
    remote_id: str = ""
    calibration_id: str = ""
    calibrated_at: datetime | None = None
    details: dict[str, Any] = field(default_factory=dict)
    calibration: CalibrationSnapshot | None = None

    def __post_init__(self) -> None:
        for moment in (self.started_at, self.finished_at, self.calibrated_at):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("provenance times must carry a time zone")
        if self.calibration and self.calibration.identifier != self.calibration_id:
            raise ValueError(f"calibration {self.calibration.identifier}: {self.calibration_id}")

    def to_dict(self) -> dict[str, Any]:
        return {
            "backend": self.backend,
            "versions": dict(self.versions),
            "started_at": self.started_at.isoformat(),
            "finished_at": self.finished_at.isoformat(),
            "remote_id": self.remote_id,
            "calibration_id": self.calibration_id,
            "calibrated_at": self.calibrated_at.isoformat() if self.calibrated_at else None,
            "details": dict(self.details),
            **({"calibration": self.calibration.to_dict()} if self.calibration else {}),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        calibrated, said = data["calibrated_at"], data.get("calibration")
        return cls(
            backend=data["backend"],
            versions=dict(data["versions"]),
            started_at=datetime.fromisoformat(data["started_at"]),
            finished_at=datetime.fromisoformat(data["finished_at"]),
            remote_id=data["remote_id"],
            calibration_id=data["calibration_id"],
            calibrated_at=datetime.fromisoformat(calibrated) if calibrated else None,
            details=dict(data["details"]),
            calibration=None if said is None else CalibrationSnapshot.from_dict(said),
        )
