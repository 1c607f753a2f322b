"""An approver agrees to what a job may cost."""

from __future__ import annotations

from django.db import transaction

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.jobs import dispatch
from qtwin.jobs.models import Job, State
from qtwin.jobs.models.job import APPROVAL
from qtwin.jobs.selectors import approval_words, approvers_instead
from qtwin.jobs.services.hold import NotPossible
from qtwin.jobs.services.move import LeaseLost, move


class NotConfirmed(Exception):
    """What was typed is not what the job may cost."""


class OwnJob(Exception):
    """Whoever submitted the job may not approve it, since somebody else may."""


def job_approve(*, job: Job, confirm: str, by: User) -> Job:
    """Let a job go on that waits for approval; what it may cost stays reserved.

    Two people agree, except where the team's only approver submitted it; the audit row says so.

    Args:
        confirm: The amount as `approval_words` writes it, typed by a person.

    Raises:
        NotPossible: If the job does not wait for approval.
        OwnJob: If they submitted it themselves, and the team has another approver.
        NotConfirmed: If another text was typed.
    """
    words = approval_words(job)
    if job.state != State.HOLD or job.reason_code != APPROVAL:
        raise NotPossible("the job does not wait for approval")
    others = [str(user) for user in approvers_instead(job, by)]
    if others:
        raise OwnJob(f"you submitted this job; allowed: approval by {' or '.join(others)}")
    if confirm.strip() != words:
        raise NotConfirmed(f"{confirm!r} was typed; to approve, type {words!r}")
    try:
        with transaction.atomic():
            move(
                job,
                State.QUEUED,
                expect={"reason_code": APPROVAL, "cancel_requested_at": None},
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
                **({"own_job_of_only_approver": True} if job.created_by_id == by.pk else {}),
            )
    except LeaseLost as lost:
        raise NotPossible("the job moved on meanwhile, or is being cancelled") from lost
    dispatch.hint(job.pk)
    return job
