"""One fenced step of one campaign."""

from __future__ import annotations

import logging

from qtwin.campaigns.services import (
    CampaignLost,
    campaign_advance,
    campaign_claim,
    campaign_renew,
)
from workers.heartbeat import heartbeat

LEASE_S = 20.0
log = logging.getLogger(__name__)


def advance(campaign_id: str, *, owner: str) -> None:
    """Claim the campaign, take its next step, and keep the lease meanwhile."""
    campaign = campaign_claim(campaign_id, owner=owner, lease_s=LEASE_S)
    if campaign is None:
        return
    try:
        with heartbeat(lambda: campaign_renew(campaign, lease_s=LEASE_S), every_s=LEASE_S / 4):
            campaign_advance(campaign)
    except CampaignLost as lost:
        log.warning("dropped a step: %s", lost)
