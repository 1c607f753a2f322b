"""From a twin to a world, a training run and its policy, by the functions that tasks call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from qtwin.projects.services import artifact_read
from qtwin.training.models import Policy as PolicyRow
from qtwin.training.models import TrainingRun
from qtwin.training.selectors import runs_due
from qtwin.training.services import training
from qtwin.training.services.lease import work_wants_cancel
from qtwin.twins.models import TwinFit
from qtwin.worlds.policies import read_policy
from tests.integration.worlds import FEW, work

pytestmark = pytest.mark.django_db(transaction=True)
SEARCH: dict[str, Any] = {
    "kind": "search",
    "schema_version": 1,
    "goal": {"kind": "minimum", "tolerance": 0.1},
    "budget": 10.0,
    "sources": [{"name": "fci", "cost": 4.0}, {"name": "hf", "cost": 1.0}],
    "steps": 3,
    "grid": 17,
    "truths": 64,
}


def test_a_search_world_is_made_from_the_latest_version_and_tells_its_spaces(
    project: Project,
    post: Callable[..., dict[str, Any]],
    get: Callable[[str], dict[str, Any]],
    measure: Callable[..., Measurement],
    assimilated: Callable[[], TwinFit],
) -> None:
    for x in (0.5, 0.7, 0.9, 1.2, 1.6):
        measure("hf", x, (x - 0.75) ** 2 - 1.1)
    for x in (0.5, 0.9, 1.6):
        measure("fci", x, (x - 0.74) ** 2 - 1.13)
    made = post(f"projects/{project.pk}/worlds", {"name": "early", "document": SEARCH})
    work()
    early = get(f"worlds/{made['id']}")
    assert (early["state"], early["twin_version"]) == ("failed", None)
    assert "made from a version of a twin" in early["reason"]
    assimilated()
    made = post(f"projects/{project.pk}/worlds", {"name": "minimum", "document": SEARCH})
    wrong = {**SEARCH, "sources": [{"name": "fci", "cost": -1.0}]}
    other = post(f"projects/{project.pk}/worlds", {"name": "wrong", "document": wrong})
    work()
    found, refused = (get(f"worlds/{one['id']}") for one in (made, other))
    assert (found["state"], found["reason"]) == ("done", "")
    assert (found["kind"], found["twin_version"], found["facts"]["steps"]) == ("search", 1, 3)
    assert set(found["facts"]["spaces"]["action"]["lower"]) == {-1.0}
    assert len(found["digest"]) == 64
    assert (refused["state"], refused["field"]) == ("failed", "/document/sources/0/cost")
    assert "allowed" in refused["reason"]
    answer = post(f"worlds/{other['id']}/training-runs", FEW, 409)
    assert refused["reason"] in answer["detail"]


def test_a_run_leaves_one_policy_with_its_curve_and_that_can_be_played(
    world: dict[str, Any],
    post: Callable[..., dict[str, Any]],
    get: Callable[[str], dict[str, Any]],
    api: APIClient,
) -> None:
    run = post(f"worlds/{world['id']}/training-runs", {**FEW, "name": "first"})
    work()
    done = get(f"training-runs/{run['id']}")
    assert (done["state"], done["used"] <= 300) == ("done", True), done
    assert done["reason"]
    rows = get(f"training-runs/{run['id']}/curve")["results"]
    assert [row["number"] for row in rows] == list(range(len(rows)))
    assert all(row["lower"] <= row["mean"] <= row["upper"] for row in rows)
    assert get(f"training-runs/{run['id']}/curve?after=0")["results"] == rows[1:]
    policy = get(f"policies/{done['policy']}")
    assert (policy["name"], policy["twin_version"], policy["uploaded"]) == ("first", None, False)
    read = read_policy(api.get(f"/api/v1/policies/{policy['id']}/artifact").content)
    assert (read.provenance.world_kind, read.provenance.seed) == ("control", 3)
    asked = post(f"policies/{policy['id']}:evaluate", {"episodes": 5, "seed": 1})
    work()
    played = get(f"evaluations/{asked['id']}")
    assert played["state"] == "done", played["reason"]
    assert len(played["answer"]["steps"]) == 3
    assert played["answer"]["value"][0] == pytest.approx(0.0, abs=1e-12)  # it starts in 0
    assert sum(played["answer"]["counts"].values()) == 20
    assert played["answer"]["episodes"]["count"] == 5
    again = post(f"policies/{policy['id']}:evaluate", {"episodes": 5, "seed": 1}, 200)
    assert again["answer"] == played["answer"]


def test_a_run_whose_worker_died_goes_on_from_its_checkpoint_bit_for_bit(
    world: dict[str, Any],
    post: Callable[..., dict[str, Any]],
    get: Callable[[str], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training, "EVERY_S", 0.0)
    whole = post(f"worlds/{world['id']}/training-runs", FEW)
    work()
    killed = post(f"worlds/{world['id']}/training-runs", FEW)
    real, calls = training._Keeper.__call__, []

    def dies(keeper: Any, row: Any, checkpoint: bytes) -> bool:
        calls.append(row)
        if len(calls) == 4:
            raise KeyboardInterrupt  # what nothing may catch, as a kill
        return real(keeper, row, checkpoint)

    monkeypatch.setattr(training._Keeper, "__call__", dies)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert get(f"training-runs/{killed['id']}/checkpoints")["results"][-1]["number"] == 2
    assert runs_due(9) == []  # its lease still holds
    TrainingRun.objects.update(lease_until="1970-01-01T00:00:00Z")
    work()
    first, second = (get(f"training-runs/{run['id']}") for run in (whole, killed))
    assert second["state"] == "done", second
    assert len(calls) == 1 + len(get(f"training-runs/{killed['id']}/curve")["results"])
    policies = [PolicyRow.objects.get(pk=run["policy"]) for run in (first, second)]
    assert policies[0].artifact.sha256 == policies[1].artifact.sha256
    assert artifact_read(policies[0].artifact) == artifact_read(policies[1].artifact)
    curves = [
        [(row["evaluations"], row["best"], row["mean"]) for row in get(path)["results"]]
        for path in (f"training-runs/{run['id']}/curve" for run in (whole, killed))
    ]
    assert curves[0] == curves[1]


def test_a_run_that_kills_its_workers_is_given_up(
    world: dict[str, Any], post: Callable[..., dict[str, Any]], get: Callable[[str], dict[str, Any]]
) -> None:
    run = post(f"worlds/{world['id']}/training-runs", FEW)
    TrainingRun.objects.update(crashes=3)
    work()
    found = get(f"training-runs/{run['id']}")
    assert (found["state"], found["policy"]) == ("failed", None)
    assert "3 workers in a row died" in found["reason"]


def test_a_run_is_cancelled_between_two_generations(
    world: dict[str, Any],
    post: Callable[..., dict[str, Any]],
    get: Callable[[str], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = post(f"worlds/{world['id']}/training-runs", FEW)
    real = work_wants_cancel

    def asked(held: Any) -> bool:
        post(f"training-runs/{run['id']}:cancel", {})
        return real(held)

    monkeypatch.setattr(training, "work_wants_cancel", asked)
    work()
    found = get(f"training-runs/{run['id']}")
    assert (found["state"], found["policy"]) == ("cancelled", None)
    assert len(get(f"training-runs/{run['id']}/curve")["results"]) == 1
    post(f"training-runs/{run['id']}:cancel", {})  # again, which changes nothing


def test_a_budget_that_is_too_small_for_one_generation_fails_with_its_field(
    world: dict[str, Any], post: Callable[..., dict[str, Any]], get: Callable[[str], dict[str, Any]]
) -> None:
    run = post(f"worlds/{world['id']}/training-runs", {**FEW, "evaluations": 5})
    work()
    found = get(f"training-runs/{run['id']}")
    assert (found["state"], found["field"]) == ("failed", "/evaluations"), found["reason"]
