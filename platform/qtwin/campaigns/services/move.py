"""The only way in which a campaign changes state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from qtwin.campaigns.models import Campaign
from qtwin.campaigns.states import MOVES, TERMINAL, State
from qtwin.jobs.models import Event
from qtwin.jobs.models.job import NEVER


class CampaignLost(Exception):
    """Somebody else holds the campaign now, or it moved on; drop what you have."""


@transaction.atomic
def campaign_move(campaign: Campaign, to: State, *, wait_s: float = 0.0, **fields: Any) -> None:
    """Compare-and-set ``state`` under the fence and give the lease back, in one transaction.

    Args:
        wait_s: When it is next due, from now.
        fields: Other columns to set.

    Raises:
        CampaignLost: If the fence or the state no longer holds. Nothing was written.
        ValueError: If no such move exists.
    """
    before = State(campaign.state)
    if to not in MOVES[before]:
        raise ValueError(f"no move from {before} to {to}; allowed: {sorted(MOVES[before])}")
    fields |= {
        "state": to,
        "next_run_at": Now() + timedelta(seconds=wait_s),
        "lease_until": NEVER,
        "lease_owner": "",
    }
    if to in TERMINAL:
        fields |= {"finished_at": Now(), "planning": False}
    rows = Campaign.objects.filter(pk=campaign.pk, fence=campaign.fence, state=before)
    if not rows.update(**fields):
        raise CampaignLost(f"campaign {campaign.pk} at fence {campaign.fence}")
    if to != before:
        campaign_tell(campaign, to)
    campaign.refresh_from_db(fields=list(fields))


def campaign_tell(campaign: Campaign, to: State) -> None:
    """Append the event of a change of state."""
    Event.objects.create(
        project_id=campaign.project_id,
        kind="campaign.state",
        fence=campaign.fence,
        data={"campaign": str(campaign.pk), "name": campaign.name, "state": to.value},
    )
