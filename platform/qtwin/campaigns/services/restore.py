"""After a backup was put back: nothing is bought again that the database forgot."""

from __future__ import annotations

from django.db import transaction

from qtwin.campaigns.models import Campaign
from qtwin.campaigns.services.control import campaign_pause
from qtwin.campaigns.states import State
from qtwin.jobs.models import Restore


@transaction.atomic
def restore_note() -> int:
    """Look for every job at its vendor before it is sent; pause campaigns, and say how many.

    A campaign would ask anew for what it was told after the backup was made.
    """
    Restore.objects.create()
    running = Campaign.objects.filter(state=State.RUNNING).select_related("project__team")
    return sum(campaign_pause(campaign=campaign, by=None) for campaign in running)
