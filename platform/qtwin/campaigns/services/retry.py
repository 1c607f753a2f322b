"""Everything of a campaign that has no answer, once more."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import Count, F, Sum

from backends import registry
from backends.errors import UnknownBackend
from qtwin.accounts.acting import token_by
from qtwin.accounts.models import User
from qtwin.campaigns.models import Campaign, Retry, Step
from qtwin.campaigns.selectors import loops_retryable, runs_retryable
from qtwin.campaigns.services.branch import steps_before
from qtwin.campaigns.services.control import campaign_set
from qtwin.campaigns.services.spender import spender_check
from qtwin.campaigns.states import RunState, State, StepState
from qtwin.projects.models import Source
from qtwin.projects.refusal import SpendingRefused

BATCH = 200
AGAIN = {
    "job": None,
    "state": RunState.WAITING,
    "reason": "",
    "points_failed": 0,
    "points_kept": F("points_measured"),
    "retried": F("retried") + 1,
}


class NothingToRetry(Exception):
    """The message says why."""


@transaction.atomic
def campaign_retry(*, campaign: Campaign, by: User | None, may_spend: bool = True) -> int:
    """Let failed runs, and points without an answer, wait for new jobs.

    A campaign that ended goes on, with the steps that were left out because of the failure; a loop
    that failed asks its twin again. A paused one makes the jobs when it is resumed.

    Args:
        may_spend: Whether the caller's token has the right to spend; the new jobs have no other.

    Returns:
        How many runs.

    Raises:
        NothingToRetry: If nothing failed, or the campaign was cancelled.
        SpendingRefused: If a run costs money and the token may not spend, or more than these runs
            would go on by the right of who began the campaign.
    """
    if not _reopened(campaign, by):
        raise NothingToRetry(f"the campaign is {_word(campaign)}; allowed: any but cancelled ones")
    if not may_spend:
        _check_free(campaign)
    loops = set(loops_retryable(campaign).values_list("pk", flat=True))
    runs = _runs_again(campaign, by, may_spend=may_spend)
    steps = {step.name: step for step in campaign.steps.all()}
    again = {name for name, step in steps.items() if step.pk in runs or step.pk in loops}
    if not again:
        raise NothingToRetry("no run of the campaign failed, and no point is without an answer")
    skipped = [
        step
        for step in steps.values()
        if step.state == StepState.SKIPPED and again & set(steps_before(step, steps))
    ]
    if skipped or any(steps[name].kind == Step.Kind.LOOP for name in again):
        spender_check(campaign, by=by, may_spend=may_spend)
    for name in again:
        _step_again(steps[name], *runs.get(steps[name].pk, (0, 0)))
    for step in skipped:
        _wait_again(step)
    return sum(count for count, _ in runs.values())


def _reopened(campaign: Campaign, by: User | None) -> bool:
    to = partial(campaign_set, campaign, "retry", by)
    return (
        to(only=[State.RUNNING], state=State.RUNNING)
        or to(only=[State.PAUSED], state=State.PAUSED)
        or to(only=[State.DONE, State.FAILED], state=State.RUNNING, finished_at=None, reason="")
    )


def _word(campaign: Campaign) -> str:
    campaign.refresh_from_db()
    return campaign.state if campaign.is_terminal else "being cancelled"


def _check_free(campaign: Campaign) -> None:
    sources = Source.objects.filter(pk__in=runs_retryable(campaign).values("source"))
    for source in sources.prefetch_related("revisions"):
        try:
            backend = registry.get(source.latest.backend)
        except UnknownBackend:
            continue  # its jobs will be refused one by one
        if backend.capabilities.paid:
            raise SpendingRefused(
                f"{source.name} costs money; the token needs the scope spend", code="scope"
            )


def _runs_again(
    campaign: Campaign, by: User | None, *, may_spend: bool
) -> dict[int, tuple[int, int]]:
    """Let the runs wait again; how many of each step, and how many points they had lost."""
    rows = runs_retryable(campaign).order_by()
    found = rows.values_list("entry__step_id").annotate(Count("pk"), Sum("points_failed"))
    counts = {step: (runs, points) for step, runs, points in found}
    asked = {"created_by": by, "token": token_by(by), "may_spend": may_spend}
    Retry.objects.bulk_create(
        (
            Retry(run_id=run, number=retried, job_id=job, **asked)
            for run, retried, job in rows.values_list("pk", "retried", "job")
        ),
        batch_size=BATCH,
    )
    rows.update(**AGAIN)
    return counts


def _step_again(step: Step, runs: int, points: int) -> None:
    Step.objects.filter(pk=step.pk).update(
        state=StepState.RUNNING,
        reason="",
        evidence=None,
        runs_ended=F("runs_ended") - runs,
        points_failed=F("points_failed") - points,
    )


def _wait_again(step: Step) -> None:
    """What it was to run was cancelled with it."""
    left_out = step.campaign.runs.filter(entry__step=step, job=None, state=RunState.CANCELLED)
    count = left_out.update(state=RunState.WAITING, reason="")
    Step.objects.filter(pk=step.pk).update(
        state=StepState.WAITING, reason="", runs_ended=F("runs_ended") - count
    )
