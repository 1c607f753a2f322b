"""The examples of ``docs/campaigns.md``, run to their ends by the functions of the workers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from backends.systems.document import shown
from qtwin.campaigns.models import Campaign
from qtwin.campaigns.selectors import campaigns_due
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from tests.docs.fences import blocks
from workers.campaign import advance

EXAMPLES: dict[str, Any] = {
    "sweep": json.loads(*blocks("campaigns.md", "json", "example: sweep")),
    "loop": json.loads(*blocks("campaigns.md", "json", "example: loop")),
    "steps": json.loads(*blocks("campaigns.md", "json", "example: steps")),
}
Fitted = Callable[[Project], None]
Run = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture
def run(api: APIClient, project: Project, fitted: Fitted) -> Run:
    """Post a campaign and let workers take it to its end."""

    def go(body: dict[str, Any]) -> dict[str, Any]:
        path = f"/api/v1/projects/{project.pk}/campaigns"
        response = api.post(path, body, format="json")
        assert response.status_code == 202, response.content
        for _ in range(60):
            Campaign.objects.update(next_run_at="1970-01-01T00:00:00Z")
            for planning in (False, True):
                for campaign_id in campaigns_due(10, planning=planning):
                    advance(str(campaign_id), owner="test")
            fitted(project)
            answer: dict[str, Any] = api.get(response["Location"]).json()
            if answer["state"] not in {"running", "paused"}:
                return answer
        raise AssertionError(shown(answer))

    return go


def test_the_sweep_measures_each_point_once(run: Run, project: Project) -> None:
    done = run(EXAMPLES["sweep"])
    assert done["state"] == "done"
    assert done["progress"]["jobs_total"] == 6
    rows = Measurement.objects.filter(project=project)
    seen = [(row.source_revision.source.name, *row.point) for row in rows]
    assert len(seen) == len(set(seen)) == 27
    assert {row.shots for row in rows if row.source_revision.source.name == "vqe-ideal"} == {500}


def test_the_loop_reaches_its_target_and_says_why_it_did_what(
    api: APIClient, run: Run, project: Project
) -> None:
    asked = EXAMPLES["loop"]["loop"]
    done = run(EXAMPLES["loop"])
    assert done["state"] == "done", done
    (step,) = done["steps"]
    assert step["sigma"] <= asked["target"]
    assert step["spent"] <= asked["budget"]
    assert "reached" in done["reason"]
    found = api.get(f"/api/v1/campaigns/{done['id']}/decisions").json()["results"]
    assert [row["number"] for row in found] == list(range(1, len(found) + 1))
    assert [row["stop"] for row in found] == [*[False] * (len(found) - 1), True]
    assert step["spent"] == pytest.approx(sum(row["cost"] for row in found))
    versions = [row["version"] for row in found]
    assert versions == sorted(set(versions)), "each decision is of a twin that saw the last one"
    assert all(row["why"] for row in found)
    for row in found[:-1]:
        assert 1 <= len(row["plan"]["steps"]) <= asked["batch"]
        assert all("hartree" in each["why"] for each in row["plan"]["steps"])
    planned = sorted((s["source"], *s["at"]) for row in found for s in row["plan"]["steps"])
    entries = api.get(f"/api/v1/campaigns/{done['id']}/entries").json()["results"]
    decided = {entry["number"] for entry in entries if entry["decision"]}
    ran = Measurement.objects.filter(job__campaign_runs__entry__number__in=decided)
    assert sorted((m.source_revision.source.name, *m.point) for m in ran) == planned
    truth = api.post(
        f"/api/v1/projects/{project.pk}/twin:predict",
        {"observable": "energy", "points": [0.7414]},
        format="json",
    ).json()
    assert truth["mean"][0] == pytest.approx(-1.13727, abs=4 * asked["target"])


def test_the_steps_follow_their_conditions(run: Run) -> None:
    done = run(EXAMPLES["steps"])
    assert done["state"] == "done"
    assert {step["name"]: step["state"] for step in done["steps"]} == {
        "coarse": "done",
        "fine": "done",
        "never": "skipped",
    }


def test_a_loop_that_cannot_go_on_says_why(run: Run) -> None:
    loop = EXAMPLES["loop"]["loop"]
    start = {"sources": ["hf"], "points": [0.5, 1.0, 1.5]}
    poor = {**loop, "start": start, "prices": {"fci": {"per_run": 100}}, "budget": 50}
    done = run({"name": "poor", "loop": poor})
    assert done["state"] == "done"
    assert "budget of 50 is below the cheapest run, 100" in done["reason"]


def test_what_is_known_already_is_not_computed_again(run: Run, project: Project) -> None:
    exact = {"sources": ["fci"], "points": [0.5, 1.0, 1.5]}
    assert run({"name": "first", "sweep": exact})["state"] == "done"
    again = {**exact, "points": [1.0, 1.5, 2.0]}
    steps = [
        {"name": "again", "sweep": again},
        {"name": "low", "after": ["again"], "when": "again_min < -1.1", "sweep": exact},
    ]
    done = run({"name": "second", "steps": steps})
    assert done["progress"]["points_measured"] == 6
    assert [step["state"] for step in done["steps"]] == ["done", "done"], "it knows reused numbers"
    assert Measurement.objects.filter(project=project).count() == 4
