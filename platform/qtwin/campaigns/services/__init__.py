"""Every write to a campaign."""

from qtwin.campaigns.services.advance import campaign_advance
from qtwin.campaigns.services.control import campaign_cancel, campaign_pause, campaign_resume
from qtwin.campaigns.services.create import CampaignConflict, campaign_create
from qtwin.campaigns.services.lease import campaign_claim, campaign_renew
from qtwin.campaigns.services.move import CampaignLost
from qtwin.campaigns.services.retry import NothingToRetry, campaign_retry
from qtwin.campaigns.services.schedule import (
    schedule_create,
    schedule_fire,
    schedule_remove,
    schedule_set,
)

__all__ = [
    "CampaignConflict",
    "CampaignLost",
    "NothingToRetry",
    "campaign_advance",
    "campaign_cancel",
    "campaign_claim",
    "campaign_create",
    "campaign_pause",
    "campaign_renew",
    "campaign_resume",
    "campaign_retry",
    "schedule_create",
    "schedule_fire",
    "schedule_remove",
    "schedule_set",
]
