"""kill -9 of the worker that trains: the run goes on, and its policy is the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.stack import Running, running
from tests.integration.worlds import PULSE

pytestmark = pytest.mark.slow
LEARNER = {"kind": "cma_es", "truths": 256, "held_out": 64, "population": 16}


@pytest.fixture(scope="module")
def qtwin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("qtwin"), workers=1, trainers=1) as stack:
        yield stack


def post(qtwin: Running, path: str, body: object) -> dict[str, Any]:
    answer = qtwin.http.post(path, json=body)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def get(qtwin: Running, path: str) -> Any:
    return qtwin.http.get(f"/api/v1/{path}").json()


def run_of(qtwin: Running, world: str, name: str) -> str:
    body = {"learner": LEARNER, "seed": 5, "evaluations": 120_000, "name": name}
    return str(post(qtwin, f"/api/v1/worlds/{world}/training-runs", body)["id"])


def ended(qtwin: Running, run: str) -> None:
    """Wait for its end, which is as far as its episodes are few; the server is asked seldom."""

    def far() -> tuple[str, int]:
        row = get(qtwin, f"training-runs/{run}")
        return row["state"], row["used"]

    def is_over() -> bool:
        row = get(qtwin, f"training-runs/{run}?wait=2")
        assert row["state"] in {"queued", "running", "done"}, row["reason"]
        return bool(row["state"] == "done")

    qtwin.wait(is_over, moves=far)


def test_a_killed_trainer_loses_a_few_seconds_and_leaves_one_policy(qtwin: Running) -> None:
    body = {"name": "flip", "document": PULSE}
    world = post(qtwin, f"{qtwin.project}/worlds", body)["id"]
    qtwin.wait(lambda: get(qtwin, f"worlds/{world}?wait=2")["state"] == "done")
    killed = run_of(qtwin, world, "killed")
    qtwin.wait(
        lambda: bool(get(qtwin, f"training-runs/{killed}/checkpoints")["results"]),
        moves=lambda: get(qtwin, f"training-runs/{killed}")["used"],
    )
    assert get(qtwin, f"training-runs/{killed}")["state"] == "running"
    qtwin.kill("trainer")
    ended(qtwin, killed)
    whole = run_of(qtwin, world, "whole")
    ended(qtwin, whole)
    policies = qtwin.rows(f"/api/v1/worlds/{world}/policies")
    assert sorted(policy["name"] for policy in policies) == ["killed", "whole"]
    assert len({policy["sha256"] for policy in policies}) == 1
    numbers = [row["number"] for row in get(qtwin, f"training-runs/{killed}/curve")["results"]]
    assert numbers == list(range(len(numbers)))
