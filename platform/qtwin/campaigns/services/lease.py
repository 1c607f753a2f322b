"""Who may work on a campaign now, on the database's clock."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now

from qtwin.accounts.acting import acting
from qtwin.campaigns.models import Campaign
from qtwin.campaigns.states import LIVE


def campaign_claim(campaign_id: UUID | str, *, owner: str, lease_s: float) -> Campaign | None:
    """Take a due campaign: one UPDATE. None when it is not to be had."""
    due = Campaign.objects.filter(
        pk=campaign_id, state__in=LIVE, lease_until__lt=Now(), next_run_at__lte=Now()
    )
    if not due.update(
        fence=F("fence") + 1, lease_owner=owner, lease_until=Now() + timedelta(seconds=lease_s)
    ):
        return None
    held = Campaign.objects.filter(pk=campaign_id, lease_owner=owner)
    campaign = held.select_related("project__team", "request", "created_by", "token").first()
    if campaign is not None and campaign.created_by is not None:
        acting(campaign.created_by, campaign.token)
    return campaign


def campaign_renew(campaign: Campaign, *, owner: str, lease_s: float) -> bool:
    """Keep the lease; False when it was lost or given back. The fence stays."""
    held = Campaign.objects.filter(pk=campaign.pk, fence=campaign.fence, lease_owner=owner)
    return bool(held.update(lease_until=Now() + timedelta(seconds=lease_s)))
