"""Tables of campaigns."""

from qtwin.campaigns.models.campaign import Campaign
from qtwin.campaigns.models.decision import Decision
from qtwin.campaigns.models.entry import Entry, Run
from qtwin.campaigns.models.retry import Retry
from qtwin.campaigns.models.schedule import Schedule
from qtwin.campaigns.models.step import Step

__all__ = ["Campaign", "Decision", "Entry", "Retry", "Run", "Schedule", "Step"]
