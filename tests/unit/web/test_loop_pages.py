"""Pages of loops: their rounds, what begins one, and what is refused with its field."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from qtwin.accounts.models import User
from qtwin.campaigns.api.input import read_campaign
from qtwin.campaigns.models import Campaign
from qtwin.campaigns.services import campaign_create
from qtwin.projects.demo import DEMOS, demo_seed
from qtwin.projects.models import Project
from qtwin.training.models import Loop, World
from qtwin.web.worlds.measuring import measuring_start
from tests import trained
from tests.unit.web.read import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(project: Project, user: User) -> World:
    return trained.world_of(project, user)


@pytest.fixture
def loop(world: World, user: User) -> Loop:
    policy = trained.policy_of(world, trained.run_of(world, user))
    return trained.loop_of(trained.report_of(policy), user)


def test_the_rounds_are_told_with_what_each_made_and_how_the_gap_fell(
    signed_in: Client, loop: Loop
) -> None:
    body = text(signed_in, f"/loops/{loop.pk}")
    first, second = loop.rounds.all()
    made = (first.run_id, first.report_id, first.campaign_id, second.world_id, second.run_id)
    places = ("training-runs", "transfer-reports", "campaigns", "worlds", "training-runs")
    for place, one in zip(places, made, strict=True):
        assert f'href="/{place}/{one}"' in body, place
    assert "Gap from “Nominal twin” to “Noisy device model”" in body
    assert body.count('class="rung series-0 first"') == 2
    assert body.count('class="rung series-7"') == 1
    cells = re.findall(r'<td class="tabular">([^<]*)</td>', body)
    assert [cells[0], cells[5]] == ["1", "2"]
    half = (first.gap["upper"] - first.gap["lower"]) / 2
    for cell, wanted in (
        (cells[1], first.gap["absolute"]),
        (cells[6], second.gap["absolute"]),
        (cells[8], second.fall["value"]),
    ):
        assert float(cell.replace("−", "-")) == pytest.approx(wanted, abs=half / 4)
    assert "2 of at most 3" in body
    assert "Noisy model: rabi scale</dt><dd>0.97" in body


def test_loops_are_listed_and_found_from_their_worlds(
    signed_in: Client, loop: Loop, project: Project
) -> None:
    link = f'href="/loops/{loop.pk}"'
    for address in ("/loops", f"/loops?project={project.pk}", f"/worlds/{loop.world_id}"):
        assert link in text(signed_in, address), address
    anew = loop.rounds.get(number=2).world
    assert f"{link}>round 2 of a loop" in text(signed_in, f"/worlds/{anew.pk}")
    assert f"/loops?project={project.pk}" in text(signed_in, f"/worlds?project={project.pk}")
    Loop.objects.all().delete()
    assert "No loops yet" in text(signed_in, "/loops")


def test_a_loop_that_was_just_asked_for_has_a_page(signed_in: Client, world: World) -> None:
    loop = Loop.objects.create(world=world, asked={}, most_rounds=1)
    body = text(signed_in, f"/loops/{loop.pk}")
    assert "No round yet" in body
    assert "No gap yet" in body


def typed(world: World, **more: Any) -> dict[str, Any]:
    """The form of a world's page as it is at first, with a stage more."""
    return {
        "kind": "cma_es",
        "hyperparameters": '{"truths": 4}',
        "evaluations": "300",
        "seed": "3",
        "stage": ["nominal", "noisy"],
        "episodes": "20",
        "noise": '{"rabi_scale": 0.9}',
        "campaign": json.dumps(measuring_start(world.project)),
        "rounds": "2",
        "improvement": "0.01",
        **more,
    }


def test_a_loop_is_begun_and_stopped(signed_in: Client, world: World) -> None:
    answer = signed_in.post(f"/worlds/{world.pk}/loops", typed(world))
    loop = Loop.objects.get()
    assert answer.headers["Location"] == f"/loops/{loop.pk}"
    assert (loop.most_rounds, loop.improvement, loop.may_spend) == (2, 0.01, True)
    report = loop.asked["report"]
    assert (report["stages"], report["episodes"]) == (["nominal", "noisy"], 20)
    assert (report["noise"], report["qpu"]) == ({"rabi_scale": 0.9}, None)
    assert loop.asked["learner"] == {"kind": "cma_es", "truths": 4}
    assert not Campaign.objects.exists()
    body = text(signed_in, f"/loops/{loop.pk}")
    assert "No round yet" in body
    assert "Stop the loop" in body
    signed_in.post(f"/loops/{loop.pk}:cancel")
    body = text(signed_in, f"/loops/{loop.pk}")
    assert "It was cancelled" in body
    assert "Stop the loop" not in body


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"kind": "luck"}, "/learner/kind"),
        ({"evaluations": ""}, "/evaluations"),
        ({"stage": ["nominal"]}, "/report/stages"),
        ({"stage": ["nominal", "qpu"]}, "/report/qpu"),
        ({"noise": "{,}"}, "/report/noise"),
        ({"campaign": "[]"}, "/campaign"),
        ({"campaign": '{"name": "x"}'}, "/campaign"),
        ({"rounds": "0"}, "/rounds"),
        ({"improvement": "-1"}, "/improvement"),
    ],
)
def test_what_is_wrong_with_a_loop_is_told_at_its_field(
    signed_in: Client, world: World, more: dict[str, Any], pointer: str
) -> None:
    refused = signed_in.post(f"/worlds/{world.pk}/loops", typed(world, **more))
    body = refused.content.decode()
    assert refused.status_code == 400, body
    assert f"<code>{pointer}" in body
    assert 'id="new-loop" open' in body
    assert not Loop.objects.exists()


def test_a_viewer_reads_and_begins_none(client: Client, loop: Loop, viewer: User) -> None:
    client.force_login(viewer)
    assert "Stop the loop" not in text(client, f"/loops/{loop.pk}")
    assert "Begin the loop" not in text(client, f"/worlds/{loop.world_id}")
    for address in (f"/worlds/{loop.world_id}/loops", f"/loops/{loop.pk}:cancel"):
        assert client.post(address).status_code == 404, address


@pytest.mark.parametrize("demo", DEMOS)
def test_the_campaign_to_start_from_is_one_that_can_be_begun_and_costs_nothing(demo: str) -> None:
    user, project = demo_seed(DEMOS[demo])
    start = measuring_start(project)
    name, steps = read_campaign(start)
    campaign, _ = campaign_create(project=project, name=name, steps=steps, by=user)
    assert (campaign.name, campaign.state) == ("Measure again", "running")
    roles = [project.sources.get(name=one["source"]).role for one in start["sweep"]["sources"]]
    assert roles == sorted(roles, key=["device", "approximation", "reference"].index)
    assert len(roles) == 2
