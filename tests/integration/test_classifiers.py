"""From the bit strings of a project's jobs to a comparison of classifiers, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team
from qtwin.client.rows.classifier import ClassifierRow
from qtwin.jobs.models import Job, Measurement
from qtwin.jobs.services import measurement_invalidate
from qtwin.projects.models import Project
from qtwin.training.models import Classifier
from qtwin.training.selectors import classifiers_due
from qtwin.training.services import work_cancel, work_claim
from qtwin.training.services.classifying import classifier_make, shots_of
from workers.training import classify

pytestmark = pytest.mark.django_db
FIELDS = [0.0, 0.3, 0.6, 0.95, 1.4, 1.7, 2.0]
SYSTEM = {
    "kind": "spin_lattice",
    "schema_version": 1,
    "model": "ising",
    "geometry": "ring",
    "sites": 4,
    "parameters": {"hx": "field"},
    "controls": [{"name": "field", "unit": "dimensionless", "lower": 0.0, "upper": 2.0}],
}
QUICK = {
    "transition": 1.0,
    "shots": 20,
    "readings": 2,
    "folds": 2,
    "methods": ["logistic_correlations", "overlap_kernel"],
}


@pytest.fixture
def empty(api: APIClient, team: Team) -> str:
    """A ring of four spins with two sources, and nothing measured."""
    made = api.post("/api/v1/projects", {"name": "Ising", "system": SYSTEM}, format="json")
    place = str(made["Location"])
    ramp = {"backend": "aer", "method": "adiabatic", "settings": {"duration": 2.5}}
    sources = (
        {"name": "ramp", "role": "approximation", **ramp},
        {"name": "ed", "role": "reference", "backend": "exact", "method": "ed"},
    )
    for source in sources:
        assert api.post(f"{place}/sources", source, format="json").status_code == 201
    return place


@pytest.fixture
def place(api: APIClient, empty: str, work: Callable[[], None]) -> str:
    """The same, ramped on Aer with shots and solved exactly without."""
    jobs: tuple[dict[str, Any], ...] = (
        {"source": "ramp", "points": FIELDS, "shots": 60, "seed": 1, "knobs": {"trotter_steps": 4}},
        {"source": "ed", "points": FIELDS},
    )
    for job in jobs:
        body = job | {"observables": ["energy_per_site"]}
        assert api.post(f"{empty}/jobs", body, format="json").status_code == 202
    work()
    return empty


def _ask(api: APIClient, place: str, **more: object) -> dict[str, Any]:
    answer = api.post(f"{place}/classifiers", QUICK | more, format="json")
    assert answer.status_code == 202, answer.content
    classify(answer.json()["id"], owner="test")
    found: dict[str, Any] = api.get(answer["Location"]).json()
    return found


def test_classifiers_are_compared_on_the_shots_of_real_jobs(api: APIClient, place: str) -> None:
    found = _ask(api, place)
    assert (found["state"], found["reason"]) == ("done", "")
    assert found["asked"]["control"] == "field"
    document = found["document"]
    assert document["jobs"] == [str(Job.objects.get(source_revision__source__name="ramp").pk)]
    assert document["sources"] == ["ramp (trotter_steps 4)"]
    assert document["points"] == FIELDS
    assert document["labels"] == [0, 0, 0, None, 1, 1, 1]
    assert document["bases"] == ["XXXX", "ZZZZ"]
    for score in document["scores"]:
        assert score["value"] > 0.9
        assert score["points"] == 6
        assert score["lower"] < score["value"] <= score["upper"] <= 1.0
    table = str(ClassifierRow.read(found))
    assert "6 points held out one fold after the other, 1 within 0.1 of 1 not labelled" in table
    assert table.splitlines()[-1].startswith("Logistic regression: bits and pairs")
    listed = api.get(f"{place}/classifiers").json()["results"]
    assert [one["id"] for one in listed] == [found["id"]]
    assert classifiers_due(9) == []


def test_points_that_were_invalidated_are_left_out(api: APIClient, place: str, team: Team) -> None:
    project = Project.objects.get(team=team)
    rows = Measurement.objects.filter(job__source_revision__source__name="ramp", row=1)
    for measurement in rows:
        measurement_invalidate(measurement=measurement, why="wrong", by=None)
    left = [one.value for _, one in shots_of(project.pk, control="field", sources=[])]
    assert left == [0.0, 0.6, 0.95, 1.4, 1.7, 2.0]
    assert list(shots_of(project.pk, control="field", sources=["ed"])) == []


@pytest.mark.parametrize(
    ("more", "pointer", "said"),
    [
        ({"control": "temperature"}, "/control", "allowed: field"),
        ({"transition": 3.0}, "/transition", "allowed: between 0.0 and 2.0"),
        ({"sources": ["ramp", "aquila"]}, "/sources/1", "allowed: ed, ramp"),
        ({"methods": ["overlap_kernel"]}, "/methods", "logistic_correlations is missing"),
        ({"shots": 0}, "/shots", "1"),
        ({"forest": True}, "/forest", ""),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_field(
    api: APIClient, empty: str, more: dict[str, Any], pointer: str, said: str
) -> None:
    answer = api.post(f"{empty}/classifiers", QUICK | more, format="json")
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["pointer"].startswith(pointer)
    assert said in error["detail"]


def test_what_cannot_be_made_says_why(api: APIClient, place: str) -> None:
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"sources": ["ed"]}, "no job of these sources kept bit strings"),
        ({"shots": 61}, "no point has 61 shots"),
        ({"margin": 0.9}, "1 points below the transition"),
    )
    for more, said in wrong:
        found = _ask(api, place, **more)
        assert found["state"] == "failed"
        assert said in found["reason"]
        assert found["document"] == {}


def test_a_comparison_is_cancelled_before_and_while_it_is_made(api: APIClient, empty: str) -> None:
    waiting = api.post(f"{empty}/classifiers", QUICK, format="json")["Location"]
    assert api.post(f"{waiting}:cancel").json()["state"] == "cancelled"
    assert api.post(f"{waiting}:cancel").status_code == 202
    api.post(f"{empty}/classifiers", QUICK, format="json")
    row = work_claim(Classifier.objects.all(), classifiers_due(1)[0], owner="test", lease_s=60)
    work_cancel(work=Classifier.objects.get(pk=row.pk), by=None)
    classifier_make(row)
    row.refresh_from_db()
    assert (row.state, row.document) == ("cancelled", {})
