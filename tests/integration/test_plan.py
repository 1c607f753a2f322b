"""``twin:plan`` of a twin that real solvers have fed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from backends import registry
from qtwin.accounts.models import User
from qtwin.jobs.models import Job
from qtwin.projects.models import Project
from qtwin.projects.services import source_create
from tests.memory_vendor import PRICE

PRICES: dict[str, dict[str, float]] = {
    "fci": {"per_run": 100},
    "hf": {"per_run": 1},
    "vqe-ideal": {"per_run": 4, "per_shot": 0.004},
}

Submit = Callable[..., Job]
Fitted = Callable[[Project], None]


def ask(api: APIClient, project: Project, status: int = 200, **body: Any) -> dict[str, Any]:
    body = {"observable": "energy", "prices": PRICES, "budget": 250, **body}
    response = api.post(f"/api/v1/projects/{project.pk}/twin:plan", body, format="json")
    assert response.status_code == status, response.content
    answer: dict[str, Any] = response.json()
    return answer


@pytest.fixture
def measured(project: Project, submit: Submit, fitted: Fitted) -> Project:
    submit(source="hf", points=list(np.linspace(0.4, 2.4, 9)))
    submit(source="vqe-ideal", points=[0.5, 1.0, 1.5, 2.0], shots=1000, seed=1)
    fitted(project)
    return project


def test_a_project_without_references_is_told_to_run_one(
    api: APIClient, measured: Project, submit: Submit, fitted: Fitted
) -> None:
    first = ask(api, measured)
    assert first["steps"][0]["source"] == "fci"
    assert first["baseline"] is None
    (bond,) = first["steps"][0]["at"]

    submit(source="fci", points=[bond, 0.5, 2.2])
    fitted(measured)
    points = np.linspace(0.4, 2.4, 11).tolist()
    found = ask(api, measured, points=points, batch=3)
    assert found["version"]["number"] == 2
    assert 1 <= len(found["steps"]) <= 3
    assert found["cost"] == pytest.approx(sum(step["cost"] for step in found["steps"]))
    assert found["baseline"]["loo_rmse"] > 0.0
    for step in found["steps"]:
        assert step["at"][0] in points
        price = PRICES[step["source"]]
        cost = price["per_run"] + price.get("per_shot", 0.0) * (step["shots"] or 0)
        assert step["cost"] == pytest.approx(cost)
        assert "hartree" in step["why"]
    belief = api.post(
        f"/api/v1/projects/{measured.pk}/twin:predict",
        {"observable": "energy", "points": points},
        format="json",
    ).json()
    assert found["single_source"] or found["sigma_before"] == pytest.approx(
        np.sqrt(np.mean(np.square(belief["std"])))
    )


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"budget": None}, "/budget"),
    ({"budget": -1}, "/budget"),
    ({"target": 0}, "/target"),
    ({"prices": {"x": {"per_run": 1}}}, "/prices/x"),
    ({"prices": {"fci": {}}}, "/prices/fci"),
    ({"prices": {"hf": {"per_shot": 1}}}, "/prices"),
    ({"prices": {}}, "/prices"),
    ({"prices": None, "budget": None}, "/budget"),
    ({"budget": None, "batch": 1}, "/budget"),
    ({"exclude_sources": ["hf"]}, "/prices/hf"),
    ({"goal": "x"}, "/goal"),
    ({"points": [9.0]}, "/points/0"),
]


@pytest.mark.slow
def test_prices_that_nobody_states_are_what_the_backends_estimate(
    api: APIClient, measured: Project
) -> None:
    found = ask(api, measured, prices=None, budget=None, batch=2)
    pricing = found["pricing"]
    assert (pricing["unit"], set(pricing["prices"])) == ("s", {"fci", "hf", "vqe-ideal"})
    assert "measured nothing yet" in pricing["not_on_offer"]["mp2"]
    estimates = [
        api.post(
            f"/api/v1/projects/{measured.pk}/estimate",
            {"source": step["source"], "points": [step["at"]], "shots": step["shots"]},
            format="json",
        ).json()
        for step in found["steps"]
    ]
    assert 1 <= len(estimates) <= 2
    for step, estimate in zip(found["steps"], estimates, strict=True):
        assert step["cost"] == pytest.approx(estimate["seconds"], rel=0.3)
    alone = ask(api, measured, prices=None, exclude_sources=["hf"], batch=1)
    assert "hf" not in alone["pricing"]["prices"]
    stated = ask(api, measured, batch=1)["pricing"]
    assert (stated["unit"], stated["told"]) == ("", "as stated in the request")


@pytest.mark.slow
def test_sources_that_cost_money_are_priced_with_the_time_of_the_machine(
    api: APIClient,
    measured: Project,
    user: User,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(registry.BUILTIN, "paid", "tests.paid_vendor:PaidBackend")
    source_create(
        project=measured, name="qpu", role="reference", backend="paid", method="vqe", by=user
    )
    off = ask(api, measured, prices=None, budget=None, batch=1)["pricing"]
    assert "paid sources are off" in off["not_on_offer"]["qpu"]
    measured.paid_sources = True
    measured.save(update_fields=["paid_sources"])
    settings.CORE_HOUR_USD = 3.6
    on = ask(api, measured, prices=None, budget=None, batch=1)["pricing"]
    assert on["unit"] == "USD"
    assert "memory 2026-01-01" in on["told"]
    assert on["prices"]["qpu"]["per_run"] == pytest.approx(PRICE / 1e6, rel=0.1)
    assert on["prices"]["fci"]["per_run"] == pytest.approx(
        1e-3 * off["prices"]["fci"]["per_run"], rel=0.01
    )


def test_what_is_wrong_is_pointed_at(api: APIClient, measured: Project) -> None:
    for body, pointer in WRONG:
        problem = ask(api, measured, status=400, **body)
        assert any(error["pointer"].startswith(pointer) for error in problem["errors"]), body


def test_a_project_without_a_twin_has_no_plan(api: APIClient, project: Project) -> None:
    ask(api, project, status=404)
