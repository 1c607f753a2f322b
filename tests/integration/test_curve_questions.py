"""Draws, derivatives and functionals over HTTP, of a twin that real solvers have fed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team
from qtwin.jobs.models import Job
from qtwin.projects.demo.h2 import SYSTEM as H2
from qtwin.projects.models import Control, Observable, Project
from qtwin.twins.units import derivative_unit, integral_unit
from tests.contract.cases import ISING

EXACT = [0.4, 0.6, 0.75, 0.9, 1.2, 1.7, 2.4]
BOND = (0.7349, -1.137306)  # angstrom, hartree: the minimum of FCI in STO-3G
GRID = np.linspace(0.5, 2.3, 9)

Answer = dict[str, Any]


def ask(api: APIClient, project: Project, what: str, status: int = 200, **body: Any) -> Answer:
    place = f"/api/v1/projects/{project.pk}/twin:{what}"
    response = api.post(place, {"observable": "energy", **body}, format="json")
    assert response.status_code == status, response.content
    answer: Answer = response.json()
    return answer


def test_the_curve_of_a_molecule_answers(
    api: APIClient,
    project: Project,
    submit: Callable[..., Job],
    fitted: Callable[[Project], None],
) -> None:
    submit(source="fci", points=EXACT)
    submit(source="hf", points=list(np.linspace(0.4, 2.4, 17)))
    fitted(project)
    points = GRID.tolist()
    belief = ask(api, project, "predict", points=points)

    drawn = ask(api, project, "samples", points=points, count=2000, seed=3)
    draws = np.array(drawn["draws"])
    assert draws.shape == (2000, len(points))
    assert np.all(np.abs(draws.mean(axis=0) - belief["mean"]) < 0.12 * np.array(belief["std"]))
    assert draws.std(axis=0) == pytest.approx(np.array(belief["std"]), rel=0.1)
    assert (drawn["unit"], drawn["version"]["number"]) == ("hartree", 1)
    again = ask(api, project, "samples", points=points, count=2000, seed=3)
    assert again["draws"] == drawn["draws"]

    force = ask(api, project, "derivatives", points=points)["derivatives"]["bond_length"]
    after, before = (
        np.array(ask(api, project, "predict", points=(GRID + h).tolist())["mean"])
        for h in (1e-4, -1e-4)
    )
    assert force["mean"] == pytest.approx((after - before) / 2e-4, abs=1e-5)
    assert force["unit"] == "hartree/angstrom"
    bend = ask(api, project, "derivatives", points=points, order=2)["derivatives"]
    assert bend["bond_length"]["unit"] == "hartree/angstrom^2"

    found = ask(api, project, "functionals", kind="minimum")
    length, energy = found["position"]["bond_length"], found["value"]
    assert length["lower"] <= BOND[0] <= length["upper"]
    assert energy["lower"] <= BOND[1] <= energy["upper"]
    assert (length["unit"], energy["unit"]) == ("angstrom", "hartree")
    assert length["std"] < 0.05
    assert (found["share"], found["at_bound"], found["claim"]) == (1.0, 0.0, "calibrated")

    level = float(belief["mean"][4])  # the curve rises to it there, at 1.4
    crossed = ask(api, project, "functionals", kind="crossing", level=level, direction="rising")
    at = crossed["position"]["bond_length"]
    assert abs(at["mean"] - GRID[4]) < at["std"]
    absent = ask(api, project, "functionals", kind="crossing", level=7.0)
    assert (absent["share"], absent["value"], absent["position"]) == (0.0, None, {})

    part: dict[str, Any] = {"within": {"bond_length": [0.5, 2.3]}}
    area = ask(api, project, "functionals", kind="area", **part)
    fine = np.linspace(0.5, 2.3, 401)
    curve = ask(api, project, "predict", points=fine.tolist())["mean"]
    assert area["value"]["mean"] == pytest.approx(np.trapezoid(curve, fine), abs=1e-3)
    assert area["value"]["unit"] == "hartree*angstrom"

    alone = ask(api, project, "functionals", kind="minimum", exclude_sources=["fci"])
    assert alone["claim"] == "unanchored"
    assert alone["value"]["std"] > 10 * energy["std"]


def test_a_transition_is_the_steepest_point_of_an_observable(
    api: APIClient, team: Team, fitted: Callable[[Project], None]
) -> None:
    """The magnetisation of a chain rises fastest where its exact slope does."""
    place = api.post("/api/v1/projects", {"name": "Ising", "system": ISING}, format="json")[
        "Location"
    ]
    source = {"name": "ed", "role": "reference", "backend": "exact", "method": "ed"}
    assert api.post(f"{place}/sources", source, format="json").status_code == 201
    fields = [*np.linspace(0.3, 1.1, 13), 1.4, 1.9, 2.5]
    job = {"source": "ed", "points": fields, "observables": ["energy", "magnetisation_x"]}
    assert api.post(f"{place}/jobs", job, format="json").status_code == 202
    project = Project.objects.get(team=team)
    fitted(project)
    control = project.controls.get()
    body: dict[str, Any] = {"observable": "magnetisation_x", "kind": "maximum", "order": 1}
    found = ask(api, project, "functionals", **body)
    fine = np.linspace(0.3, 2.5, 441)
    curve = _magnetisation(fine)
    slopes = np.gradient(curve, fine)
    where = found["position"][control.name]
    assert where["lower"] <= fine[slopes.argmax()] <= where["upper"]
    assert where["std"] < 0.2
    assert found["value"]["mean"] == pytest.approx(slopes.max(), rel=0.05)
    pair: dict[str, Any] = {"kind": "crossing", "other_observable": "energy"}
    apart = ask(api, project, "functionals", observable="magnetisation_x", **pair)
    assert (apart["share"], apart["value"]) == (0.0, None)  # one is positive, one negative


def _magnetisation(fields: np.ndarray) -> np.ndarray:
    """-(dE/dh) / 4 of the open chain of four spins, from its free fermions."""

    def energy(field: float) -> float:
        matrix = np.diag(np.full(4, 2.0 * field)) + np.diag(np.full(3, -2.0), 1)
        return -float(np.linalg.svd(matrix, compute_uv=False).sum()) / 2

    h = 1e-5
    return np.array([-(energy(b + h) - energy(b - h)) / (2 * h) / 4 for b in fields])


def test_a_minimum_over_two_controls_is_found(
    api: APIClient, project_of_two: Project, fitted: Callable[[Project], None]
) -> None:
    """H2 with its atom anywhere in a plane: the bond length is that of the molecule."""
    points = [[a, b] for a in (0.3, 0.6, 0.9, 1.2) for b in (0.3, 0.6, 0.9, 1.2)]
    body = {"source": "fci", "points": points}
    place = f"/api/v1/projects/{project_of_two.pk}"
    assert api.post(f"{place}/jobs", body, format="json").status_code == 202
    fitted(project_of_two)
    held = ask(api, project_of_two, "functionals", kind="minimum", at={"across": 0.5})
    along = held["position"]["along"]
    assert along["lower"] <= np.sqrt(BOND[0] ** 2 - 0.5**2) <= along["upper"]
    free = ask(api, project_of_two, "functionals", kind="minimum", count=100)
    assert set(free["position"]) == {"along", "across"}
    assert free["value"]["mean"] <= held["value"]["mean"]  # of a ring of minima
    assert free["value"]["mean"] == pytest.approx(BOND[1], abs=0.05)
    wrong = ask(api, project_of_two, "functionals", 400, kind="area")
    assert "takes one free control; along, across are" in wrong["errors"][0]["detail"]
    many = ask(api, project_of_two, "functionals", 400, kind="minimum", count=600)
    assert many["errors"][0]["pointer"] == "/count"


@pytest.fixture
def project_of_two(api: APIClient, team: Team) -> Project:
    atoms = [
        {"element": "H", "position": [0, 0, 0]},
        {"element": "H", "position": ["across", 0, "along"]},
    ]
    controls = [
        {"name": name, "label": name, "unit": "angstrom", "lower": 0.3, "upper": 1.2}
        for name in ("along", "across")
    ]
    system = {**H2, "atoms": atoms, "controls": controls}
    made = api.post("/api/v1/projects", {"name": "H2", "system": system}, format="json")
    source = {"name": "fci", "role": "reference", "backend": "pyscf", "method": "fci"}
    assert api.post(f"{made['Location']}/sources", source, format="json").status_code == 201
    return Project.objects.get(team=team)


@pytest.mark.parametrize(
    ("what", "body", "pointer"),
    [
        ("samples", {"points": [9.0]}, "/points/0/0"),
        ("samples", {"points": [0.7] * 501}, "/points"),
        ("samples", {"points": [0.7] * 500, "count": 201}, "/count"),
        ("samples", {"points": [0.7], "seed": -1}, "/seed"),
        ("samples", {"points": [0.7], "observable": "spin"}, "/observable"),
        ("derivatives", {"points": [0.7], "order": 3}, "/order"),
        ("derivatives", {"points": [0.7], "exclude_sources": ["x"]}, "/exclude_sources/0"),
        ("functionals", {}, "/kind"),
        ("functionals", {"kind": "saddle"}, "/kind"),
        ("functionals", {"kind": "minimum", "order": 2}, "/order"),
        ("functionals", {"kind": "minimum", "level": 1.0}, "/level"),
        ("functionals", {"kind": "crossing"}, "/level"),
        ("functionals", {"kind": "crossing", "level": "NaN"}, "/level"),
        ("functionals", {"kind": "crossing", "other_observable": "energy"}, "/other_observable"),
        ("functionals", {"kind": "crossing", "other_observable": "x"}, "/other_observable"),
        ("functionals", {"kind": "minimum", "at": {"bond_length": 0.7}}, "/at"),
        ("functionals", {"kind": "minimum", "at": {"angle": 0.7}}, "/at/angle"),
        ("functionals", {"kind": "area", "within": {"bond_length": [1]}}, "/within/bond_length"),
        ("functionals", {"kind": "area", "within": {"bond_length": [2, 1]}}, "/within/bond_length"),
        (
            "functionals",
            {"kind": "area", "within": {"bond_length": [1, 90]}},
            "/within/bond_length/1",
        ),
        ("functionals", {"kind": "area", "lvl": 1}, "/lvl"),
    ],
)
def test_a_wrong_question_is_refused_by_field(
    api: APIClient, project: Project, what: str, body: dict[str, Any], pointer: str
) -> None:
    refused = ask(api, project, what, 400, **body)
    assert pointer in [error["pointer"] for error in refused["errors"]]


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("samples", {"points": [0.7]}),
        ("derivatives", {"points": [0.7]}),
        ("functionals", {"kind": "minimum"}),
    ],
)
def test_a_question_before_any_evidence_says_so(
    api: APIClient, project: Project, what: str, body: dict[str, Any]
) -> None:
    assert "no twin yet" in ask(api, project, what, 404, **body)["detail"]


@pytest.mark.parametrize(
    ("observable", "control", "slope", "bend", "area"),
    [
        ("hartree", "angstrom", "hartree/angstrom", "hartree/angstrom^2", "hartree*angstrom"),
        ("dimensionless", "us", "1/us", "1/us^2", "us"),
        ("hartree", "dimensionless", "hartree", "hartree", "hartree"),
        ("1", "rad/us", "1/(rad/us)", "1/(rad/us)^2", "rad/us"),
    ],
)
def test_units_are_spelt_out(
    observable: str, control: str, slope: str, bend: str, area: str
) -> None:
    seen, along = Observable(unit=observable), Control(unit=control)
    assert derivative_unit(seen, along, 1) == slope
    assert derivative_unit(seen, along, 2) == bend
    assert integral_unit(seen, along, 0) == area
    assert derivative_unit(seen, along, 0) == integral_unit(seen, along, 1) == observable


def test_the_predictor_process_answers_without_scipy() -> None:
    probe = "import sys, qtwin.twins.predictor.serve; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
