"""The twin over two controls and along any of them: numbers are those of a prediction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team
from qtwin.projects.models import Project
from tests.contract.cases import ISING

FIELDS, COUPLINGS = [0.5, 0.9, 1.6, 2.3], [0.5, 1.0, 1.5]
SYSTEM = {
    **ISING,
    "parameters": {"J": "coupling", "hx": "field"},
    "controls": [
        ISING["controls"][0],
        {"name": "coupling", "label": "Coupling", "unit": "dimensionless", "lower": 0, "upper": 2},
    ],
}


@pytest.fixture
def place(api: APIClient, team: Team, fitted: Callable[[Project], None]) -> str:
    """A chain in a field, of which the coupling runs too; exact runs, some of a wrong source."""
    made = api.post("/api/v1/projects", {"name": "Ising", "system": SYSTEM}, format="json")
    assert made.status_code == 201, made.content
    for name, role, method in (("ed", "reference", "ed"), ("mf", "approximation", "mean_field")):
        source = {"name": name, "role": role, "backend": "exact", "method": method}
        assert api.post(f"{made['Location']}/sources", source, format="json").status_code == 201
        points = [[field, coupling] for field in FIELDS for coupling in COUPLINGS]
        job = {"source": name, "points": points, "observables": ["energy"]}
        answer = api.post(f"{made['Location']}/jobs", job, format="json")
        assert answer.status_code == 202, answer.content
    fitted(Project.objects.get(team=team))
    return str(made["Location"])


def get(api: APIClient, path: str, status: int = 200) -> Any:
    response = api.get(path)
    assert response.status_code == status, response.content
    return response.json()


def predict(api: APIClient, place: str, points: list[list[float]]) -> Any:
    body = {"observable": "energy", "points": points}
    return api.post(f"{place}/twin:predict", body, format="json").json()


def test_a_surface_says_what_a_prediction_says(api: APIClient, place: str) -> None:
    surface = get(api, f"{place}/twin/surface?points=7")
    field = surface["controls"][0]
    assert (surface["x_control"], surface["y_control"]) == (field["name"], "coupling")
    assert surface["x"] == pytest.approx(np.linspace(field["lower"], field["upper"], 7))
    points = [[x, y] for y in surface["y"] for x in surface["x"]]
    said = predict(api, place, points)
    for name in ("mean", "std", "lower", "upper"):
        assert np.array(surface[name]).shape == (7, 7)
        assert np.array(surface[name]).ravel() == pytest.approx(said[name])
    assert surface["version"]["number"] == 1
    assert len(surface["points"]) == 24
    assert {tuple(point["at"]) for point in surface["points"]} == {
        (point["x"], point["y"]) for point in surface["points"]
    }
    turned = get(api, f"{place}/twin/surface?points=7&x=coupling")
    assert pytest.approx(np.array(surface["mean"])) == np.array(turned["mean"]).T

    trust = surface["trust"]
    standing = np.array(trust["standing"])
    assert standing[0, 0] == "extrapolated"
    assert standing[3, 3] == "calibrated"
    away = np.hypot(0.2 / 2.2, 0.5 / 2)
    assert trust["reference"][0][0] == pytest.approx(away)
    assert trust["evidence"][0][0] == pytest.approx(away)
    assert max(map(max, trust["relative"])) < 1.5


def test_a_slice_runs_along_any_control_with_the_others_held_where_one_likes(
    api: APIClient, place: str
) -> None:
    along = get(api, f"{place}/twin/curve?control=coupling&fixed=field:0.9")
    assert (along["control"]["name"], along["fixed"]) == ("coupling", {"field": 0.9})
    said = predict(api, place, [[0.9, x] for x in along["x"]])
    assert along["mean"] == pytest.approx(said["mean"])
    assert {point["x"] for point in along["points"]} == set(COUPLINGS)
    assert {point["at"][0] for point in along["points"]} == set(FIELDS)
    middle = get(api, f"{place}/twin/curve")
    assert middle["fixed"] == {"coupling": 1.0}
    assert set(middle["trust"]) == {"standing", "evidence", "reference", "relative"}
    assert len(middle["trust"]["standing"]) == 201


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("surface?x=spin", "?x"),
        ("surface?x=field&y=field", "?y"),
        ("surface?points=62", "?points"),
        (f"surface?points={41:09d}00", "?points"),
        ("surface?points=4", "?points"),
        ("surface?fixed=field:1", "?fixed"),
        ("surface?version=0", "?version"),
        ("surface?observable=spin", "?observable"),
        ("curve?control=spin", "?control"),
        ("curve?fixed=field:1", "?fixed"),
        ("curve?control=coupling&fixed=field:2.6", "?fixed"),
    ],
)
def test_a_wrong_question_is_refused_by_parameter(
    api: APIClient, team: Team, query: str, pointer: str
) -> None:
    made = api.post("/api/v1/projects", {"name": "Ising", "system": SYSTEM}, format="json")
    refused = get(api, f"{made['Location']}/twin/{query}", 400)
    assert [error["pointer"] for error in refused["errors"]] == [pointer]


def test_without_a_twin_a_surface_is_empty_and_with_one_control_there_is_none(
    api: APIClient, team: Team, project: Project
) -> None:
    made = api.post("/api/v1/projects", {"name": "Ising", "system": SYSTEM}, format="json")
    empty = get(api, f"{made['Location']}/twin/surface")
    assert (empty["version"], empty["x"], empty["mean"], empty["points"]) == (None, [], [], [])
    get(api, f"{made['Location']}/twin/surface?version=3", 404)
    get(api, f"/api/v1/projects/{project.pk}/twin/surface", 400)
