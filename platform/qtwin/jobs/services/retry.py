"""A person's retry: a new job for the points that have no answer."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.jobs.models import Job
from qtwin.jobs.services.hold import NotPossible
from qtwin.jobs.services.plan import JobSpec
from qtwin.jobs.services.submit import job_submit


def job_retry(*, job: Job, by: User | None, may_spend: bool = True) -> Job:
    """Submit the points of an ended job that it did not measure, with the source as it is now.

    Points that it measured are evidence already. A job is retried once; asking again gives the
    same new job.

    Args:
        may_spend: Whether the caller's token has the right to spend.

    Raises:
        SpendingRefused: If it costs what may not be spent.
        NotPossible: If the job has not ended, or every point was measured.
        ProgramRejected: If it can no longer run.
        UnknownBackend: If the source's backend is no longer installed.
    """
    if not job.is_terminal:
        raise NotPossible(
            f"a job that is {job.state} cannot be retried; allowed: DONE, FAILED, CANCELLED"
        )
    if job.replay_of_id is not None:
        raise NotPossible("a replay cannot be retried; replay the job that it checks again")
    known = Job.objects.filter(retry_of=job).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            retry = job_submit(
                project=job.project, spec=_rest(job), by=by, retry_of=job, may_spend=may_spend
            )
            audit_record(
                action="job.retry", user=by, team=job.project.team, target=f"job:{retry.pk}"
            )
            return retry
    except IntegrityError:  # somebody else was faster
        return Job.objects.get(retry_of=job)


def _rest(job: Job) -> JobSpec:
    rows = sorted(
        {*job.failures.values_list("row", flat=True), *range(job.points_done, job.points_total)}
    )
    if not rows:
        raise NotPossible("every point of the job was measured")
    return JobSpec(
        source=job.source_revision.source,
        points=[job.points[row] for row in rows],
        knobs={
            knob: [job.knob_values[row][column] for row in rows]
            for column, knob in enumerate(job.knobs)
        },
        observables=job.observables,
        shots=job.shots,
    )
