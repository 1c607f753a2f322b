"""What is thought of a measurement later; the measurement itself never changes."""

from __future__ import annotations

from django.db import transaction

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.jobs.models import Measurement, Validity
from qtwin.projects.services import evidence_advance


def measurement_invalidate(*, measurement: Measurement, why: str, by: User | None) -> None:
    """Take a measurement out of the evidence, saying why; nothing changes if it is out already."""
    _judge(measurement, valid=False, why=why, by=by)


def measurement_restore(*, measurement: Measurement, why: str, by: User | None) -> None:
    """Let an invalidated measurement count again."""
    _judge(measurement, valid=True, why=why, by=by)


@transaction.atomic
def _judge(measurement: Measurement, *, valid: bool, why: str, by: User | None) -> None:
    locked = Measurement.objects.select_for_update().get(pk=measurement.pk)
    latest = locked.validity.order_by("-id").first()
    if valid == (latest is None or latest.valid):
        return
    Validity.objects.create(measurement=measurement, valid=valid, why=why, by=by)
    evidence_advance(project_id=measurement.project_id)
    audit_record(
        action="measurement.restore" if valid else "measurement.invalidate",
        user=by,
        team=measurement.project.team,
        target=f"measurement:{measurement.pk}",
    )
