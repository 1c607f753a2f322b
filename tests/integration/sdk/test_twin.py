"""The twin by the SDK: predictions as arrays, questions, plans, and the curve as a figure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from rest_framework.test import APIClient

from qtwin.client import Client, NotFound, Refused, Twin, UnknownName
from qtwin.projects.models import Project
from qtwin.twins.models import TwinFit

ENERGIES = {0.5: -1.05515979, 0.7414: -1.13727017, 1.1: -1.07919286, 1.6: -0.98147, 2.2: -0.94119}
GRID = np.linspace(0.5, 2.2, 7)


@pytest.fixture
def twin(
    client: Client,
    project: Project,
    measure: Callable[..., Any],
    assimilated: Callable[[], TwinFit],
) -> Twin:
    for x, energy in ENERGIES.items():
        measure("fci", x, energy)
        measure("hf", x, energy + 0.05 * x)
    assimilated()
    return client.project("H2").twin()


def test_a_twin_answers_with_arrays(
    twin: Twin, api: APIClient, project: Project, client: Client
) -> None:
    assert twin.wait().settled
    found = twin.predict(GRID)
    body = {"observable": "energy", "points": GRID.tolist()}
    said = api.post(f"/api/v1/projects/{project.pk}/twin:predict", body, format="json").json()
    assert found.mean.tolist() == said["mean"]
    assert found.points.shape == (7, 1)
    assert (found.unit, found.controls) == ("hartree", ("bond_length",))
    np.testing.assert_allclose(sum(found.budget.values()), found.std**2, rtol=1e-9)
    np.testing.assert_allclose(sum(found.shares.values()), 1.0, rtol=1e-9)
    assert set(found.to_pandas().columns) > {"bond_length", "mean", "variance_epistemic"}
    less = twin.predict(GRID, without=["fci"])
    assert less.std.max() > found.std.max()
    pinned = client.project("H2").twin(version=found.version.number).predict(GRID)
    assert pinned.mean.tolist() == found.mean.tolist()
    with pytest.raises(NotFound):
        client.project("H2").twin(version=99).predict(GRID)

    draws = twin.samples(GRID, count=5, seed=3)
    assert draws.draws.shape == (5, 7)
    assert twin.samples(GRID, count=5, seed=3).draws.tolist() == draws.draws.tolist()
    slope = twin.derivatives(GRID)["bond_length"]
    assert slope.unit == "hartree/angstrom"
    assert slope.mean[0] < 0.0 < slope.mean[3]
    lowest = twin.functional("minimum")
    assert lowest.value is not None
    where = lowest.position["bond_length"]
    assert where.lower < 0.7414 < where.upper
    assert lowest.value.mean == pytest.approx(-1.137, abs=0.02)
    (row,) = twin.versions()
    assert (row.number, row.measurements) == (found.version.number, 10)
    assert twin.refit().latest == row.number

    plan = twin.recommend(prices={"fci": {"per_run": 100}, "hf": {"per_run": 1}}, budget=100)
    assert 0 < plan.cost <= 100
    assert plan.sigma_after < plan.sigma_before
    assert "<table>" in plan._repr_html_()
    with pytest.raises(Refused) as refused:
        twin.recommend(prices={"nope": {"per_run": 1}}, budget=1)
    assert refused.value.errors[0].pointer == "/prices/nope"


def test_the_curve_is_a_figure_that_stands_for_itself(twin: Twin) -> None:
    svg = twin._repr_svg_()
    root = ElementTree.fromstring(svg)
    name = "{http://www.w3.org/2000/svg}"
    title, words = root.find(f"{name}title"), root.find(f"{name}desc")
    assert root.get("role") == "img"
    assert title is not None
    assert words is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {words.get('id')}"
    assert "lowest at" in str(words.text)
    assert "prefers-color-scheme:dark" in svg
    kinds = [one.get("class") for one in root.iter(f"{name}polygon")]
    assert kinds == ["band", "sigma"]
    assert len(re.findall('<g class="mark s0">', svg)) == 5 + 1  # and one in the legend
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    scoped = f".{root.get('class')} "
    sheet = str(root.find(f"{name}style").text)  # type: ignore[union-attr]  # it is there
    rules = re.findall(r"[{}]?([^{}]+){", sheet)
    assert all(rule.startswith((scoped, "@media")) for rule in rules)
    assert svg != twin._repr_svg_(), "names would clash in a page with both"
    html = twin._repr_html_()
    assert "<summary>The curve as a table</summary>" in html
    assert "10 measurements, 5 of them references" in html


def test_a_project_without_measurements_shows_that(client: Client, project: Project) -> None:
    twin = client.project("H2").twin()
    assert "There is no twin yet" in twin._repr_html_()
    assert "There is no twin yet" in twin._repr_svg_()
    assert twin.wait(timeout=1).version is None
    with pytest.raises(NotFound):
        twin.predict([0.7])


def test_a_project_is_found_by_what_one_calls_it(client: Client, project: Project) -> None:
    other = client.create_project("H2 again", system=project.system)
    assert client.project("h2").id == str(project.pk)
    assert client.project("H2 ag").id == other.id
    assert client.project(other.id).name == "H2 again"
    client.create_project("H2", system=project.system)
    with pytest.raises(UnknownName, match="several projects are called 'H2'"):
        client.project("H2")
    with pytest.raises(UnknownName, match="allowed: H2, H2 again, H2"):
        client.project("LiH")
    other.delete()
    with pytest.raises(NotFound):
        client.project(other.id)
    source = other  # its row is still readable
    assert "bond_length" in source._repr_html_()
