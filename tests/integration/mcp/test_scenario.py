"""An agent explores, plans, proposes, is confirmed, watches and reads: all is in the trail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from mcp import Client

from qtwin.accounts.models import AuditEvent, User
from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Project
from qtwin.twins.models import TwinFit
from tests.integration.mcp.conftest import Session, answered, refused

PRICES = {"hf": {"per_run": 1}, "fci": {"per_run": 20}}


@pytest.fixture
def _known(measure: Callable[..., Measurement], assimilated: Callable[[], TwinFit]) -> None:
    for x, energy in ((0.5, -1.055), (0.74, -1.137), (1.2, -1.056), (2.0, -0.949)):
        measure("fci", x, energy)
        measure("hf", x, energy + 0.03 * x)
    assimilated()


@pytest.mark.usefixtures("_known", "_work_meanwhile")
def test_from_looking_around_to_a_result(session: Session, project: Project) -> None:
    seen = session.run(explore_and_submit)
    job = Job.objects.get()
    assert seen["job"]["id"] == str(job.pk)
    assert seen["result"]["rows"][0]["value"] == pytest.approx(-1.1373, abs=1e-3)
    rows = AuditEvent.objects.filter(action="agent.call").order_by("pk")
    tools = list(dict.fromkeys(row.data["tool"].removeprefix("mcp/") for row in rows))
    assert tools == [
        *("list_projects", "list_sources", "list_backends", "read_twin", "predict"),
        *("read_budgets", "estimate_job", "recommend", "submit_job", "watch_job", "read_result"),
        *("read_provenance", "list_jobs", "list_measurements", "list_campaigns"),
    ]
    assert {row.team for row in rows} == {project.team}
    about = [row for row in rows if "/projects/" in row.data["path"]]
    assert {row.data["project"] for row in about} == {str(project.pk)}
    made = [row for row in rows if "made" in row.data]
    assert [row.data["made"] for row in made] == [f"/api/v1/jobs/{job.pk}"] * 2


async def explore_and_submit(agent: Client) -> dict[str, Any]:
    (project,) = (await answered(agent, "list_projects"))["rows"]
    assert project["name"] == "⟦H2⟧"
    its_id = {"project": project["id"]}
    sources = await answered(agent, "list_sources", **its_id)
    assert {"hf", "fci"} <= {row["name"] for row in sources["rows"]}
    assert len((await answered(agent, "list_backends"))["rows"]) > 3
    twin = await answered(agent, "read_twin", **its_id)
    assert (twin["evidence"], twin["fit"]["version"], len(twin["curve"])) == (8, 1, 11)
    assert {"coverage_95", "rmse"} <= set(twin["scores"])
    for point in twin["curve"]:
        assert sum(point["error_budget"].values()) == pytest.approx(point["std"] ** 2)
    said = await answered(agent, "predict", points=[0.6, 0.9], **its_id)
    assert [point["point"] for point in said["points"]] == [[0.6], [0.9]]
    assert sum(said["points"][0]["shares"].values()) == pytest.approx(1)
    assert (await answered(agent, "read_budgets", **its_id))["budgets"] == []
    asked = {**its_id, "source": "hf", "points": [0.7414]}
    estimated = await answered(agent, "estimate_job", **asked)
    assert (estimated["allowed"], estimated["cost"]["usd"]) == (True, 0)
    plan = await answered(agent, "recommend", prices=PRICES, budget=40, **its_id)
    assert plan["runs"]
    assert plan["sigma_after"] < plan["sigma_before"]
    asked["source"] = "fci"
    proposed = await answered(agent, "submit_job", **asked)
    assert (proposed["dry_run"], proposed["allowed"], proposed["job"]) == (True, True, None)
    assert proposed["what"] == f"would submit 1 point at source fci of project {project['id']}"
    assert await count_jobs() == 0
    confirm = {**asked, "dry_run": False, "confirm": proposed["confirm"]}
    done = await answered(agent, "submit_job", **confirm)
    assert done["idempotency_key"] == proposed["idempotency_key"]
    again = await answered(agent, "submit_job", **confirm)
    assert again["job"]["id"] == done["job"]["id"]
    job = {"job": done["job"]["id"]}
    assert (await answered(agent, "watch_job", **job))["state"] == "queued"
    assert (await answered(agent, "watch_job", wait_s=30, **job))["state"] == "succeeded"
    result = await answered(agent, "read_result", **job)
    number = {"measurement": result["rows"][0]["id"]}
    chain = (await answered(agent, "read_provenance", **number))["chain"]
    assert chain["job"]["id"] == job["job"]
    listed = await answered(agent, "list_jobs", state="succeeded", **its_id)
    assert [row["id"] for row in listed["rows"]] == [job["job"]]
    first = await answered(agent, "list_measurements", limit=5, **its_id)
    rest = await answered(agent, "list_measurements", limit=5, cursor=first["cursor"], **its_id)
    assert (len(first["rows"]), len(rest["rows"]), rest["cursor"]) == (5, 4, "")
    assert (await answered(agent, "list_campaigns"))["rows"] == []
    return {"job": done["job"], "result": result}


async def count_jobs() -> int:
    return await Job.objects.acount()


@pytest.mark.usefixtures("_known")
def test_resources_and_prompts(session: Session, project: Project) -> None:
    async def look(agent: Client) -> tuple[str, str, str, str]:
        twin = f"qtwin://projects/{project.pk}/twin"
        texts = [
            (await agent.read_resource(uri)).contents[0]
            for uri in (twin, f"{twin}/curve.svg", "qtwin://docs/plan")
        ]
        prompt = await agent.get_prompt("plan_next_experiment", {"project": "H2"})
        said = prompt.messages[0].content
        assert said.type == "text"
        json_, svg, page = (one.text for one in texts if one and hasattr(one, "text"))
        return json_, svg, page, said.text

    twin, svg, page, prompt = session.run(look)
    assert '"evidence": 8' in twin
    assert svg.startswith("<svg ")
    assert page.startswith("# ")
    assert "dry run" in prompt
    told = AuditEvent.objects.filter(action="agent.call", data__tool="mcp/resource")
    assert {row.data["project"] for row in told} == {str(project.pk)}


def test_clients_of_earlier_versions_of_the_protocol_are_served(
    user: User, project: Project, session_of: Callable[..., Session]
) -> None:
    session = session_of(user, mode="legacy")
    assert session.call("list_projects")["rows"][0]["id"] == str(project.pk)
    assert AuditEvent.objects.get(action="agent.call").data["tool"] == "mcp/list_projects"


def test_what_is_not_there_is_said(session: Session, project: Project) -> None:
    async def ask(agent: Client) -> list[str]:
        return [
            await refused(agent, "read_twin", project="H3"),
            await refused(agent, "predict", project="H2", points=[0.7]),
            await refused(agent, "predict", project="H2", points=[99]),
            await refused(agent, "list_projects", what="all"),
            await refused(agent, "predict", project="H2", points=["a"], limit=3),
            await refused(agent, "list_projects", limit=51),
            await refused(agent, "erase_everything"),
        ]

    no_project, no_twin, outside, unknown, two, much, tool = session.run(ask)
    assert no_project == "⟦no project is called 'H3'; allowed: H2⟧"
    assert "Not found (404)" in no_twin
    assert "nothing was fitted" in no_twin
    assert "/points/0" in outside
    assert unknown == "/what: unknown argument; allowed: limit, cursor"
    assert "/points/0" in two
    assert "/limit: unknown argument" in two
    assert much == "/limit: 51: Input should be less than or equal to 50"
    assert "erase_everything" in tool
    told = [row.data["outcome"] for row in AuditEvent.objects.filter(action="agent.call")]
    assert told.count("refused by the agent's program: arguments") == 3
    assert told.count("refused by the agent's program: unknown_tool") == 1
