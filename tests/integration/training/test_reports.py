"""Transfer reports of policies, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.worlds import FEW, work

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_report_has_a_row_for_each_stage_and_what_was_lost_between_them(
    world: dict[str, Any], post: Callable[..., dict[str, Any]], get: Callable[[str], dict[str, Any]]
) -> None:
    run = post(f"worlds/{world['id']}/training-runs", FEW)
    work()
    policy = get(f"training-runs/{run['id']}")["policy"]
    asked = post(
        f"policies/{policy}/transfer-reports",
        {"stages": ["randomised", "nominal"], "episodes": 20},
    )
    work()
    found = get(f"transfer-reports/{asked['id']}")
    assert found["state"] == "done", found["reason"]
    stages = found["document"]["stages"]
    assert [row["name"] for row in stages] == ["nominal", "randomised"]
    assert all(row["lower"] <= row["value"] <= row["upper"] for row in stages)
    baselines = found["document"]["baselines"]
    assert [row["policy"] for row in baselines] == ["linear sweep"] * 2
    gap = found["document"]["gap"]
    assert gap["absolute"] == pytest.approx(stages[0]["value"] - stages[1]["value"])
    missing = post(f"policies/{policy}/transfer-reports", {"stages": ["held_out"]})
    work()
    refused = get(f"transfer-reports/{missing['id']}")
    assert (refused["state"], refused["field"]) == ("failed", "/stages")
    post(f"policies/{policy}/transfer-reports", {"stages": ["qpu"]}, 400)


def test_a_noisy_device_model_is_worse_by_what_is_said_of_it(
    world: dict[str, Any], post: Callable[..., dict[str, Any]], get: Callable[[str], dict[str, Any]]
) -> None:
    run = post(f"worlds/{world['id']}/training-runs", {**FEW, "evaluations": 600})
    work()
    policy = get(f"training-runs/{run['id']}")["policy"]
    stages = ["nominal", "noisy"]
    noise = {"amplitude_scale": 0.0}  # no pulse at all: the qubit stays where it is
    body = {"stages": stages, "episodes": 10, "noise": noise, "earlier": {"nothing": policy}}
    asked = post(f"policies/{policy}/transfer-reports", body)
    work()
    found = get(f"transfer-reports/{asked['id']}")
    assert found["state"] == "done", found["reason"]
    nominal, noisy = found["document"]["stages"]
    assert nominal["value"] > 0.9
    assert noisy["value"] == pytest.approx(0.0, abs=1e-12)
    assert found["document"]["closed"][0]["value"] == pytest.approx(0.0)
    wrong = post(
        f"policies/{policy}/transfer-reports", body | {"noise": {"gremlins": 1.0}, "earlier": {}}
    )
    work()
    refused = get(f"transfer-reports/{wrong['id']}")
    assert (refused["state"], refused["field"]) == ("failed", "/noise/gremlins")
