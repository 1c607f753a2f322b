"""Run an ended job again with the same seeds, to compare its numbers; the twin does not see it."""

from __future__ import annotations

from qtwin.jobs.models import Job
from qtwin.jobs.selectors import jobs_reused_by
from qtwin.jobs.services.plan import JobSpec


class NotReplayable(Exception):
    """There is nothing to run again; the message says why."""


def replay_spec(job: Job) -> JobSpec:
    """What `job_submit` needs to run a job again: points in its order, its revision, its seed.

    Raises:
        NotReplayable: If it has not ended, or computed nothing itself.
    """
    if not job.is_terminal:
        raise NotReplayable(f"the job is {job.shown_state}; allowed: a job that has ended")
    if job.points_reused == job.points_total:
        jobs = ", ".join(str(pk) for pk in jobs_reused_by(job))
        raise NotReplayable(f"the job computed nothing; replay what it reuses: {jobs}")
    columns = zip(*job.knob_values, strict=True) if job.knobs else ()
    return JobSpec(
        source=job.source_revision.source,
        points=job.points,
        knobs=dict(zip(job.knobs, columns, strict=True)),
        observables=job.observables,
        shots=job.shots,
        seed=job.seed,
        force=True,
        replay_of=job,
    )
