"""What devices said of their errors is kept, once for each team."""

from __future__ import annotations

from backends.schema import CalibrationSnapshot, Provenance
from qtwin.accounts.models import Team
from qtwin.jobs.models import Calibration


def calibration_record(*, team: Team, said: Provenance) -> Calibration | None:
    """The calibration that held when a result was made; None where the result names none."""
    if not said.calibration_id:
        return None
    if said.calibration is not None:
        return calibration_learn(team=team, backend=said.backend, snapshot=said.calibration)
    row, _ = Calibration.objects.get_or_create(
        team=team,
        backend=said.backend,
        identifier=said.calibration_id,
        defaults={
            "calibrated_at": said.calibrated_at,
            "device": str(said.details.get("device", ""))[:80],
        },
    )
    return row


def calibration_learn(*, team: Team, backend: str, snapshot: CalibrationSnapshot) -> Calibration:
    """The row of a calibration that the team sees, made if it is new."""
    row, _ = Calibration.objects.get_or_create(
        team=team,
        backend=backend,
        identifier=snapshot.identifier,
        defaults={
            "device": snapshot.device,
            "calibrated_at": snapshot.taken_at,
            "digest": snapshot.digest,
            "document": snapshot.to_dict(),
        },
    )
    return row
