"""One fenced step of a campaign: look at its jobs, decide, make more jobs, give it back."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from qtwin.campaigns import dispatch
from qtwin.campaigns.models import Campaign, Run, Step
from qtwin.campaigns.services.branch import step_skip, steps_branch
from qtwin.campaigns.services.decide import advice_take, loop_ask, loops_look
from qtwin.campaigns.services.lease import campaign_renew
from qtwin.campaigns.services.move import CampaignLost, campaign_move
from qtwin.campaigns.services.observe import runs_observe
from qtwin.campaigns.services.submit import runs_submit
from qtwin.campaigns.states import RUN_ENDED, STEP_ENDED, State, StepState
from qtwin.jobs.services import job_cancel
from qtwin.projects.refusal import SpendingRefused
from qtwin.twins.predictor.client import PredictorFailed

POLL_S = 1.0
REST_S = 3.0
ASLEEP_S = 1e9
"""A paused campaign without open jobs waits for a person."""
MUTE = "The twin does not answer; resume to ask again:"


def campaign_advance(campaign: Campaign) -> None:
    """Take the next step of a claimed campaign; all that it writes lands at once, or not at all.

    Raises:
        CampaignLost: If somebody else has it; nothing is recorded then.
    """
    if campaign.cancel_requested_at is not None:
        _stop(campaign)
        return
    try:
        advice = loop_ask(campaign) if campaign.planning else None
    except PredictorFailed as error:
        campaign_move(campaign, State.PAUSED, wait_s=ASLEEP_S, reason=f"{MUTE} {error}")
        return
    with transaction.atomic():
        _hold(campaign)
        moved = runs_observe(campaign)
        if campaign.state == State.PAUSED:
            wait_s = POLL_S if _open(campaign) else ASLEEP_S
            campaign_move(campaign, State.PAUSED, wait_s=wait_s)
            return
        if advice is not None:
            advice_take(campaign, advice)
        steps = steps_branch(campaign)
        planning = loops_look(steps)
        try:
            more = runs_submit(campaign)
        except SpendingRefused as refused:
            reason = f"{refused}. Resume when it may be spent."
            campaign_move(campaign, State.PAUSED, wait_s=POLL_S, reason=reason, planning=planning)
            return
        if all(step.state in STEP_ENDED for step in steps):
            _finish(campaign, steps)
            return
        wait_s = 0.0 if more or planning else POLL_S if moved else REST_S
        reason = _sentence(steps)
        campaign_move(campaign, State.RUNNING, wait_s=wait_s, reason=reason, planning=planning)
        if more:
            transaction.on_commit(lambda: dispatch.hint(campaign.pk))


def _hold(campaign: Campaign) -> None:
    """Lock the row first, so that of two holders one writes nothing."""
    lease_s = float(settings.JOB_LEASE_S)
    if not campaign_renew(campaign, owner=campaign.lease_owner, lease_s=lease_s):
        raise CampaignLost(f"campaign {campaign.pk} at fence {campaign.fence}")


def _open(campaign: Campaign) -> QuerySet[Run]:
    """Runs whose job has not ended."""
    rows = campaign.runs.filter(job__isnull=False).exclude(state__in=RUN_ENDED)
    return rows.select_related("job__project__team")


def _stop(campaign: Campaign) -> None:
    """Cancel what is open; the campaign ends when every job did."""
    for run in _open(campaign):
        if run.job is not None and not run.job.is_terminal:
            job_cancel(job=run.job, by=None)
    with transaction.atomic():
        _hold(campaign)
        runs_observe(campaign)
        if _open(campaign).exists():
            campaign_move(campaign, State.RUNNING, wait_s=POLL_S)
            return
        for step in campaign.steps.exclude(state__in=STEP_ENDED):
            step.campaign = campaign
            step_skip(step, "The campaign was cancelled.", state=StepState.CANCELLED)
        campaign_move(campaign, State.CANCELLED, reason="Cancelled on request.")


def _finish(campaign: Campaign, steps: Sequence[Step]) -> None:
    """It failed if a step did and no later step made up for it."""
    made_up = {name for step in steps if step.state == StepState.DONE for name in step.after}
    lost = [s for s in steps if s.state == StepState.FAILED and s.name not in made_up]
    if lost:
        reason = " ".join(f"{step.name}: {step.reason}" for step in lost)
        campaign_move(campaign, State.FAILED, reason=reason)
    else:
        campaign_move(campaign, State.DONE, reason=_outcome(steps))


def _outcome(steps: Sequence[Step]) -> str:
    if len(steps) == 1:
        return steps[0].reason
    return " ".join(f"{step.name}: {step.reason}" for step in steps)


def _sentence(steps: Sequence[Step]) -> str:
    """What it is doing now."""
    told = [step.reason for step in steps if step.state == StepState.RUNNING and step.reason]
    ended, total = sum(s.runs_ended for s in steps), sum(s.runs_total for s in steps)
    return " ".join([*told, f"{ended} of {total} jobs have ended."])
