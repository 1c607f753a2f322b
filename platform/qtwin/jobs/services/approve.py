"""An approver agrees to what a job may cost."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.jobs import dispatch
from qtwin.jobs.models import Job, State
from qtwin.jobs.models.job import APPROVAL
from qtwin.jobs.selectors import approval_words
from qtwin.jobs.services.hold import NotPossible
from qtwin.jobs.services.move import LeaseLost, move


class NotConfirmed(Exception):
    """What was typed is not what the job may cost."""


def job_approve(*, job: Job, confirm: str, by: User) -> Job:
    """Let a job go on that waits for approval; what it may cost stays reserved.

    Args:
        confirm: The amount as `approval_words` writes it, typed by a person.

    Raises:
        NotPossible: If the job does not wait for approval.
        NotConfirmed: If another text was typed.
    """
    words = approval_words(job)
    if job.state != State.HOLD or job.reason_code != APPROVAL:
        raise NotPossible("the job does not wait for approval")
    if confirm.strip() != words:
        raise NotConfirmed(f"{confirm!r} was typed; to approve, type {words!r}")
    try:
        with transaction.atomic():
            move(
                job,
                State.QUEUED,
                guard=Q(reason_code=APPROVAL, cancel_requested_at=None),
                reason_code="",
                reason="",
                data={"approved": words},
            )
            audit_record(
                action="job.approve",
                user=by,
                team=job.project.team,
                target=f"job:{job.pk}",
                micro_usd=job.estimated_cost,
            )
    except LeaseLost as lost:
        raise NotPossible("the job moved on meanwhile, or is being cancelled") from lost
    dispatch.hint(job.pk)
    return job
