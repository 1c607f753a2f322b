"""What is thought of a measurement later; the measurement itself never changes."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.jobs.models import Measurement, Validity
from qtwin.jobs.selectors import measurements_of
from qtwin.projects.models import Dataset
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


def dataset_invalidate(*, dataset: Dataset, why: str, by: User | None) -> int:
    """Take all of an import out of the evidence; says how many measurements that were."""
    return _judge_dataset(dataset, valid=False, why=why, by=by)


def dataset_restore(*, dataset: Dataset, why: str, by: User | None) -> int:
    """Let all of an import count again; says how many measurements did not."""
    return _judge_dataset(dataset, valid=True, why=why, by=by)


@transaction.atomic
def _judge_dataset(dataset: Dataset, *, valid: bool, why: str, by: User | None) -> int:
    """One row for each measurement of which something else was thought."""
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    rows = measurements_of(dataset.project_id).filter(dataset=dataset)
    other = rows.filter(Q(valid=False) if valid else Q(valid=True) | Q(valid=None))
    made = Validity.objects.bulk_create(
        [
            Validity(measurement_id=pk, valid=valid, why=why, by=by)
            for pk in other.order_by("pk").values_list("pk", flat=True)
        ],
        batch_size=500,
    )
    if made:
        evidence_advance(project_id=dataset.project_id)
        audit_record(
            action="data.restore" if valid else "data.invalidate",
            user=by,
            team=dataset.project.team,
            target=f"dataset:{dataset.pk}",
        )
    return len(made)
