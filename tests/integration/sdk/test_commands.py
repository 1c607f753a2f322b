"""The command line against the real application."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree

import pytest

from qtwin.accounts.models import ApiToken, Team
from qtwin.campaigns.models import Campaign
from qtwin.client.wire import address
from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Dataset, Project
from workers import campaign

Run = Callable[..., str]


def table(printed: str) -> list[list[str]]:
    return [line.split("\t") for line in printed.splitlines()]


def test_a_job_from_the_shell(run: Run, project: Project) -> None:
    words = ("--project", "h2", "--source", "hf", "--at", "bond_length=0.5,0.7")
    estimate = json.loads(run("job", "submit", *words, "--dry-run", "--json"))
    assert estimate["points"] == 2
    assert not Job.objects.exists()
    job_id = run("job", "submit", *words, "--key", "mine").strip()
    assert run("job", "submit", *words, "--key", "mine").strip() == job_id
    assert str(Job.objects.get().pk) == job_id
    head, first, _ = table(run("job", "watch", job_id))
    assert head == ["bond_length", "observable", "value", "std", "unit"]
    measured = Measurement.objects.get(job=UUID(job_id), point=[0.5])
    assert first == ["0.5", "energy", repr(measured.value), "0.0", "hartree"]
    listed = table(run("job", "ls", "--project", "h2", "--state", "succeeded"))
    assert [row[0] for row in listed] == ["id", job_id]
    assert run("job", "ls", "--limit", "0").splitlines() == ["\t".join(listed[0])]
    assert "state               succeeded" in run("job", "show", job_id)
    document = json.loads(run("job", "watch", job_id, "--json"))
    assert measured.value in [row["value"] for row in document["measurements"]]


def test_what_becomes_of_a_job_is_the_exit_status(run: Run, project: Project) -> None:
    words = ("job", "submit", "--project", "h2", "--source", "hf", "--at", "bond_length=0.5")
    job_id = run(*words).strip()
    run("job", "watch", job_id, "--timeout", "0", status=5)
    assert "cancelled" in run("job", "cancel", job_id)
    run("job", "watch", job_id, status=1)
    printed = run("job", "watch", job_id, "--json", status=1)
    assert json.loads(printed)["state"] == "cancelled"  # one document, although it failed
    again = run("job", "retry", job_id).strip()
    assert json.loads(run("job", "show", again, "--json"))["retry_of"] == job_id
    run("job", "hold", again, "--why", "ask Ada first")
    run("job", "watch", again, status=5)
    assert again in run("job", "release", again)
    assert Job.objects.get(pk=again).state == "QUEUED"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--source", "nope", "--at", "bond_length=0.5"), "/source: unknown source 'nope'"),
        (("--source", "hf", "--at", "bond_length=9"), "/points/0/0: bond_length = 9.0"),
        (("--source", "hf", "--at", "r=9"), "--at: r; allowed: exactly bond_length=0.3 to 2.5"),
        (("--source", "hf"), "--at: needed: either --at or --points"),
        (("--source", "hf", "--points", "gone.csv"), "--points: gone.csv: No such file"),
    ],
)
def test_wrong_input_names_the_field(
    run: Run,
    project: Project,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    said: str,
) -> None:
    from qtwin.client.main import main

    assert main(["job", "submit", "--project", "h2", *words]) == 2
    assert f"qtwin: {said}" in capsys.readouterr().err
    error = json.loads(run("job", "submit", "--project", "h2", *words, "--json", status=2))
    assert error["status"] == 2
    assert error["errors"][0]["pointer"] == said.split(":", maxsplit=1)[0]


@pytest.mark.usefixtures("team")
def test_signing_in_and_out(
    run: Run,
    signed_in: Path,
    token: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("QTWIN_URL")
    monkeypatch.delenv("QTWIN_TOKEN")
    run("whoami", status=4)
    for typed, status in (
        ("http://localhost\n", 2),
        ("http://localhost\nqt_wrong.token\n", 4),
        (f"http://elsewhere.example\n{token}\n", 2),
        (f"localhost\n{token}\n", 4),
        (f"http://localhost\n{token}\n", 0),
    ):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        printed = run("login", status=status)
        assert token not in printed + capsys.readouterr().err
    path = address.kept_file()
    assert path.is_relative_to(signed_in)
    assert path.stat().st_mode & 0o777 == 0o600
    assert "Ada <ada@example.org>" in run("whoami")
    assert json.loads(run("whoami", "--json"))["teams"][0]["role"] == "owner"
    run("logout")
    assert not path.exists()
    run("whoami", status=4)


def test_tokens_are_printed_once_and_revoked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = run("token", "create", "laptop", "--scope", "read", "--expires", "2d").strip()
    made = ApiToken.objects.get(name="laptop")
    assert made.expires_at is not None
    assert text not in run("token", "ls")
    kept = monkeypatch
    with kept.context() as patch:
        patch.setenv("QTWIN_TOKEN", text)
        run("token", "create", "more", "--scope", "admin", status=4)
    assert str(made.pk) in [row[0] for row in table(run("token", "ls"))]
    run("token", "revoke", str(made.pk))
    with kept.context() as patch:
        patch.setenv("QTWIN_TOKEN", text)
        run("whoami", status=4)


def test_a_project_is_made_with_sources_shown_and_exported(
    run: Run, project: Project, team: Team, tmp_path: Path
) -> None:
    system, sources = tmp_path / "system.json", tmp_path / "sources.json"
    system.write_text(json.dumps(project.system))
    source = {"name": "hf", "role": "approximation", "backend": "pyscf", "method": "hf"}
    sources.write_text(json.dumps([source]))
    files = ("--system", str(system), "--sources", str(sources))
    made = run("project", "create", "Again", *files, "--team", str(team.pk)).strip()
    assert [row[1] for row in table(run("project", "ls"))] == ["name", "Again", "H2"]
    shown = run("project", "show", "again")
    assert "bond_length, 0.3 to 2.5 angstrom" in shown
    assert table(shown)[-1] == ["hf", "approximation", "hf", "pyscf"]
    assert json.loads(run("project", "show", made, "--json"))["sources"][0]["name"] == "hf"
    sources.write_text(json.dumps([{"name": "hf"}]))
    run("project", "create", "No", *files, status=2)
    assert Project.objects.count() == 2
    target = str(tmp_path / "a.zip")
    run("export", "again", target)
    run("project", "export", "again", target, status=2)
    run("project", "show", "LiH", status=2)


def test_a_team_is_listed_and_somebody_is_asked_in(run: Run, team: Team) -> None:
    assert table(run("team", "ls"))[1] == [str(team.pk), "Ada's team", "owner", "yes"]
    assert table(run("team", "members", "ada's team"))[1][2:4] == ["ada@example.org", "owner"]
    link = run("team", "invite", "ada's team", "grace@example.org", "--role", "viewer").strip()
    assert link.startswith("http")
    run("team", "members", "nobody's", status=2)


def test_data_come_in_with_their_citation(run: Run, project: Project, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("bond_length,value,std\n0.7,-1.1,0.01\n0.9,-1.0,0.01\n")
    words = ("import", str(path), "--project", "h2", "--source", "lab")
    run(*words, status=2)
    printed = run(*words, "--role", "reference", "--citation", "Me, 2026", "--licence", "CC0-1.0")
    made = Dataset.objects.get()
    assert printed.split() == [str(made.pk), "2", "measurements", "of", "lab"]
    assert (made.name, made.citation, made.licence) == ("data.csv", "Me, 2026", "CC0-1.0")
    assert made.rows.count() == 2
    run(*words, "--role", "reference", "--citation", "Me, 2026", status=2)
    path.write_text("source,bond_length,value,std\nlab,0.7,-1.1,0.01\n")
    run(*words, "--citation", "Me, 2026", status=2)
    sources = tmp_path / "sources.json"
    sources.write_text('{"other": {"role": "approximation"}}')
    path.write_text("source,bond_length,value,std\nother,0.7,-1.1,0.01\n")
    more = ("import", str(path), "--project", "h2", "--sources", str(sources))
    assert "1 measurements of other" in run(*more, "--citation", "Me, 2026")


def test_a_twin_predicts_draws_and_recommends(
    run: Run,
    project: Project,
    measure: Callable[..., Measurement],
    assimilated: Callable[[], object],
    tmp_path: Path,
) -> None:
    for x in (0.5, 0.8, 1.2, 1.8):
        measure("fci", x, (x - 0.8) ** 2 - 1.1)
        measure("hf", x, (x - 0.8) ** 2 - 1.0 + 0.1 * x)
    assimilated()
    svg = tmp_path / "h2.svg"
    shown = run("twin", "show", "--project", "h2", "--wait", "--svg", str(svg))
    assert "measurements  8" in shown
    assert ElementTree.parse(svg).getroot().get("role") == "img"
    points = tmp_path / "points.csv"
    points.write_text("bond_length\n0.6\n1.0\n")
    ask = ("twin", "predict", "--project", "h2", "--points", str(points))
    head, first, _ = table(run(*ask))
    document = json.loads(run(*ask, "--json"))
    assert head[:3] == ["bond_length", "mean", "std"]
    assert first[:3] == ["0.6", repr(document["mean"][0]), repr(document["std"][0])]
    more = ("twin", "recommend", "--project", "h2", "--price", "fci=100", "--price")
    assert table(run(*more, "hf=1,0.1", "--budget", "200", "--batch", "1"))[1][0] in ("fci", "hf")
    run(*more, "hf=1", status=2)
    run(*more, "hf=1,2,3", "--budget", "1", status=2)


def test_campaigns_are_started_and_steered(run: Run, project: Project, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"name": "s", "sweep": {"sources": ["hf"], "points": [0.5]}}))
    start = ("campaign", "start", "--project", "h2", str(plan))
    made = run(*start).strip()
    assert str(Campaign.objects.get().pk) == made
    run("campaign", "watch", made, "--timeout", "0", status=5)
    assert "state        paused" in run("campaign", "pause", made)
    run("campaign", "watch", made, status=1)
    run("campaign", "resume", made)
    campaign.advance(made, owner="test")
    assert json.loads(run("campaign", "show", made, "--json"))["progress"]["points_total"] == 1
    assert [row[0] for row in table(run("campaign", "ls", "--project", "h2"))] == ["id", made]
    assert "cancel" in run("campaign", "cancel", made)
    plan.write_text('{"swep": {}}')
    run(*start, status=2)
