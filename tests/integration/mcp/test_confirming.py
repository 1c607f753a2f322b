"""Nothing is done without a dry run of exactly that; done twice, it is done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from mcp import Client

from backends.schema import Cost
from qtwin.accounts.models import ApiToken, AuditEvent, Scope, User
from qtwin.client.mcp import proposal
from qtwin.jobs.models import Job
from qtwin.projects.models import Dataset, LedgerEntry, Period, Project, Unit
from qtwin.projects.services import budget_set, token_budget_set
from tests.integration.mcp.conftest import Session, answered, refused
from tests.paid_vendor import PaidBackend

ASKED: dict[str, Any] = {"project": "H2", "source": "hf", "points": [0.7]}
QPU: dict[str, Any] = {"project": "H2", "source": "qpu", "points": [0.7, 0.8], "shots": 100}
SessionOf = Callable[..., Session]


def limit(project: Project, usd: float) -> None:
    """Let the project spend so much."""
    budget_set(
        scope=project,
        unit=Unit.MONEY,
        period=Period.TOTAL,
        limit=round(usd * 1e6),
        per_job=None,
        by=None,
    )


def outcomes() -> list[str]:
    rows = AuditEvent.objects.filter(action="agent.call").order_by("pk")
    return [row.data["outcome"].rpartition(": ")[2] for row in rows]


async def proposed(agent: Client, **more: Any) -> dict[str, Any]:
    """A dry run, as its confirmation is sent."""
    said = await answered(agent, "submit_job", **ASKED | more)
    return {**ASKED, **more, "dry_run": False, "confirm": said["confirm"]}


def test_without_a_dry_run_nothing_is_submitted(session: Session, project: Project) -> None:
    for confirm in ("", "0" * 32):
        why = session.refused("submit_job", **ASKED, dry_run=False, confirm=confirm)
        assert why.startswith("/confirm: ")
    assert Job.objects.count() == 0
    assert outcomes().count("digest") == 2


def test_the_confirm_of_another_request_is_refused(session: Session, project: Project) -> None:
    async def scenario(agent: Client) -> list[str]:
        sent = await proposed(agent)
        return [
            await refused(agent, "submit_job", **{**sent, **other})
            for other in ({"points": [0.8]}, {"source": "fci"}, {"shots": 7}, {"seed": 1})
        ]

    assert all("of another request" in why for why in session.run(scenario))
    assert Job.objects.count() == 0


def test_repeated_confirms_make_one_job_and_dry_runs_make_two(
    session: Session, project: Project
) -> None:
    async def scenario(agent: Client) -> list[str]:
        first, second = await proposed(agent), await proposed(agent)
        sent = [first, first, second, first, second]
        return [(await answered(agent, "submit_job", **one))["job"]["id"] for one in sent]

    a, b, c, d, e = session.run(scenario)
    assert a == b == d != c == e
    assert Job.objects.count() == 2


def test_confirms_are_one_token_s_own_and_end(
    session: Session, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    what: dict[str, Any] = {"tool": "submit_job", "request": {"a": 1}}
    kept = proposal.Proposals()
    digest, _ = kept.make(who="ada", price={}, **what)
    assert kept.confirmed(digest, who="ada", **what).who == "ada"
    with pytest.raises(proposal.Declined, match="no dry run"):
        kept.confirmed(digest, who="eve", **what)
    with pytest.raises(proposal.Declined, match="another request"):
        kept.confirmed(digest, who="ada", tool="cancel_job", request={"a": 1})
    monkeypatch.setattr(proposal, "LIFETIME_S", -1.0)
    with pytest.raises(proposal.Declined, match="half hour"):
        kept.confirmed(digest, who="ada", **what)


def test_what_became_dearer_needs_another_dry_run(
    session_of: SessionOf, user: User, paid: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dearer(self: PaidBackend, experiment: Any, options: Any) -> Cost:
        return Cost(money_micro_usd=900_000, prices="memory 2026-01-02")

    async def scenario(agent: Client) -> str:
        sent = await proposed(agent, **QPU)
        monkeypatch.setattr(PaidBackend, "estimate", dearer)
        return await refused(agent, "submit_job", **sent)

    limit(paid, 5)
    why = session_of(user, "read", "submit", "spend").run(scenario)
    assert "0.9 USD now, and 0.6 were confirmed" in why
    assert (Job.objects.count(), outcomes()[-1]) == (0, "price")


def test_its_budget_refuses_the_dry_run_and_a_confirm_that_comes_too_late(
    session_of: SessionOf, user: User, paid: Project
) -> None:
    limit(paid, 5)
    agent_s = session_of(user, "read", "submit", "spend", agent=True, budget=700_000)
    token = ApiToken.objects.get(agent=True)

    async def scenario(agent: Client) -> tuple[dict[str, Any], str]:
        sent = await proposed(agent, **QPU)
        await sync_to_async(token_budget_set)(token=token, by=user, budget=500_000)
        over = await answered(agent, "submit_job", **QPU)
        return over, await refused(agent, "submit_job", **sent)

    over, late = agent_s.run(scenario)
    assert (over["allowed"], over["confirm"]) == (False, "")
    assert over["refused"][0]["code"] == "budget_exceeded"
    assert "0.60 USD" in over["refused"][0]["detail"]
    assert "/source: the job may take 0.60 USD" in late
    assert (Job.objects.count(), LedgerEntry.objects.count()) == (0, 0)


def test_what_needs_a_second_person_says_so_and_is_held(
    session_of: SessionOf, user: User, paid: Project
) -> None:
    Project.objects.update(approval_above=100_000)
    limit(paid, 5)

    async def scenario(agent: Client) -> tuple[str, Any]:
        said = await answered(agent, "submit_job", **QPU)
        sent = {**QPU, "dry_run": False, "confirm": said["confirm"]}
        return said["estimated"]["approval"], (await answered(agent, "submit_job", **sent))["job"]

    agent_s = session_of(user, "read", "submit", "spend", agent=True, budget=10**6)
    approval, job = agent_s.run(scenario)
    assert "an approver must agree" in approval
    assert job["state"] == "held"
    assert "an approver must agree" in job["reason"]


def test_a_token_without_the_right_to_spend_is_told(session: Session, paid: Project) -> None:
    said = session.call("submit_job", **QPU)
    assert (said["allowed"], said["refused"][0]["code"]) == (False, "scope")


def test_a_viewer_s_token_looks_and_changes_nothing(
    session_of: SessionOf, viewer: User, user: User, project: Project, submit: Callable[..., Job]
) -> None:
    job = submit(source="hf", points=[0.9])
    for agent in (session_of(viewer, *Scope), session_of(user, "read")):
        said = agent.call("submit_job", **ASKED)
        assert (said["allowed"], said["confirm"]) == (False, "")
        assert said["refused"][0]["code"] == "not_allowed"
        assert not agent.call("cancel_job", job=str(job.pk))["allowed"]
        data = {"name": "d", "citation": "me", "data": "bond_length,value,std\n1,-1,0.1"}
        assert not agent.call("import_data", project="H2", source="lab", **data)["allowed"]
    assert Job.objects.count() == 1


def test_cancelling_is_proposed_and_confirmed(
    session: Session, project: Project, submit: Callable[..., Job]
) -> None:
    job = submit(source="hf", points=[0.9])
    its_id = {"job": str(job.pk)}

    async def scenario(agent: Client) -> list[str]:
        said = await answered(agent, "cancel_job", **its_id)
        assert said["what"].startswith("would ask job")
        assert said["job"]["state"] == "queued"
        sent = {**its_id, "dry_run": False, "confirm": said["confirm"]}
        done = [await answered(agent, "cancel_job", **sent) for _ in range(2)]
        late = await answered(agent, "cancel_job", **its_id)
        assert late["refused"][0]["code"] == "ended"
        return [one["job"]["state"] for one in done]

    assert session.run(scenario) == ["cancelled", "cancelled"]


def test_data_are_imported_once_with_their_citation(session: Session, project: Project) -> None:
    table = "bond_length,value,std\n0.9,-1.12,0.01\n1.1,-1.08,0.01\n"
    data = {"project": "H2", "name": "lab", "citation": "Doe 2024", "source": "lab", "data": table}

    async def scenario(agent: Client) -> dict[str, Any]:
        said = await answered(agent, "import_data", **data)
        assert said["what"].startswith("would import 2 rows")
        sent = {**data, "dry_run": False, "confirm": said["confirm"]}
        changed = {**sent, "citation": "me"}
        assert "of another request" in await refused(agent, "import_data", **changed)
        first, again = [await answered(agent, "import_data", **sent) for _ in range(2)]
        assert first["dataset"]["id"] == again["dataset"]["id"]
        return first

    made = session.run(scenario)
    assert made["dataset"]["citation"] == "⟦Doe 2024⟧"
    assert Dataset.objects.get().rows.count() == 2
