"""From what was asked for to a queued job."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from qtwin import tracing
from qtwin.accounts.acting import token_by
from qtwin.accounts.models import User
from qtwin.jobs import dispatch
from qtwin.jobs.identity import digest, job_document
from qtwin.jobs.models import Event, Job, JobRequest
from qtwin.jobs.models.job import PRIORITY_STEP
from qtwin.jobs.services.plan import JobSpec, job_plan
from qtwin.jobs.services.reuse import reuse_record
from qtwin.jobs.services.seed import fresh_seed
from qtwin.jobs.services.spending import held_for_approval, spending_check, spending_reserve
from qtwin.projects.models import Project, Unit


@tracing.spanned("job.submit")
@transaction.atomic
def job_submit(
    *,
    project: Project,
    spec: JobSpec,
    by: User | None,
    request: JobRequest | None = None,
    index: int = 0,
    retry_of: Job | None = None,
    may_spend: bool = True,
) -> Job:
    """Check a job, reserve what it may cost, record it, and hint at it once that is committed.

    Args:
        may_spend: Whether the caller's token has the right to spend.

    Raises:
        SpendingRefused: If it costs what may not be spent.
        ProgramRejected: If it can never run; its field is a pointer into the specification.
        UnknownBackend: If the source's backend is no longer installed.
    """
    plan = job_plan(project, spec)
    revision, known, cost = plan.revision, plan.known, plan.cost
    experiment = known.experiment
    asked: dict[Unit, int] = {}
    if plan.new_points:
        asked = spending_check(project, plan.backend, cost, may_spend=may_spend)
    job = Job.objects.create(
        project=project,
        source_revision=revision,
        created_by=by,
        token=token_by(by),
        request=request,
        request_index=index,
        retry_of=retry_of,
        trace=tracing.current(),
        points=experiment.points.tolist(),
        knobs=list(experiment.knobs),
        knob_values=experiment.knob_values.tolist() if experiment.knobs else [],
        observables=list(experiment.observables),
        shots=spec.shots,
        seed=spec.seed if spec.seed is not None else fresh_seed(revision),
        seed_given=spec.seed is not None,
        force=spec.force,
        spec_hash=digest(job_document(experiment, revision.backend, spec.shots)),
        replay_of=spec.replay_of,
        estimated_seconds=cost.seconds,
        estimated_cost=asked.get(Unit.MONEY, 0),
        estimated_qpu_seconds=cost.qpu_seconds,
        estimated_shots=cost.shots,
        prices=cost.prices,
        **held_for_approval(project, asked),
        points_total=len(experiment.points),
        points_done=known.points,
        points_reused=known.points,
        chunk_points=spec.replay_of.chunk_points if spec.replay_of else plan.chunk_points,
        priority=spec.priority,
        rank_at=Now() - spec.priority * PRIORITY_STEP,
    )
    Event.objects.create(project=project, job=job, kind="job.state", to_state=job.state)
    spending_reserve(job, asked)
    reuse_record(job, known)
    transaction.on_commit(partial(dispatch.hint, job.pk))
    return job
