"""A part of the twin's curve, drawn finely, as a chart that is zoomed asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.jobs.models import Measurement
from qtwin.projects.models import Control, Project
from qtwin.twins.models import TwinFit
from tests.morse import truth

XS = (0.4, 0.8, 1.6, 2.4)


@pytest.fixture
def base(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/twin"


def get(api: APIClient, path: str, status: int = 200) -> Any:
    response = api.get(path)
    assert response.status_code == status, response.content
    return response.json()


def test_a_narrower_range_has_as_many_samples_of_the_same_curve(
    api: APIClient,
    base: str,
    measure: Callable[..., Measurement],
    assimilated: Callable[[], TwinFit],
) -> None:
    rows = [measure("fci", x, truth(x)) for x in XS]
    assimilated()
    whole = get(api, f"{base}/curve")
    assert (whole["x"][0], whole["x"][-1], len(whole["x"])) == (0.3, 2.5, 201)
    assert [point["id"] for point in whole["points"]] == [str(row.pk) for row in rows]
    part = get(api, f"{base}/curve?from=0.7&to=0.8&points=false")
    assert (part["x"][0], part["x"][-1], len(part["x"])) == (0.7, 0.8, 201)
    assert part["points"] == []
    assert part["sources"] == whole["sources"]
    assert {s["name"]: s["measurements"] for s in part["sources"]}["fci"] == len(XS)
    body = {"observable": "energy", "points": part["x"][::50]}
    asked = api.post(f"{base}:predict", body, format="json").json()
    for name in ("mean", "std", "lower", "upper"):
        assert part[name][::50] == pytest.approx(asked[name], rel=1e-9)
    assert get(api, f"{base}/curve?to=1.0")["x"][0] == 0.3
    assert get(api, f"{base}/curve?version=1&from=2")["points"] == whole["points"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("from=0.2", "?from"),
        ("from=x", "?from"),
        ("to=nan", "?to"),
        ("to=2.6", "?to"),
        ("from=1.2&to=1.1", "?to"),
        ("from=1.2&to=1.2", "?to"),
        ("fixed=across:1", "?fixed"),
        ("points=no", "?points"),
    ],
)
def test_a_range_that_is_none_is_refused_with_what_is_allowed(
    api: APIClient, base: str, query: str, pointer: str
) -> None:
    (error,) = get(api, f"{base}/curve?{query}", 400)["errors"]
    assert error["pointer"] == pointer
    assert "allowed: " in error["detail"]


def test_other_controls_are_held_where_it_is_asked(
    api: APIClient, base: str, project: Project
) -> None:
    Control.objects.create(
        project=project, position=1, name="across", label="Across", unit="1", lower=0, upper=2
    )
    assert get(api, f"{base}/curve")["fixed"] == {"across": 1.0}
    assert get(api, f"{base}/curve?fixed=across:0.25")["fixed"] == {"across": 0.25}
    for wrong in ("across:3", "across:", "across", "along:1"):
        (error,) = get(api, f"{base}/curve?fixed={wrong}", 400)["errors"]
        assert error["pointer"] == "?fixed"
