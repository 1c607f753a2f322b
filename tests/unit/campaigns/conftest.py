"""Campaigns made over HTTP, and steps of them taken in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.campaigns.models import Campaign
from qtwin.projects.models import Project
from workers.campaign import advance

Body = dict[str, Any]
SWEEP: Body = {"sources": ["hf", "fci"], "points": [0.5, 0.7, 0.9, 1.1, 1.3], "chunk_points": 2}


def sweep(**changes: Any) -> Body:
    """The body of a small sweep."""
    return {"name": "curve", "sweep": {**SWEEP, **changes}}


@pytest.fixture
def start(api: APIClient, project: Project) -> Callable[..., Campaign]:
    """Start a campaign over HTTP."""

    def run(body: Body, **headers: str) -> Campaign:
        path = f"/api/v1/projects/{project.pk}/campaigns"
        response = api.post(path, body, format="json", headers=headers)
        assert response.status_code in {200, 202}, response.content
        return Campaign.objects.get(pk=response.json()["id"])

    return run


def take(campaign: Campaign) -> Campaign:
    """One step of a campaign, due or not; the row as it is then."""
    Campaign.objects.filter(pk=campaign.pk).update(next_run_at="1970-01-01T00:00:00Z")
    advance(str(campaign.pk), owner="test")
    campaign.refresh_from_db()
    return campaign


def end_jobs(campaign: Campaign, *, failed: tuple[str, ...] = ()) -> None:
    """Let every open job of a campaign end, without anybody computing it."""
    from django.utils import timezone

    from qtwin.jobs.models import Job, State
    from qtwin.jobs.states import TERMINAL

    rows = Job.objects.filter(campaign_runs__campaign=campaign).exclude(state__in=TERMINAL)
    for job in rows.select_related("source_revision__source"):
        lost = job.source_revision.source.name in failed
        Job.objects.filter(pk=job.pk).update(
            state=State.FAILED if lost else State.DONE,
            points_done=0 if lost else job.points_total,
            reason_code="broken" if lost else "",
            reason="It broke." if lost else "",
            finished_at=timezone.now(),
        )
