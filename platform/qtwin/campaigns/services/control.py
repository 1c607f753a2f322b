"""What people do to a campaign: pause, resume, cancel.

Each raises the fence, so that a step that is being taken meanwhile is dropped whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.campaigns import dispatch
from qtwin.campaigns.models import Campaign
from qtwin.campaigns.services.move import campaign_tell
from qtwin.campaigns.services.spender import spender_check
from qtwin.campaigns.states import LIVE, State
from qtwin.jobs.models.job import NEVER


def campaign_pause(*, campaign: Campaign, by: User | None) -> bool:
    """Make no more jobs; those that there are go on. False unless it was running."""
    return campaign_set(campaign, "pause", by, only=[State.RUNNING], state=State.PAUSED)


def campaign_resume(*, campaign: Campaign, by: User | None, may_spend: bool = True) -> bool:
    """Go on where it stopped. False unless it was paused.

    Args:
        may_spend: Whether the caller's token has the right to spend.

    Raises:
        SpendingRefused: It would spend what the caller may not.
    """
    spender_check(campaign, by=by, may_spend=may_spend)
    return campaign_set(campaign, "resume", by, only=[State.PAUSED], state=State.RUNNING)


def campaign_cancel(*, campaign: Campaign, by: User | None) -> bool:
    """Ask for the end: a worker cancels the open jobs first. False if it has ended already."""
    return campaign_set(
        campaign,
        "cancel",
        by,
        only=LIVE,
        state=State.RUNNING,
        cancel_requested_at=Now(),
        reason="A cancellation was asked for; its open jobs are being stopped.",
    )


@transaction.atomic
def campaign_set(
    campaign: Campaign,
    verb: str,
    by: User | None,
    *,
    only: Sequence[State],
    state: State,
    **fields: Any,
) -> bool:
    """Bring a campaign from one of some states into another; False when it is in none of them."""
    rows = Campaign.objects.filter(pk=campaign.pk, state__in=only, cancel_requested_at=None)
    done = rows.update(
        state=state,
        fence=F("fence") + 1,
        lease_until=NEVER,
        lease_owner="",
        next_run_at=Now(),
        **fields,
    )
    if done:
        campaign.refresh_from_db()
        if list(only) != [state]:
            campaign_tell(campaign, state)
        audit_record(
            action=f"campaign.{verb}",
            user=by,
            team=campaign.project.team,
            target=f"campaign:{campaign.pk}",
        )
        transaction.on_commit(lambda: dispatch.hint(campaign.pk))
    return bool(done)
