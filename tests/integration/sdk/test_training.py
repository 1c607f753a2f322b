"""Worlds, training and policies by the SDK and from the shell; pauses are when workers work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qtwin.client import Client, JobFailed, Refused
from qtwin.client.wire import drive
from qtwin.projects.models import Project
from qtwin.training.models import Loop
from qtwin.training.selectors import loops_due
from tests.integration.worlds import LEARNER, PULSE, work
from workers.training import loop as take_step


@pytest.fixture(autouse=True)
def _trained(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drive, "sleep", lambda seconds: work())


def test_a_policy_is_trained_taken_along_sent_back_and_transferred(
    client: Client, project: Project, tmp_path: Path
) -> None:
    world = client.project("H2").create_world("flip", PULSE)
    assert world.wait().state == "done"
    run = world.train(LEARNER, evaluations=300, seed=3, name="first")
    seen: list[str] = []
    row = run.wait(progress=lambda row: seen.append(row.state))
    assert (row.state, row.ended, seen[0]) == ("done", True, "queued")
    curve = list(run.curve())
    assert curve[-1].evaluations <= row.used <= 300
    policy = run.policy()
    here = policy.load()
    actions = here.act(np.zeros((2, 5)), 0)
    assert actions.shape == (2, 2)
    assert np.abs(actions).max() <= 1.0
    path = policy.save(tmp_path / "p.npz")
    again = world.send_policy("mine", path)
    assert again.row.uploaded
    assert again.row.sha256 == policy.row.sha256
    assert policy.evaluate(truth="nominal")["value"][0] == pytest.approx(0.0, abs=1e-12)
    report = policy.transfer(episodes=4)
    assert [stage["name"] for stage in report.wait().stages] == ["nominal", "randomised"]
    assert [one.id for one in policy.reports()] == [report.id]
    assert {one.id for one in client.policies()} == {policy.id, again.id}
    again.delete()
    assert [one.name for one in world.policies()] == ["first"]
    assert client.world(world.id).row.facts["steps"] == 3
    assert [one.id for one in client.training_runs(state="done")] == [run.id]


def test_what_is_wrong_is_told_with_its_field(client: Client, project: Project) -> None:
    h2 = client.project("H2")
    with pytest.raises(Refused) as refused:
        h2.create_world("bad", {**PULSE, "shots": 0})
    assert refused.value.errors[0].pointer == "/document/shots"
    world = h2.create_world("flip", PULSE)
    world.wait()
    with pytest.raises(Refused) as refused:
        world.train({"kind": "cma_es", "sigma": -1}, evaluations=300)
    assert refused.value.errors[0].pointer == "/learner/sigma"
    run = world.train(LEARNER, evaluations=300)
    run.cancel()
    assert run.wait().state == "cancelled"
    with pytest.raises(JobFailed, match="cancelled"):
        run.policy()


def goes_on(seconds: float) -> None:
    """Every loop takes a step, and what it asked for is done."""
    Loop.objects.update(next_run_at="1970-01-01T00:00:00Z")
    for loop_id in loops_due(9):
        take_step(str(loop_id), owner="test")
    work()


def test_a_loop_is_begun_waited_for_and_found_again(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive, "sleep", goes_on)
    world = client.project("H2").create_world("flip", PULSE)
    campaign = {"name": "Again", "sweep": {"sources": ["hf"], "points": [0.7]}}
    asked: dict[str, Any] = {"campaign": campaign, "rounds": 1, "report": {"episodes": 4}}
    with pytest.raises(Refused) as refused:
        world.loop(LEARNER, stages=["nominal"], evaluations=300, **asked)
    assert refused.value.errors[0].pointer == "/report/stages"
    loop = world.loop(LEARNER, evaluations=300, seed=3, **asked)
    row = loop.wait()
    assert (row.state, row.reason, row.so_far[:2]) == ("done", "Its rounds are used: 1.", (1, 1))
    assert row.rounds[0]["policy"] == next(iter(client.policies())).id
    assert [one.id for one in world.loops(state="done")] == [client.loop(loop.id).id]
    second = world.loop(LEARNER, evaluations=300, **asked)
    assert second.cancel().state == "cancelled"


def test_a_policy_is_trained_from_the_shell(
    run: Callable[..., str], project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive, "sleep", lambda seconds: work())
    path = tmp_path / "world.json"
    path.write_text(json.dumps({"name": "flip", "document": PULSE}))
    made: dict[str, Any] = json.loads(
        run("world", "create", str(path), "--project", "h2", "--watch", "--json")
    )
    assert made["state"] == "done"
    learner = tmp_path / "learner.json"
    learner.write_text(json.dumps(LEARNER))
    words = ("--learner", str(learner), "--evaluations", "300", "--seed", "3", "--name", "first")
    done = json.loads(run("train", "start", made["id"], *words, "--watch", "--json"))
    assert done["state"] == "done"
    assert done["id"] in run("train", "ls")
    assert "first" in run("policy", "ls")
    saved = tmp_path / "p.npz"
    run("policy", "save", done["policy"], str(saved))
    sent = run("policy", "send", made["id"], str(saved), "--name", "again").strip()
    assert sent in run("policy", "ls")
    told = run("policy", "transfer", sent, "--stage", "nominal", "--episodes", "4")
    assert "nominal" in told
    path.write_text(json.dumps({"name": "flip", "doc": {}}))
    run("world", "create", str(path), "--project", "h2", status=2)


def test_a_loop_is_begun_watched_and_ended_from_the_shell(
    run: Callable[..., str], client: Client, project: Project, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(drive, "sleep", goes_on)
    world = client.project("H2").create_world("flip", PULSE)
    world.wait()

    def written(name: str, body: object) -> str:
        path = tmp_path / name
        path.write_text(json.dumps(body))
        return str(path)

    plan = written("plan.json", {"name": "Again", "sweep": {"sources": ["hf"], "points": [0.7]}})
    words = ("--learner", written("learner.json", LEARNER), "--evaluations", "300", "--rounds", "1")
    report = ("--stage", "nominal", "--stage", "noisy", "--report")
    noise = written("report.json", {"episodes": 4, "noise": {"amplitude_scale": 0.9}})
    begun = ("loop", "start", world.id, plan, *words, "--seed", "3", *report, noise)
    done: dict[str, Any] = json.loads(run(*begun, "--watch", "--json"))
    assert (done["state"], done["reason"]) == ("done", "Its rounds are used: 1.")
    assert done["asked"]["report"]["noise"] == {"amplitude_scale": 0.9}
    (made,) = done["rounds"]
    told = run("loop", "show", done["id"])
    gap = made["gap"]
    row = ["1", made["run"], made["report"], "", gap["absolute"], gap["lower"], gap["upper"], ""]
    assert "\t".join(map(str, row)) in told
    second = run(*begun).strip()
    assert "cancelled" in run("loop", "cancel", second)
    assert second not in run("loop", "ls", world.id, "--state", "done")
    assert done["id"] in run("loop", "ls", world.id)
    wrong = written("wrong.json", {"sweep": {}})
    run("loop", "start", world.id, wrong, "--evaluations", "300", status=2)
    run("loop", "watch", second, status=1)
