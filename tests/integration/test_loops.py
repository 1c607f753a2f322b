"""Train, transfer, measure, refit, train again: by the functions that tasks call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.campaigns.models import Campaign
from qtwin.campaigns.selectors import campaigns_due
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from qtwin.training.models import Loop, TrainingRun, TransferReport, World
from qtwin.training.selectors import loops_due
from tests.integration.worlds import LEARNER, PULSE
from tests.integration.worlds import work as train_and_report
from workers.campaign import advance
from workers.training import loop as take_step

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = "1970-01-01T00:00:00Z"
MISS = {"amplitude_scale": 0.9}
ASKED: dict[str, Any] = {
    "learner": LEARNER,
    "seed": 3,
    "evaluations": 300,
    "report": {"stages": ["nominal", "noisy"], "episodes": 10, "noise": MISS},
    "campaign": {
        "name": "Measure again",
        "sweep": {"sources": ["hf", "fci"], "points": [0.6, 0.8, 1.1, 1.6]},
    },
    "rounds": 3,
}


def steps(fitted: Callable[[Project], None], project: Project) -> None:
    """One step of every loop that is due, and all that it asked for done."""
    Loop.objects.update(next_run_at=LONG_AGO)
    for loop_id in loops_due(9):
        take_step(str(loop_id), owner="test")
    train_and_report()
    for _ in range(3):
        Campaign.objects.update(next_run_at=LONG_AGO)
        for campaign_id in campaigns_due(9, planning=False):
            advance(str(campaign_id), owner="test")
        if Campaign.objects.exists():
            fitted(project)


def test_a_loop_measures_between_its_rounds_and_ends_when_the_gap_no_longer_falls(
    project: Project, api: APIClient, fitted: Callable[[Project], None]
) -> None:
    place = f"/api/v1/projects/{project.pk}/worlds"
    world = api.post(place, {"name": "flip", "document": PULSE}, format="json").json()
    answer = api.post(f"/api/v1/worlds/{world['id']}/loops", ASKED, format="json")
    assert answer.status_code == 202, answer.content
    assert not Campaign.objects.exists()  # that one was only tried
    found: dict[str, Any] = answer.json()
    for _ in range(20):
        if found["state"] in {"done", "failed"}:
            break
        steps(fitted, project)
        found = api.get(answer["Location"]).json()
    assert found["state"] == "done", found
    first, second = found["rounds"]
    assert "no more than its error" in found["reason"]
    assert first["fall"] is None
    assert second["fall"]["value"] == pytest.approx(
        first["gap"]["absolute"] - second["gap"]["absolute"]
    )
    assert second["fall"]["lower"] <= 0.0  # the measurements say nothing of this qubit
    assert (first["world"], second["campaign"]) == (world["id"], None)
    anew = World.objects.get(pk=second["world"])
    assert (anew.name, anew.document) == ("flip, round 2", PULSE)
    assert anew.twin_version is not None
    assert anew.twin_version.number >= 1
    assert Measurement.objects.filter(project=project).count() == 8
    assert TrainingRun.objects.count() == TransferReport.objects.count() == 2
    report = TransferReport.objects.get(pk=second["report"])
    assert report.asked["earlier"] == {"retraining": first["policy"]}
    assert [row["by"] for row in report.document["closed"]] == ["retraining"]
    listed = api.get(f"/api/v1/worlds/{world['id']}/loops").json()["results"]
    assert listed == [found]
    assert api.post(f"{answer['Location']}:cancel").status_code == 409
