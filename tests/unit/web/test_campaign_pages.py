"""Pages of campaigns: who sees what, what they say, and how fast a large one is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from qtwin.accounts.models import User
from qtwin.campaigns.models import Campaign, Decision
from qtwin.jobs.models import Job, Measurement, Submission
from qtwin.projects.models import Project
from qtwin.twins.models import TwinFit
from qtwin.web.campaign_costs import Costs, campaign_costs
from tests.morse import truth
from tests.unit.campaigns.conftest import end_jobs, sweep, take

pytestmark = pytest.mark.django_db
GRID = {"grid": {"bond_length": {"from": 0.3, "to": 2.5, "count": 10_000}}}
LOOP: dict[str, Any] = {"observable": "energy", "prices": {"fci": {"per_run": 10}}, "budget": 50}


def post(api: APIClient, project: Project, body: dict[str, Any]) -> Campaign:
    response = api.post(f"/api/v1/projects/{project.pk}/campaigns", body, format="json")
    return Campaign.objects.get(pk=response.json()["id"])


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    body = response.content.decode()
    assert " style=" not in body
    return body


def cells(body: str) -> list[str]:
    return re.findall(r'<td class="cell cell-(\w+)"', body)


def test_the_table_says_the_state_of_every_run(
    signed_in: Client, api: APIClient, project: Project
) -> None:
    campaign = take(post(api, project, sweep()))
    end_jobs(campaign, failed=("hf",))
    take(campaign)
    body = text(signed_in, f"/campaigns/{campaign.pk}")
    assert cells(body) == ["failed", "succeeded"] * 3
    assert body.count("It broke.") >= 3
    assert "5 of 10 points, 5 without an answer" in body
    assert all(f"/jobs/{run.job_id}" in body for run in campaign.runs.all())
    assert f"/campaigns/{campaign.pk}" in text(signed_in, "/campaigns")
    assert f"/campaigns/{campaign.pk}" in text(signed_in, f"/campaigns?project={project.pk}")


def test_a_campaign_of_ten_thousand_points_renders_within_a_second(
    signed_in: Client, api: APIClient, project: Project
) -> None:
    sources = ["hf", "mp2", "ccsd", "fci"]
    campaign = post(api, project, sweep(sources=sources, points=GRID, chunk_points=None))
    take(campaign)
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        body = text(signed_in, f"/campaigns/{campaign.pk}")
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 1.0, seconds
    following = re.search(r'href="\?after=(\d+)"', body)
    assert following is not None
    rest = text(signed_in, f"/campaigns/{campaign.pk}?after={following.group(1)}")
    assert len(cells(body)) + len(cells(rest)) == 400
    assert "More entries" not in rest


def test_decisions_are_told_with_their_reasons(
    signed_in: Client, api: APIClient, project: Project
) -> None:
    start = {"sources": ["hf"], "points": [0.5]}
    campaign = post(api, project, {"name": "loop", "loop": {**LOOP, "start": start}})
    assert "Nothing decided yet" in text(signed_in, f"/campaigns/{campaign.pk}")
    run = {"source": "fci", "at": [0.75], "shots": None, "why": "it bends <here>"}
    Decision.objects.create(
        step=campaign.steps.get(),
        number=1,
        version=3,
        why="the plan uses all sources.",
        sigma=0.0123,
        cost=10,
        stop=False,
        plan={"steps": [run, {**run, "at": [1.5]}], "notes": []},
    )
    body = text(signed_in, f"/campaigns/{campaign.pk}")
    told = ("FCI at 0.75 Å; 1.5 Å", "The plan uses all sources.", "0.0123 hartree", "version 3")
    for words in told:
        assert words in body
    assert "it bends &lt;here&gt;" in body


def test_a_loop_that_ended_early_promises_nothing(
    signed_in: Client,
    api: APIClient,
    project: Project,
    measure: Callable[..., Measurement],
    assimilated: Callable[[], TwinFit],
) -> None:
    for x in (0.4, 0.8, 1.6, 2.4):
        measure("fci", x, truth(x))
    assimilated()
    campaign = post(api, project, {"name": "loop", "loop": {**LOOP, "target": 0.00002}})
    page = text(signed_in, f"/campaigns/{campaign.pk}")
    assert "No points yet" in page
    assert "target σ 0.00002 hartree, 0 of 50 spent" in page
    signed_in.post(f"/campaigns/{campaign.pk}:cancel")
    page = text(signed_in, f"/campaigns/{take(campaign).pk}")
    assert "Nothing was decided" in page
    assert "ended before it made a job" in page
    assert "Nothing decided yet" not in page
    assert "none yet" in text(signed_in, "/campaigns")


def test_columns_carry_the_labels_of_their_sources(
    signed_in: Client, api: APIClient, project: Project
) -> None:
    sources = ["hf", {"source": "vqe-ideal", "shots": 100}, {"source": "vqe-ideal", "shots": 200}]
    campaign = take(post(api, project, sweep(sources=sources)))
    page = text(signed_in, f"/campaigns/{campaign.pk}")
    heads = re.findall(r'<th scope="col">([^<]*)</th>', page.partition('id="gantt-title"')[0])
    ideal = "VQE, ideal simulator"
    assert heads == ["HF", f"{ideal} (shots 100)", f"{ideal} (shots 200)"]


def test_buttons_pause_resume_and_cancel(
    signed_in: Client, api: APIClient, project: Project
) -> None:
    campaign = post(api, project, sweep())
    address = f"/campaigns/{campaign.pk}"
    for verb, told, next_button in (("pause", "Paused", "Resume"), ("resume", "Running", "Pause")):
        assert signed_in.post(f"{address}:{verb}", follow=True).status_code == 200
        body = text(signed_in, address)
        assert told in body
        assert f">{next_button}</button>" in body
    signed_in.post(f"{address}:cancel")
    take(campaign)
    body = text(signed_in, address)
    assert "Cancelled on request." in body
    assert "<form" not in body.partition("<main")[2].partition("</main>")[0]
    assert signed_in.get(f"{address}:pause").status_code == 405
    assert signed_in.post(f"{address}:explode").status_code == 404


def test_a_button_retries_what_failed(signed_in: Client, api: APIClient, project: Project) -> None:
    campaign = take(post(api, project, sweep()))
    address = f"/campaigns/{campaign.pk}"
    assert "Retry what failed" not in text(signed_in, address)
    end_jobs(campaign, failed=("hf",))
    take(campaign)
    assert "Retry what failed" in text(signed_in, address)
    for _ in range(2):  # the second press finds nothing
        assert signed_in.post(f"{address}:retry", follow=True).status_code == 200
    take(campaign)
    body = text(signed_in, address)
    assert cells(body) == ["queued", "succeeded"] * 3
    assert body.count("retry 1") == 3
    assert "Retry what failed" not in body


def test_others_see_no_campaign_and_viewers_change_none(
    client: Client, api: APIClient, project: Project, viewer: User, stranger: User
) -> None:
    campaign = post(api, project, sweep())
    address = f"/campaigns/{campaign.pk}"
    assert client.get(address).status_code == 302
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    assert address not in text(client, "/campaigns")
    client.force_login(viewer)
    assert ">Pause</button>" not in text(client, address)
    assert client.post(f"{address}:cancel").status_code == 404
    campaign.refresh_from_db()
    assert campaign.cancel_requested_at is None


def test_a_name_is_escaped(signed_in: Client, api: APIClient, project: Project) -> None:
    campaign = post(api, project, {**sweep(), "name": "<script>x</script>"})
    for address in (f"/campaigns/{campaign.pk}", "/campaigns"):
        assert "<script>x" not in text(signed_in, address)


def test_the_page_says_the_cost_and_when_its_jobs_ran(
    signed_in: Client, api: APIClient, project: Project
) -> None:
    campaign = take(post(api, project, sweep()))
    body = text(signed_in, f"/campaigns/{campaign.pk}")
    assert "nothing" in re.findall(r"<dt>Cost so far</dt><dd>(.*?)</dd>", body)[0]
    first = campaign.runs.order_by("number")[0].job
    assert first is not None
    first.submissions.create(token="t", vendor="v", state="SUBMITTING", started_at=first.created_at)
    Submission.objects.update(
        remote_id="r", state="CANCELLED", settled_cost=1_500_000, settled_at=first.created_at
    )
    Job.objects.filter(pk=first.pk).update(estimated_cost=4_000_000)
    assert campaign_costs(campaign) == Costs(charged=1_500_000, most=4_000_000)
    Submission.objects.get().corrections.create(number=1, before=1_500_000, after=500_000)
    end_jobs(campaign)
    body = text(signed_in, f"/campaigns/{campaign.pk}")
    assert re.findall(r"<dt>Cost so far</dt><dd>(.*?)</dd>", body) == ["0.50 USD"]
    lanes = re.findall(r'<tr><th scope="row"><a href="/jobs/([^"]*)">', body)
    assert set(lanes) == {str(run.job_id) for run in campaign.runs.all()}
    assert campaign_costs(campaign) == Costs(charged=500_000, most=500_000)
