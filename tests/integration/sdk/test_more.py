"""The rest of a project by the SDK: imports, campaigns, schedules, money, tokens, archives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qtwin.accounts.models import Team, User
from qtwin.client import Client, Conflict, NotAllowed, NotSignedIn, Refused, UnknownName
from qtwin.projects.models import Project

CITATION = "A. Nonymous, J. Made-up Results 1, 1 (2025)"


def test_data_come_in_with_their_citation(client: Client, project: Project, tmp_path: Path) -> None:
    h2 = client.project("H2")
    columns = {"bond_length": [0.7, 0.9], "value": [-1.02, -1.01], "std": [0.01, 0.02]}
    made = h2.import_data(
        columns, name="Table 1", citation=CITATION, source="lab", role="approximation"
    )
    assert (made.measurements, made.sources, made.citation) == (2, ("lab",), CITATION)
    path = tmp_path / "data.csv"
    path.write_text("\ufeffsource,bond_length,value,std\nlab,1.1,-1.0,0.01\n")
    lab = {"lab": {"role": "approximation"}}
    h2.import_data(path, name="Table 2", citation=CITATION, sources=lab)
    assert sorted(h2.measurements(source="lab").values.tolist()) == [-1.02, -1.01, -1.0]
    assert [row.name for row in h2.datasets()] == ["Table 2", "Table 1"]
    with pytest.raises(ValueError, match="column source"):
        h2.import_data(path, name="Table 3", citation=CITATION, source="lab")
    with pytest.raises(Conflict):
        h2.import_data(path, name="Table 2", citation=CITATION, sources=lab)
    with pytest.raises(Refused) as refused:
        h2.import_data(columns, name="Table 4", citation="", source="lab")
    assert refused.value.errors[0].pointer == "/citation"


def test_campaigns_are_steered(client: Client, project: Project) -> None:
    h2 = client.project("H2")
    sweep = {"sources": ["hf"], "points": [0.5, 0.7]}
    campaign = h2.start_campaign("sweep", sweep=sweep)
    assert client.campaign(campaign.id).row.progress.points_total == 2
    assert campaign.pause().state == "paused"
    assert campaign.wait().state == "paused"
    assert campaign.resume().state == "running"
    assert campaign.cancel().document["cancel_requested_at"] is not None
    assert [row.id for row in h2.campaigns()] == [campaign.id]
    assert [entry.points for entry in campaign.entries()] in ([], [2])
    assert list(campaign.decisions()) == []
    assert "sweep" in campaign._repr_html_()
    made = h2.create_schedule({"name": "nightly", "sweep": sweep}, every={"hours": 24})
    assert not client.stop_schedule(made.id).active
    assert client.start_schedule(made.id).active
    assert [row.name for row in h2.schedules()] == ["nightly"]
    client.delete_schedule(made.id)
    assert list(h2.schedules()) == []


def test_costs_are_told_before_and_budgets_are_read(client: Client, project: Project) -> None:
    h2 = client.project("H2")
    estimate = h2.estimate(source="fci", points=[0.5, 0.7])
    assert estimate.points == 2
    assert estimate.seconds_range[0] <= estimate.seconds <= estimate.seconds_range[1]
    assert estimate.refused is None
    assert list(h2.jobs()) == []
    assert list(h2.budgets()) == []
    assert list(h2.ledger()) == []
    assert h2.spending().paid_sources is False
    (budget,) = h2.set_budget(25.0, per_job=5.0)
    assert (budget.limit, budget.left, budget.per_job) == (25.0, 25.0, 5.0)
    assert [row.id for row in h2.budgets()] == [budget.id]
    assert h2.set_spending(approval_above=2.5).approval_above == 2.5


def test_sources_are_made_and_listed(client: Client, project: Project) -> None:
    h2 = client.project("H2")
    made = h2.create_source("casci", backend="pyscf", method="casci", role="approximation")
    assert made.name in [row.name for row in h2.sources()]
    assert h2.revise_source("vqe-noisy", {"device": "FakeLagosV2"}).revision == 2
    assert "pyscf" in [row.name for row in client.backends()]
    frame = h2.sources().to_pandas()
    assert set(frame["name"]) >= {"hf", "casci"}
    assert "<th scope" in h2.sources()._repr_html_()


def test_tokens_are_made_shown_once_and_revoked(client: Client, project: Project) -> None:
    made = client.create_token("laptop", scopes=["read"])
    weak = Client(client.url, made.token, transport=client._driver._transport)
    assert weak.me().email == "ada@example.org"
    assert made.token not in repr(made)
    with pytest.raises(NotAllowed, match="needed: submit"):
        weak.project("H2").submit(source="hf", points=0.5)
    assert made.id in [row.id for row in client.tokens()]
    h2 = client.project("H2")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    agent = client.create_token(
        "agent", scopes=["read"], projects=[h2.id], budget=3.0, agent=True, expires_at=tomorrow
    )
    assert (agent.agent, agent.projects, agent.expires_at) == (True, (h2.id,), tomorrow)
    assert agent.budget is not None
    assert agent.budget["limit"] == 3.0
    client.revoke_token(made.id)
    with pytest.raises(NotSignedIn):
        weak.me()


def test_teams_have_members_and_ask_others_in(client: Client, team: Team, viewer: User) -> None:
    assert [row.name for row in client.teams()] == [team.name]
    found = client.team(team.name.upper())
    assert found.id == str(team.pk)
    assert {row.email: row.role for row in found.members()} == {
        "ada@example.org": "owner",
        "vera@example.org": "viewer",
    }
    changed = found.change_member(str(viewer.pk), role="operator", may_approve=True)
    assert (changed.role, changed.may_approve) == ("operator", True)
    made = found.invite("grace@example.org", role="viewer")
    assert made.link.startswith("http")
    assert made.link not in repr(made)
    assert [row.email for row in found.invitations()] == ["grace@example.org"]
    assert list(found.devices()) == []
    with pytest.raises(UnknownName, match="allowed: Ada's team"):
        client.team("Eve's team")


def test_a_project_is_written_to_a_file(client: Client, project: Project, tmp_path: Path) -> None:
    path = client.project("H2").export(tmp_path / "h2.zip", licence="CC-BY-4.0")
    assert path.read_bytes()[:2] == b"PK"
    assert [one.name for one in tmp_path.iterdir()] == ["h2.zip"]
    with pytest.raises(Refused):
        client.project("H2").export(tmp_path / "bad.zip", licence="no licence")
    assert not (tmp_path / "bad.zip").exists()
