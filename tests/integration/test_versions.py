"""Versions over HTTP: look back, compare, ask for a new one; who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from qtwin.accounts.models import User
from qtwin.fusion.version import FUSION_VERSION
from qtwin.jobs.models import Measurement
from qtwin.jobs.services import measurement_invalidate
from qtwin.projects.models import Project
from qtwin.twins.models import Twin, TwinFit
from tests.morse import truth

Measure = Callable[..., Measurement]


@pytest.fixture
def base(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}"


def get(api: APIClient, path: str, status: int = 200) -> Any:
    response = api.get(path)
    assert response.status_code == status, response.content
    return response.json()


def predict(api: APIClient, base: str, status: int = 200, **more: object) -> Any:
    body = {"observable": "energy", "points": [1.2], **more}
    response = api.post(f"{base}/twin:predict", body, format="json")
    assert response.status_code == status, response.content
    return response.json()


@pytest.fixture
def three(measure: Measure, assimilated: Callable[[], TwinFit], user: User) -> list[datetime]:
    """Three versions, and a time at which each was the latest, after one without any."""
    times = [timezone.now()]
    for x in (0.4, 0.8, 1.6, 2.4):
        measure("fci", x, truth(x))
    assimilated()
    times.append(timezone.now())
    wrong = measure("fci", 1.2, truth(1.2) + 0.06)
    measure("hf", 1.0, truth(1.0) + 0.03)
    assimilated()
    times.append(timezone.now())
    measurement_invalidate(measurement=wrong, why="test", by=user)
    assimilated()
    times.append(timezone.now())
    return times


def test_a_version_and_a_time_are_asked_for_what_was_said_then(
    api: APIClient, base: str, three: list[datetime]
) -> None:
    by_number = [predict(api, base, version=number) for number in (1, 2, 3)]
    for said, moment in zip(by_number, three[1:], strict=True):
        then = predict(api, base, as_of=moment.isoformat())
        assert (then["mean"], then["version"]) == (said["mean"], said["version"])
        stored = get(api, f"{base}/twin/versions/{said['version']['number']}")
        assert stored["fits"][0]["digest"] == said["version"]["digest"]
        assert stored["can_be_rebuilt"]
    assert len({said["mean"][0] for said in by_number}) == 3
    assert predict(api, base)["mean"] == by_number[2]["mean"]
    assert "no twin at" in predict(api, base, 404, as_of=three[0].isoformat())["detail"]
    assert predict(api, base, 404, version=4)["detail"].startswith("no version 4")
    listed = get(api, f"{base}/twin/versions?as_of={quote(three[2].isoformat())}")["results"]
    assert [row["number"] for row in listed] == [2, 1]


def test_the_chart_and_the_evidence_are_as_they_were(
    api: APIClient, base: str, three: list[datetime]
) -> None:
    moment = quote(three[2].isoformat())
    assert len(get(api, f"{base}/twin/curve")["points"]) == 5
    for query in (f"as_of={moment}", "version=2"):
        curve = get(api, f"{base}/twin/curve?{query}")
        assert (curve["version"]["number"], len(curve["points"])) == (2, 6)
    empty = get(api, f"{base}/twin/curve?as_of={quote(three[0].isoformat())}")
    assert (empty["version"], empty["points"]) == (None, [])
    then = get(api, f"{base}/measurements?as_of={moment}")["results"]
    now = get(api, f"{base}/measurements")["results"]
    assert [row["valid"] for row in then].count(False) == 0
    assert [row["valid"] for row in now].count(False) == 1
    get(api, f"{base}/twin/curve?version=9", 404)


def test_changes_say_what_moved_the_twin_since_any_earlier_version(
    api: APIClient, base: str, three: list[datetime]
) -> None:
    told = get(api, f"{base}/twin/versions/2:changes")
    assert (told["since"], told["number"], told["refit"]) == (1, 2, False)
    (energy,) = told["observables"]
    assert (energy["added"], energy["removed"]) == (2, 0)
    assert energy["moved_most"][0]["source"] == "fci"
    assert (energy["before"]["references"], energy["after"]["references"]) == (4, 5)
    largest = energy["prediction"]["largest"]
    for side, version in (("before", 1), ("after", 2)):
        body = {"points": largest["at"], "version": version}
        assert predict(api, base, **body)["mean"][0] == pytest.approx(largest[side]["mean"])

    (over_two,) = get(api, f"{base}/twin/versions/3:changes?since=1")["observables"]
    assert [(s["name"], s["added"], s["removed"]) for s in over_two["sources"]] == [("hf", 1, 0)]
    assert over_two["moved_most"][0]["source"] == "hf"
    assert np.isfinite(over_two["prediction"]["largest"]["sigmas"])
    first = get(api, f"{base}/twin/versions/1:changes")
    assert (first["since"], first["observables"][0]["before"]) == (None, None)
    assert first["observables"][0]["added"] == 4


WRONG = {
    "/twin/versions/3:changes?since=3": "?since",
    "/twin/versions/3:changes?since=x": "?since",
    "/twin/versions?as_of=yesterday": "?as_of",
    "/twin/versions?as_of=2026-01-01T00:00:00": "?as_of",
    "/twin/curve?version=0": "?version",
    "/twin/curve?version=1&as_of=2026-01-01T00:00:00Z": "?as_of",
    "/measurements?as_of=1": "?as_of",
}


def test_a_wrong_query_names_what_is_wrong(
    api: APIClient, base: str, three: list[datetime]
) -> None:
    for path, pointer in WRONG.items():
        assert get(api, base + path, 400)["errors"][0]["pointer"] == pointer, path
    now = datetime.now(UTC).isoformat()
    assert predict(api, base, 400, version=1, as_of=now)["errors"][0]["pointer"] == "/as_of"
    assert predict(api, base, 400, as_of="noon")["errors"][0]["pointer"] == "/as_of"


def test_a_refit_is_for_those_who_may_submit(
    api: APIClient, base: str, measure: Measure, user: User, client_of: Callable[..., APIClient]
) -> None:
    address = f"{base}/twin:refit"
    assert api.post(address).status_code == 409, "nothing was measured"
    measure("fci", 0.7, -1.1)
    assert client_of(user, "read").post(address).status_code == 403
    assert not Twin.objects.exists()
    response = api.post(address)
    assert response.status_code == 202
    assert response["Location"] == f"{base}/twin"
    assert response.json()["fusion_version"] == {"before": None, "after": FUSION_VERSION}
    assert Twin.objects.get().refits_wanted == 1
    assert api.post(address, {"now": True}, format="json").status_code == 400


def test_versions_are_for_members_and_refits_for_writers(
    base: str,
    three: list[datetime],
    viewer: User,
    stranger: User,
    client_of: Callable[..., APIClient],
) -> None:
    eve, vera = client_of(stranger), client_of(viewer)
    changes = f"{base}/twin/versions/2:changes"
    for path in (f"{base}/twin/versions/1", changes, f"{changes}?since=1"):
        assert eve.get(path).status_code == 404
        assert vera.get(path).status_code == 200
    for outsider in (eve, vera):
        assert outsider.post(f"{base}/twin:refit").status_code == 404
    assert Twin.objects.get().refits_wanted == 0
    get(vera, f"{base}/twin/versions/99", 404)
    get(vera, f"{base}/twin/versions/99:changes", 404)
