"""Waiting runs become jobs, a few at a time, each exactly once."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import transaction

from backends.errors import BackendError
from qtwin.accounts.acting import acting
from qtwin.accounts.models import User
from qtwin.campaigns.models import Campaign, Entry, Retry, Run, Step
from qtwin.campaigns.services.observe import job_seen, run_set
from qtwin.campaigns.services.spender import submitters
from qtwin.campaigns.states import RUN_ENDED, RunState, StepState
from qtwin.jobs.models import Job
from qtwin.jobs.services import JobSpec, NotPossible, job_retry, job_submit
from qtwin.projects.refusal import SpendingRefused

BATCH = 8
"""Jobs made in one transaction, which must stay short."""


def runs_submit(campaign: Campaign) -> bool:
    """Make jobs until the campaign has its share of open ones; says whether there is room for more.

    A job is keyed by the campaign and the number of its run, so that a step that is taken again
    cannot make a second one.

    Raises:
        SpendingRefused: If the next one would spend what it may not, or who asked for it may no
            longer submit jobs; those before it are made.
    """
    open_runs = campaign.runs.exclude(state__in=RUN_ENDED)
    room = int(settings.CAMPAIGN_OPEN_JOBS) - open_runs.filter(job__isnull=False).count()
    waiting = open_runs.filter(job=None, entry__step__state=StepState.RUNNING)
    rows = list(
        waiting.select_related("entry__step", "source")
        .prefetch_related("source__revisions")
        .order_by("number")[: max(0, min(room, BATCH))]
    )
    check = submitters(campaign.project)
    for run in rows:
        _submit(campaign, run, check)
    return len(rows) == BATCH < room


def _submit(campaign: Campaign, run: Run, check: Callable[[User], None]) -> None:
    try:
        with transaction.atomic():
            job = _job(campaign, run, check)
    except SpendingRefused:
        raise
    except (BackendError, LookupError, NotPossible) as error:
        lost = run.points_total - run.points_kept
        run_set(run, state=RunState.FAILED, reason=str(error), points_failed=lost)
    else:
        run_set(run, job=job, **job_seen(run, job))


def _job(campaign: Campaign, run: Run, check: Callable[[User], None]) -> Job:
    retry = run.retries.select_related("job__project__team", "created_by", "token").last()
    asked: Campaign | Retry = retry or campaign
    by = None if asked.created_by is None else acting(asked.created_by, asked.token)
    if by is not None:
        check(by)
    if retry is not None and retry.job is not None:
        return job_retry(job=retry.job, by=by, may_spend=retry.may_spend)
    return job_submit(
        project=campaign.project,
        spec=JobSpec(
            source=run.source,
            points=run.entry.points,
            knobs=run.knobs,
            observables=_observables(run.entry),
            shots=run.shots,
            seed=run.seed if run.shots else None,  # without shots, known numbers may be reused
        ),
        by=by,
        request=campaign.request,
        index=run.number,
        may_spend=asked.may_spend,
    )


def _observables(entry: Entry) -> list[str]:
    """A loop decides on one observable; what it starts from may name more."""
    spec = entry.step.spec
    if entry.step.kind == Step.Kind.SWEEP:
        return list(spec["observables"])
    started = entry.decision_id is None and spec["start"]["observables"]
    return list(started or [spec["observable"]])
