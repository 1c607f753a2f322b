"""How far a campaign has come, from the counters of its steps."""

from __future__ import annotations

from qtwin.campaigns.models import Campaign
from qtwin.campaigns.states import StepState

LEFT_OUT = (StepState.SKIPPED, StepState.CANCELLED)


def progress_of(campaign: Campaign) -> dict[str, int]:
    """Sums over the steps that were not left out."""
    steps = [step for step in campaign.steps.all() if step.state not in LEFT_OUT]
    return {
        "jobs_total": sum(step.runs_total for step in steps),
        "jobs_ended": sum(step.runs_ended for step in steps),
        "points_total": sum(step.points_total for step in steps),
        "points_measured": sum(step.points_measured for step in steps),
        "points_failed": sum(step.points_failed for step in steps),
    }
