"""Bills that come, or change, after a run was settled: the settlement stays, a correction is added.

A submission's bill is looked at a few times while the vendor may change it (`Queue.bill_lag_s`),
and once after. Nobody holds a lease meanwhile: of several who ask, the last one's answer counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from backends.remote import Charge
from qtwin.accounts.services import audit_record
from qtwin.jobs.models import BillCorrection, Event, Submission
from qtwin.jobs.selectors import bills_due
from qtwin.jobs.services.backoff import BILL_PATIENCE_S, next_look_s
from qtwin.jobs.services.settle import micro_seconds
from qtwin.jobs.services.spending import budgets_tell
from qtwin.projects.models import Unit
from qtwin.projects.services import budget_correct


def bill_claim(submission_id: UUID | str, *, wait_s: float) -> Submission | None:
    """Take up a due look at a bill; None when it is not due, or somebody else has it.

    Args:
        wait_s: When somebody else may, if nothing is heard of this look.
    """
    due = bills_due().filter(pk=submission_id)
    if not due.update(
        bill_due_at=Now() + timedelta(seconds=wait_s), bill_checks=F("bill_checks") + 1
    ):
        return None
    rows = Submission.objects.select_related("job__project__team", "job__source_revision")
    return rows.get(pk=submission_id)


@transaction.atomic
def bill_record(submission: Submission, *, charged: Charge) -> list[BillCorrection]:
    """What the vendor charges by now; a change corrects what the job has spent.

    Args:
        submission: From `bill_claim`.

    Returns:
        A correction for each unit that changed; none if somebody else asked meanwhile.
    """
    past_s = (timezone.now() - _ended(submission)).total_seconds()
    if not _next_look(submission, next_look_s(submission.bill_lag_s, past_s)):
        return []
    amounts = (
        (Unit.MONEY, submission.cost, charged.cost_micro_usd),
        (Unit.QPU_SECONDS, submission.qpu, micro_seconds(charged.qpu_seconds)),
    )
    return [
        _correct(submission, unit, before, after)
        for unit, before, after in amounts
        if before is not None and after is not None and after != before
    ]


def _correct(submission: Submission, unit: Unit, before: int, after: int) -> BillCorrection:
    correction = BillCorrection.objects.create(
        submission=submission,
        number=submission.corrections.count() + 1,
        unit=unit,
        before=before,
        after=after,
    )
    _tell(submission, "bill.corrected", unit=unit.value, before_micro=before, after_micro=after)
    job = submission.job
    notices = budget_correct(
        job_id=job.pk, correction=correction.pk, unit=unit, amount=after - before
    )
    budgets_tell(job, notices)
    audit_record(
        action="job.bill",
        user=None,
        team=job.project.team,
        target=f"job:{job.pk}",
        **{f"before_micro_{unit.value}": before, f"after_micro_{unit.value}": after},
    )
    return correction


@transaction.atomic
def bill_unanswered(submission: Submission, *, reason: str) -> None:
    """The vendor cannot be asked now: later again, and not for ever."""
    past_s = (timezone.now() - _ended(submission)).total_seconds()
    patient = past_s < submission.bill_lag_s + BILL_PATIENCE_S
    again_s = past_s + settings.JOB_RETRY_LONGEST_S if patient else None
    if _next_look(submission, again_s) and not patient:
        _tell(submission, "bill.unknown", reason=reason)


def _ended(submission: Submission) -> datetime:
    if submission.settled_at is None:
        raise ValueError(f"submission {submission.pk} is not settled")
    return submission.settled_at


def _next_look(submission: Submission, after_s: float | None) -> bool:
    """Say when its bill is looked at next; False when somebody else has asked since."""
    due_at = None if after_s is None else _ended(submission) + timedelta(seconds=after_s)
    mine = Submission.objects.filter(pk=submission.pk, bill_checks=submission.bill_checks)
    return bool(mine.update(bill_due_at=due_at))


def _tell(submission: Submission, kind: str, **data: object) -> None:
    job = submission.job
    Event.objects.create(
        project_id=job.project_id,
        job=job,
        kind=kind,
        fence=job.fence,
        data={"part": submission.part, "vendor": submission.vendor, **data},
    )
