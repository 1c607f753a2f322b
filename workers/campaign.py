"""One fenced step of one campaign."""

from __future__ import annotations

import logging

from django.conf import settings

from qtwin.campaigns.services import (
    CampaignLost,
    campaign_advance,
    campaign_claim,
    campaign_renew,
)
from workers.heartbeat import heartbeat

log = logging.getLogger(__name__)


def advance(campaign_id: str, *, owner: str) -> None:
    """Claim the campaign, take its next step, and keep the lease meanwhile."""
    lease_s = float(settings.JOB_LEASE_S)
    campaign = campaign_claim(campaign_id, owner=owner, lease_s=lease_s)
    if campaign is None:
        return
    try:
        with heartbeat(
            lambda: campaign_renew(campaign, owner=owner, lease_s=lease_s), every_s=lease_s / 4
        ):
            campaign_advance(campaign)
    except CampaignLost as lost:
        log.warning("dropped a step: %s", lost)
