"""What a person may do to a job from its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from qtwin.accounts.models import User
from qtwin.jobs.models import Job, State
from qtwin.jobs.models.job import APPROVAL
from qtwin.jobs.selectors import (
    approval_words,
    approvers_instead,
    jobs_writable_by,
    release_in_doubt,
    spending_allowed,
)
from qtwin.jobs.services import (
    NotConfirmed,
    NotPossible,
    job_approve,
    job_cancel,
    job_hold,
    job_release,
    job_retry,
)
from qtwin.jobs.services.hold import HOLDABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """Which are open to one person now; ``typed`` is what must be typed to go on, if anything."""

    cancel: bool = False
    hold: bool = False
    release: bool = False
    retry: bool = False
    approve: bool = False
    typed: str = ""


def actions_of(job: Job, user: User) -> Actions:
    """What the user may do to the job as it stands."""
    writes = jobs_writable_by(user).filter(pk=job.pk).exists()
    free = not job.is_terminal and job.cancel_requested_at is None
    approval = free and job.state == State.HOLD and job.reason_code == APPROVAL
    doubtful = release_in_doubt(job)
    spends = approval or doubtful or bool(job.estimated_cost)
    pays = spends and spending_allowed(user, job.project)
    held = writes and free and job.state == State.HOLD and job.release_requested_at is None
    approve = approval and pays and not approvers_instead(job, user)
    release = held and not approval and (pays or not spends)
    words = approval_words(job) if approve else ""
    return Actions(
        cancel=writes and free,
        hold=writes and free and job.state in HOLDABLE,
        release=release,
        retry=writes and job.is_terminal and job.replay_of_id is None and _left(job),
        approve=approve,
        typed=str(job.pk) if release and doubtful else words,
    )


def _left(job: Job) -> bool:
    return job.points_done < job.points_total or job.points_failed > 0


def job_act(job: Job, verb: str, *, by: User, typed: str) -> Job:
    """Do it; returns the job to look at next, which is a new one after a retry.

    Raises:
        NotPossible: If the job has moved on, or the person may not.
        NotConfirmed: If another text was typed than the page asks for.
        OwnJob: If somebody else became an approver meanwhile.
        BackendError: If a retry is refused.
    """
    offered = actions_of(job, by)
    if not getattr(offered, verb):
        raise NotPossible(f"The job is {job.shown_state} now: you cannot {verb} it.")
    if verb in {"release", "approve"} and typed.strip() != offered.typed:
        raise NotConfirmed(f"{typed!r} was typed; to {verb} it, type {offered.typed!r}.")
    return VERBS[verb](job, by)


VERBS: Mapping[str, Callable[[Job, User], Job]] = {
    "cancel": lambda job, by: job_cancel(job=job, by=by),
    "hold": lambda job, by: job_hold(job=job, why="", by=by),
    "release": lambda job, by: job_release(job=job, by=by),
    "retry": lambda job, by: job_retry(job=job, by=by),
    "approve": lambda job, by: job_approve(job=job, confirm=approval_words(job), by=by),
}
